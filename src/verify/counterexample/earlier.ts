/**
 * From facts about a packet and the state before it to facts about the packet before that one, and the state before it: what
 * the later packet needs of its state, the earlier one has to leave. Packets are told apart by their distance from the
 * earliest: `now` is its time, `now@1` that of the next.
 */
import type { FunctionSymbol, Term, Terms } from '../../smt/index.js'
import { bitVecSort, reachable } from '../../smt/index.js'
import type { StateReading } from './end-state.js'

/** How a name at a distance is written. */
export function atDistance(name: string, distance: number): string {
  return distance === 0 ? name : `${name}@${distance}`
}

/** The same facts with each packet one later; the state before the first of them as `state` has it. */
export function afterState(terms: Terms, facts: readonly Term[], state: StateReading): Term[] {
  const later = new Later(terms, state)
  return facts.map((fact) => later.term(fact))
}

/** The same facts where the first packet comes into a state as `state` has it, of which the latest packet was at `last`. */
export function fromStart(terms: Terms, facts: readonly Term[], state: StateReading, last: bigint): Term[] {
  const found = new Map<Term, Term>()
  for (const part of reachable(facts)) {
    const args = part.args.map((arg) => found.get(arg) ?? arg)
    const { symbol } = part
    const isFirst = symbol !== undefined && !symbol.name.includes('@')
    const value = isFirst ? (symbol.name === 'last' ? terms.bv(last, part.width) : state(symbol, args)) : undefined
    const rebuilt = args.some((arg, i) => arg !== part.args[i]) ? terms.rebuild(part, args) : part
    found.set(part, value ?? rebuilt)
  }
  return facts.map((fact) => found.get(fact) ?? fact)
}

/** Moves terms one packet on. */
export class Later {
  readonly #terms: Terms
  readonly #state: StateReading
  readonly #found = new Map<Term, Term>()

  constructor(terms: Terms, state: StateReading) {
    this.#terms = terms
    this.#state = state
  }

  term(term: Term): Term {
    for (const part of reachable([term], (known) => this.#found.has(known))) this.#found.set(part, this.#moved(part))
    return this.#found.get(term) ?? term
  }

  #moved(part: Term): Term {
    const { symbol } = part
    const args = part.args.map((arg) => this.#found.get(arg) ?? arg)
    if (symbol === undefined)
      return args.some((arg, i) => arg !== part.args[i]) ? this.#terms.rebuild(part, args) : part
    // The previous packet's time is that of the packet before.
    if (symbol.name === 'last') return this.#terms.variable('now', bitVecSort(part.width))
    const isFirst = !symbol.name.includes('@')
    return (isFirst ? this.#state(symbol, args) : undefined) ?? this.#named(symbol, args)
  }

  #named(symbol: FunctionSymbol, args: readonly Term[]): Term {
    const name = isOfPacket(symbol) ? oneLater(symbol.name) : symbol.name
    if (symbol.domain.length === 0) return this.#terms.variable(name, symbol.range)
    return this.#terms.apply(this.#terms.declareFunction(name, symbol.domain, symbol.range), ...args)
  }
}

/** Whether a symbol is another for each packet: its bytes, and whatever is not known of its way. */
function isOfPacket({ name, domain }: FunctionSymbol): boolean {
  if (domain.length > 0) return name.startsWith('packet.') || /\.kept\.\d+(@\d+)?$/.test(name)
  return !name.startsWith('config.') && !name.startsWith('nf.')
}

function oneLater(name: string): string {
  const [plain, distance] = name.split('@')
  return atDistance(plain ?? name, Number(distance ?? 0) + 1)
}
