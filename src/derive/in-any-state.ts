/**
 * Whether a specification allows what a device made of a packet in any state at all, at any time and with any choice. Where
 * it does not, no order of packets and no times explain it: a violation, whatever came before.
 */
import { Checksums } from '../contracts/symbolic/index.js'
import { AnyChoices } from '../domains/symbolic/choices.js'
import { Integers } from '../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import type { SymbolicReading } from '../domains/symbolic/reading.js'
import { Run } from '../domains/symbolic/run.js'
import { bitVecSort, type SyncSolver, Terms } from '../smt/index.js'
import { followed } from '../verify/any-packet-run.js'
import { explore } from '../verify/exploration/explore.js'
import { BytesAsExpected } from '../verify/obligations/bytes.js'
import { anyStates, MOST_TIME } from './any-states.js'
import { EntryFields } from './invariant.js'
import { GivenFrame } from './known/given-frame.js'

/** A packet, and what left of it. */
export interface Fate {
  readonly port: number
  readonly bytes: Uint8Array
  /** A bit for each port that it left by. */
  readonly egress: number
  /** As it left; as long as it came in. */
  readonly output: Uint8Array
}

export type Allowed = 'in some state' | 'in none' | 'unknown'

const TIME_BITS = 62
const MOST_PATHS = 200
/** Of each query: most take a few milliseconds. */
const LIMITS = { effort: 500, time: 500 }

export class InAnyState {
  readonly #reading: SymbolicReading
  readonly #solver: SyncSolver
  readonly #terms = new Terms()
  readonly #fields: EntryFields

  constructor(reading: SymbolicReading, solver: SyncSolver) {
    this.#reading = reading
    this.#solver = solver
    this.#fields = new EntryFields(reading.declarations)
  }

  /** `hasTime` is asked after each path: without any, it is unknown. */
  allows(fate: Fate, hasTime = () => true): Allowed {
    if (fate.egress !== 0 && fate.output.length !== fate.bytes.length) return 'unknown'
    let isAllowed = false
    const { paths, isComplete } = explore((path) => this.#follow(path, fate), {
      terms: this.#terms,
      solver: this.#solver,
      isJudging: false,
      mostPaths: MOST_PATHS,
      limits: { deciding: LIMITS, judging: LIMITS },
      isLast: ({ end, satisfied }) => {
        isAllowed = end.kind === 'ended' && satisfied.kind === 'yes'
        return isAllowed || !hasTime()
      },
    })
    if (isAllowed) return 'in some state'
    // A path is none only where its facts contradict each other.
    const isNone = paths.every(({ end, satisfied }) => end.kind === 'impossible' || satisfied.kind === 'no')
    return isComplete && isNone ? 'in none' : 'unknown'
  }

  /** Assumes that the packet met that fate. */
  #follow(path: Path, { port, bytes, egress, output }: Fate): void {
    const { terms } = path
    const { portCount, declarations } = this.#reading
    const integers = new Integers(terms)
    const time = (name: string) => {
      const variable = terms.variable(name, bitVecSort(TIME_BITS))
      return { variable, value: integers.unsigned(terms.zeroExtendTo(64, variable), 0n, MOST_TIME) }
    }
    const [last, now] = [time('last'), time('now')]
    path.assume(terms.ule(last.variable, now.variable))
    const before = new Run(path, portCount, last.value)
    const scope = { path, integers, last: last.value }
    const { verdict } = followed(() =>
      this.#reading.run({
        path,
        frame: GivenFrame.of(terms, bytes),
        ingress: integers.of(BigInt(port)),
        now: now.value,
        states: anyStates(scope, before, declarations, { fields: this.#fields, candidates: [] }),
        choices: new AnyChoices(path, integers),
      }),
    )
    if (verdict.kind === 'any') return
    for (let each = 0; each < portCount; each++) {
      const leaves = verdict.leavesOn(integers.of(BigInt(each)))
      path.assume((egress & (1 << each)) === 0 ? terms.not(leaves) : leaves)
    }
    const [form, other] = verdict.forms
    if (egress === 0 || form === undefined) return
    if (form.expected === undefined || other !== undefined) throw new Undecidable('tags are put in or taken out')
    const seen = GivenFrame.of(terms, bytes)
    for (const [at, byte] of output.entries()) {
      if (byte !== bytes[at]) seen.write(terms.bv(at, 32), terms.bv(byte, 8))
    }
    const compared = new BytesAsExpected(path, new Checksums(path), { seen, expected: form.expected })
    for (const { holds } of compared.demands()) path.assume(holds)
  }
}
