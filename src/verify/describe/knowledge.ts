/** What a path has decided so far: which conditions are settled, and so which kind of packet it is about. */
import type { Term, Terms } from '../../smt/index.js'
import type { PacketKind } from './headers.js'
import { type Piece, piecesOf } from './pieces.js'

export class Knowledge {
  readonly #terms: Terms
  readonly #holds: ReadonlySet<Term>

  constructor(terms: Terms, facts: Iterable<Term> = []) {
    this.#terms = terms
    const holds = new Set<Term>()
    for (const fact of facts) {
      holds.add(fact)
      if (fact.op === 'and') for (const part of fact.args) holds.add(part)
    }
    this.#holds = holds
  }

  with(fact: Term): Knowledge {
    return new Knowledge(this.#terms, [...this.#holds, fact])
  }

  /** A choice whose condition is settled is what was chosen. */
  readonly resolve = (term: Term): Term => {
    const [condition, whenTrue, whenFalse] = term.args
    if (term.op !== 'ite' || condition === undefined || whenTrue === undefined || whenFalse === undefined) return term
    if (this.#isSettled(condition)) return this.resolve(whenTrue)
    return this.#isSettled(this.#terms.not(condition)) ? this.resolve(whenFalse) : term
  }

  /** With what the condition itself says, if it is a conjunction. */
  kind(parts: readonly Term[] = []): PacketKind {
    const known = [...this.#holds, ...parts]
    const etherType = this.#bytes(known, 12, 2)
    const protocol = this.#bytes(known, etherType === 0x86ddn ? 20 : 23, 1)
    return { etherType, protocol }
  }

  #isSettled(condition: Term): boolean {
    return (
      this.#holds.has(condition) || (condition.op === 'and' && condition.args.every((part) => this.#holds.has(part)))
    )
  }

  /** The value of bytes at a place of the packet that are known one by one. */
  #bytes(known: readonly Term[], at: number, count: number): bigint | undefined {
    let value = 0n
    for (let byte = at; byte < at + count; byte++) {
      const found = known.map((fact) => byteValue(fact, byte)).find((each) => each !== undefined)
      if (found === undefined) return undefined
      value = (value << 8n) | found
    }
    return value
  }
}

/** The value that an equality gives to a byte of the packet. */
function byteValue(fact: Term, byte: number): bigint | undefined {
  const [a, b] = fact.args
  if (fact.op !== 'eq' || a === undefined || b === undefined || a.width !== 8) return undefined
  const [one, other] = [only(a), only(b)]
  for (const [slice, constant] of [
    [one, other],
    [other, one],
  ]) {
    if (slice?.kind !== 'slice' || constant?.kind !== 'constant' || slice.base.kind !== 'packet') continue
    if (slice.base.from.length === 0 && slice.bit === 8 * byte && slice.width === 8) return constant.value
  }
  return undefined
}

function only(term: Term): Piece | undefined {
  const [piece, ...others] = piecesOf(term, (each) => each)
  return others.length === 0 ? piece : undefined
}
