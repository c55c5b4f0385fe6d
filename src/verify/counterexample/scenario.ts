/**
 * Some packets in order, as facts: each on a path of the network function, the state before one as the one before it has
 * left it. Built from the last packet backwards.
 */
import { Integer, Integers } from '../../domains/symbolic/integer.js'
import { STORED_TIME_BITS } from '../../domains/symbolic/scope.js'
import { bitVecSort, reachable, type Term, type Terms } from '../../smt/index.js'
import type { NfOnPath } from '../any-packet-run.js'
import type { PathReport } from '../exploration/explore.js'
import type { PacketRun } from '../machine/index.js'
import { afterState, fromStart, Later } from './earlier.js'
import { endOf, type StateReading } from './end-state.js'

export interface Scenario {
  readonly packets: number
  readonly required: readonly Term[]
  /** Slots as libVig gives them out, as long as nothing is freed. */
  readonly inOrder: readonly Term[]
  /** What makes times easy to read, and packets ones that can be sent. */
  readonly nice: readonly Term[]
}

/** A path that was followed to its end. */
export type EndedPath = PathReport<NfOnPath> & { readonly end: { readonly kind: 'ended' } }

export function isEnded(path: PathReport<NfOnPath>): path is EndedPath {
  return path.end.kind === 'ended'
}

/** About a day: nothing has to be later than that after another. */
const LATE = 1n << 47n
/** Bytes of the shortest frame that a network carries, without its check sequence. */
const LEAST = 60
const SECOND = 1_000_000_000n

export class Scenarios {
  readonly #terms: Terms

  constructor(terms: Terms) {
    this.#terms = terms
  }

  /** One packet of which this is known, on a path. */
  of(facts: readonly Term[], path: PathReport<NfOnPath>): Scenario {
    const inOrder = path.end.kind === 'ended' ? this.#inOrder(path.end.result.nf) : []
    return { packets: 1, required: facts, inOrder, nice: this.#nice() }
  }

  /** The scenario where a packet comes before it that takes `path`. */
  after(path: EndedPath, scenario: Scenario): Scenario {
    return this.#joined(path, nfFactsOf(path), scenario)
  }

  /**
   * A packet of which `facts` are known, with one after it that takes `next` and looks at one of `about`: slots and keys of
   * the packet before. Undefined where it looks at none.
   */
  followed(path: EndedPath, facts: readonly Term[], about: readonly Term[], next: EndedPath): Scenario | undefined {
    const terms = this.#terms
    const later = new Later(terms, endOf(path.end.result.nf, new Integers(terms)))
    const looked = [...next.end.result.nf.states].flatMap(([, state]) => {
      const asked = 'base' in state.state ? state.state.base : undefined
      const indices = asked !== undefined && 'touchedIndices' in asked ? [...asked.touchedIndices] : []
      const keys = asked !== undefined && 'touchedKeys' in asked ? [...asked.touchedKeys] : []
      return [...indices, ...keys].map((term) => later.term(term))
    })
    const meets = about.flatMap((one) =>
      looked.flatMap((term) => (term.width === one.width ? [terms.eq(term, one)] : [])),
    )
    const met = terms.any(meets)
    if (met === terms.false) return undefined
    const between = this.#expiryBetween(later, next, facts.slice(-1))
    return this.#joined(path, [...facts, met, ...between], this.of(nfFactsOf(next), next))
  }

  /** Where two times differ: that what is older than one of them expires in the packet after it, and not by the other. */
  #expiryBetween(later: Later, { end }: EndedPath, goal: readonly Term[]): Term[] {
    const terms = this.#terms
    const integers = new Integers(terms)
    const times = reachable(goal).filter(({ op, args: [a] }) => op === 'eq' && a?.width === STORED_TIME_BITS)
    const thresholds = [...end.result.nf.states].flatMap(([, { state }]) =>
      'updates' in state ? state.updates.flatMap((update) => (update.kind === 'expire' ? [update.threshold] : [])) : [],
    )
    const separated = times.flatMap(({ args: [a, b] }) => {
      if (a === undefined || b === undefined) return []
      const [one, other] = [integers.unsigned(a), integers.unsigned(b)]
      return thresholds.map((threshold) => {
        const at = new Integer(later.term(threshold.term), threshold.lo, threshold.hi)
        const isBetween = (low: Integer, high: Integer) => terms.and(integers.lt(low, at), integers.le(at, high))
        return terms.or(isBetween(one, other), isBetween(other, one))
      })
    })
    return separated.length === 0 ? [] : [terms.any(separated)]
  }

