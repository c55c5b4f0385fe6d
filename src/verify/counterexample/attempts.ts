/** Scenarios tried for real: a solver finds packets that fit one, and the real binary runs them. */
import {
  type Answer,
  type Limits,
  type Model,
  reachable,
  type SyncSolver,
  type Term,
  type Terms,
} from '../../smt/index.js'
import type { Devices } from '../devices.js'
import { filledOptions, IPV4_LEAST, madeChecksums, waysOfChecksums } from '../made-checksums.js'
import { Variation } from '../variation.js'
import type { Finding, JudgedRuns, TestPacket } from './judged-runs.js'
import { packetsIn } from './packets-in.js'
import { type Scenario, Scenarios } from './scenario.js'
import type { StartState } from './start-state.js'

export interface AttemptParts {
  readonly terms: Terms
  readonly solver: SyncSolver
  readonly runs: JudgedRuns
  readonly devices: Devices
  /** Numbers from 0 to below 1. */
  readonly random: () => number
}

export type Attempt =
  | { readonly kind: 'found'; readonly finding: Finding }
  /** Such packets there are, and the binary is right on those that were tried; or it is not known whether there are. */
  | { readonly kind: 'nothing' }
  /** There are no such packets. */
  | { readonly kind: 'impossible' }

const LIMITS: Limits = { effort: 3000, time: 10_000 }

/** As much as this many queries: one without an answer takes all its effort. */
const UNANSWERED = 20

/** The queries that a search may ask are used up. */
export class OutOfQueries extends Error {}

export class Attempts {
  readonly scenarios: Scenarios
  readonly #parts: AttemptParts
  readonly #start: StartState
  #left: number

  /** `most` queries: reproducible, unlike a time. */
  constructor(parts: AttemptParts, start: StartState, most: number) {
    this.#parts = parts
    this.#start = start
    this.#left = most
    this.scenarios = new Scenarios(parts.terms)
  }

  /** From the start; also some variations of the packets that are found. Throws OutOfQueries. */
  try(scenario: Scenario, variations = 0): Attempt {
    const { required, inOrder, nice, packets } = this.#fromStart(scenario)
    let answer = this.#ask(required)
    if (answer.status !== 'sat') return { kind: answer.status === 'unsat' ? 'impossible' : 'nothing' }
    let facts = required
    for (const wish of [inOrder, nice]) {
      if (wish.length === 0) continue
      const wished = this.#ask([...facts, ...wish])
      if (wished.status !== 'sat') continue
      answer = wished
      facts = [...facts, ...wish]
    }
    const { model } = answer
    const vary = (): Model => new Variation(model, facts, this.#parts.random).of(facts)
    const sums = reachable(required).filter(({ symbol }) => symbol?.name.startsWith('packet.sum') === true)
    const tried = this.#run(model, packets, vary, variations, sums.length > 0 ? withChecksums : asTheyAre)
    if (tried.kind === 'found' || sums.length === 0) return tried
    // Headers without options are added byte by byte elsewhere, and in a model that may be another sum.
    const withOptions = this.#ask([...facts, ...sums.map((sum) => this.#isLonger(sum))])
    return withOptions.status === 'sat' ? this.#run(withOptions.model, packets, vary, 0, withFilledOptions) : tried
  }

  /** Whether there are such packets, as far as is known, from the start. Does not count as a query of the search. */
  isPossible(scenario: Scenario): boolean {
    const { required } = this.#fromStart(scenario)
    return this.#parts.solver.check(required, LIMITS).status === 'sat'
  }

  /** Packets that fit, from the start. Does not count either. */
  packetsOf(scenario: Scenario): readonly TestPacket[] | undefined {
    const { solver, terms } = this.#parts
    const { required, nice, packets } = this.#fromStart(scenario)
    for (const facts of [[...required, ...nice], required]) {
      const answer = solver.check(facts, LIMITS)
      if (answer.status === 'sat') return packetsIn(answer.model, terms, packets)
    }
    return undefined
  }

  #fromStart(scenario: Scenario): Scenario {
    const { packets, reading } = this.#start
    return this.scenarios.fromStart(scenario, reading, packets.at(-1)?.now ?? 0n)
  }

  /** Than an IPv4 header without options. */
  #isLonger({ args: [start, end] }: Term): Term {
    const { terms } = this.#parts
    if (start === undefined || end === undefined) return terms.true
    return terms.ugt(terms.sub(end, start), terms.bv(IPV4_LEAST, start.width))
  }

  #ask(facts: readonly Term[]): Answer {
    if (this.#left <= 0) throw new OutOfQueries()
    const answer = this.#parts.solver.check(facts, LIMITS)
    this.#left -= answer.status === 'unknown' ? UNANSWERED : 1
    return answer
  }

  #run(model: Model, packets: number, vary: () => Model, variations: number, made: MakePackets): Attempt {
    const { runs, terms, devices } = this.#parts
    for (let number = 0; number <= variations; number++) {
      const tried = number === 0 ? model : vary()
      const device = devices.in(tried)
      if (device === undefined) continue
      for (const found of made(packetsIn(tried, terms, packets))) {
        const finding = runs.run([...this.#start.packets, ...found], device)
        if (finding !== undefined) return { kind: 'found', finding }
      }
    }
    return { kind: 'nothing' }
  }
}

type MakePackets = (packets: readonly TestPacket[]) => Iterable<readonly TestPacket[]>

const asTheyAre: MakePackets = (packets) => [packets]

/** Also with checksums that are right or wrong, where facts are about sums, which a model makes up. */
function* withChecksums(packets: readonly TestPacket[]): Generator<readonly TestPacket[]> {
  for (const wanted of waysOfChecksums(packets.map(({ bytes }) => bytes))) {
    yield packets.map((packet) => ({ ...packet, bytes: madeChecksums(packet.bytes, wanted) }))
  }
}

/** Also with options that count in a sum. */
const withFilledOptions: MakePackets = (packets) =>
  withChecksums(packets.map((packet) => ({ ...packet, bytes: filledOptions(packet.bytes) })))