  /** Where its first packet comes into a state as `state` has it, at `last` at the earliest. */
  fromStart(scenario: Scenario, state: StateReading, last: bigint): Scenario {
    const start = (facts: readonly Term[]): Term[] => fromStart(this.#terms, facts, state, last)
    return {
      ...scenario,
      required: start(scenario.required),
      inOrder: start(scenario.inOrder),
      nice: start(scenario.nice),
    }
  }

  #joined(path: EndedPath, own: readonly Term[], scenario: Scenario): Scenario {
    const known = path.facts.length
    const { nf } = path.end.result
    const state = endOf(nf, new Integers(this.#terms))
    const linked = (facts: readonly Term[]): Term[] => afterState(this.#terms, facts, state)
    const [required, inOrder, nice] = [linked(scenario.required), linked(scenario.inOrder), linked(scenario.nice)]
    // What was asked of its state just now has left facts too.
    const asked = path.facts.slice(known)
    return {
      packets: scenario.packets + 1,
      required: [...own, ...asked, ...required],
      inOrder: [...this.#inOrder(nf), ...inOrder],
      nice: [...this.#nice(), ...nice],
    }
  }

  #inOrder({ states, calls }: PacketRun): Term[] {
    const integers = new Integers(this.#terms)
    const taken = new Map<string, number>()
    return calls.flatMap(({ chosen, arguments: given }) => {
      const found = [...states].find(([{ name }]) => Object.values(given).includes(name))
      if (chosen === undefined || found === undefined) return []
      const [{ name }, { state }] = found
      if (!('base' in state && 'count' in state.base)) return []
      const before = taken.get(name) ?? 0
      taken.set(name, before + 1)
      return [integers.eq(chosen, integers.add(state.base.count, integers.of(BigInt(before))))]
    })
  }

  #nice(): Term[] {
    const terms = this.#terms
    const now = terms.variable('now', bitVecSort(62))
    const length = terms.variable('packet.length', bitVecSort(16))
    const isWhole = terms.ule(terms.bv(LEAST, 16), length)
    return [terms.ule(terms.bv(SECOND, 62), now), terms.ult(now, terms.bv(LATE, 62)), isWhole]
  }
}

/** Facts of the network function's own run. */
function nfFactsOf({ facts, end }: EndedPath): readonly Term[] {
  return facts.slice(0, end.result.nfFacts)
}

/** The constants that a fact speaks of and that stand for any slot or key. */
export function anyOnesIn(fact: Term): Term[] {
  return reachable([fact]).filter(({ op, symbol }) => op === 'var' && isAnyOne(symbol?.name ?? ''))
}

/** Slots and keys that a path writes. */
export function writtenOn({ end }: EndedPath): Term[] {
  return [...end.result.nf.states].flatMap(([, { state }]): Term[] => {
    if (!('updates' in state)) return []
    return state.updates.flatMap((update) => {
      if ('slot' in update) return 'key' in update ? [update.slot, update.key] : [update.slot]
      return 'index' in update ? [update.index] : []
    })
  })
}

/** Whether a constant stands for any slot or key: what states are compared at. */
function isAnyOne(name: string): boolean {
  return /\.(anyKey|anySlot|anyIndex|kept|heldSlot|heldIndex)(!\d+)?(:|$)/.test(name)
}
