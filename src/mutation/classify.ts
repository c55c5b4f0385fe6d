/**
 * What a mutant is: the cheap ways to tell first. It is killed where the real binary breaks the specification: in
 * nf_init, on packets of the original's paths, on traffic, or on a counterexample of its proof. It is equivalent where
 * every path is proved to do what the original does. A mutant that is proved to meet the specification and is not
 * equivalent survives.
 */
import { writeFileSync } from 'node:fs'

import { VigilError } from '../errors.js'
import { Random } from '../generate/random.js'
import type { Mutant } from '../mutants/index.js'
import type { SyncSolver } from '../smt/index.js'
import type { RealPacket } from '../verify/confirm.js'
import { JudgedRuns, type TestPacket } from '../verify/counterexample/judged-runs.js'
import { loadSubject, type Proof, prove } from '../verify/index.js'
import { type RealNf, realNf } from '../verify/real-nf.js'
import { SideBySide } from '../verify/side-by-side.js'
import type { Original } from './original.js'
import type { Classified, Kill } from './outcome.js'
import { sameAsOriginal } from './same-as-original.js'
import { haveSameCode } from './same-code.js'
import { killedBy, type Run } from './traffic.js'

export const STAGES = ['code', 'start', 'packets', 'traffic', 'models', 'equivalence', 'proof'] as const
export type Stage = (typeof STAGES)[number]

export interface Means {
  readonly original: Original
  readonly runs: readonly Run[]
  readonly solver: SyncSolver
  /** Where the mutant's binary is written. */
  readonly file: string
  /** Most paths of a proof. */
  readonly mostPaths: number
  /** Stages that are left out. */
  readonly without: ReadonlySet<Stage>
  readonly onStage: (stage: Stage) => void
}

/** Instructions for one packet: hundreds of times what the originals take with tables as small as here. */
const MOST_STEPS = 5_000_000
/** Packets that come after one that is compared. */
const AFTER = 24

export async function classify(mutant: Mutant, means: Means): Promise<Classified> {
  return new Classifier(mutant, means).classify()
}

class Classifier {
  readonly #mutant: Mutant
  readonly #means: Means
  #difference: string | undefined
  #notEquivalent: string | undefined

  constructor(mutant: Mutant, means: Means) {
    this.#mutant = mutant
    this.#means = means
  }

  async classify(): Promise<Classified> {
    const { original, runs, file } = this.#means
    const { binary } = this.#mutant
    this.#stage('code')
    if (haveSameCode(original.subject.nf.wasm, binary)) return { verdict: 'equivalent', by: 'code', paths: 0 }
    this.#stage('start')
    const real = this.#real()
    if (!('process' in real)) return killed(real)
    if (this.#stage('packets')) {
      const kill = this.#packets(real)
      if (kill !== undefined) return killed(kill)
    }
    writeFileSync(file, binary)
    if (this.#stage('traffic')) {
      const kill = await killedBy(runs, file)
      if (kill !== undefined) return killed(kill)
    }
    const sides = new SideBySide(original.real, real, original.subject.portCount)
    if (this.#stage('models')) this.#compare(sides)
    if (this.#difference === undefined && this.#stage('equivalence')) {
      const found = sameAsOriginal(this.#mutant.binary, this.#means)
      if (found.kind === 'equivalent') return { verdict: 'equivalent', by: 'proof', paths: found.paths }
      this.#notEquivalent = found.cause
      if (found.candidate !== undefined) this.#difference = sides.difference(found.candidate, this.#after)
    }
    this.#stage('proof')
    return { ...(await this.#proved()), ...this.#told() }
  }

  /** Whether it is to be done. */
  #stage(stage: Stage): boolean {
    const { without, onStage } = this.#means
    if (without.has(stage)) return false
    onStage(stage)
    return true
  }

  #told(): Pick<Classified, 'difference' | 'notEquivalent'> {
    return {
      ...(this.#difference === undefined ? {} : { difference: this.#difference }),
      ...(this.#notEquivalent === undefined ? {} : { notEquivalent: this.#notEquivalent }),
    }
  }

  get #after(): readonly RealPacket[] {
    const { packets } = this.#means.original
    const step = Math.max(1, Math.floor(packets.length / AFTER))
    return packets.filter((_, at) => at % step === 0)
  }

  /** The binary after nf_init, or why there is none. */
  #real(): RealNf | Kill {
    const { subject } = this.#means.original
    const real = realNf(subject, subject.nf.config, { wasm: this.#mutant.binary, mostSteps: MOST_STEPS })
    const { initialised, badAccessOfInit: bad } = real
    if (bad !== undefined) {
      const access = `${bad.isWrite ? 'writes' : 'reads'} ${bad.size} bytes at 0x${bad.address.toString(16)}`
      return { by: 'start', what: `nf_init ${access}, which is not its own` }
    }
    if (initialised.kind !== 'returned') return { by: 'start', what: `nf_init ends with: ${initialised.kind}` }
    const [answer] = initialised.values
    return answer === 1 ? real : { by: 'start', what: `nf_init answers ${String(answer)}` }
  }

  /** The packets of all of the original's paths, in several orders, from empty tables. */
  #packets(real: RealNf): Kill | undefined {
    const { packets, subject } = this.#means.original
    const runs = new JudgedRuns(subject)
    for (const order of orders(packets)) {
      const finding = runs.run(order, { real, config: subject.nf.config, words: [] })
      if (finding === undefined) continue
      return { by: 'packets', what: finding.detail.violation.summary, packets: finding.packets.map(shown) }
    }
    return undefined
  }

  #compare(sides: SideBySide): void {
    for (const situation of this.#means.original.situations) {
      this.#difference = sides.difference(situation, this.#after)
      if (this.#difference !== undefined) return
    }
  }

  async #proved(): Promise<Classified> {
    const { original, solver, mostPaths, file } = this.#means
    let proof: Proof
    try {
      const random = new Random(1)
      const subject = await loadSubject(original.name, { binary: file, config: original.config })
      proof = prove(subject, { solver, mostPaths, random: () => random.fraction() })
    } catch (error) {
      if (!(error instanceof VigilError)) throw error
      return { verdict: 'undecided', causes: [error.message] }
    }
    if (proof.verdict === 'proved') return { verdict: 'survivor' }
    const finding = proof.counterexample?.finding
    if (proof.verdict !== 'refuted' || finding === undefined) {
      return { verdict: 'undecided', causes: proof.causes.map(({ what }) => what) }
    }
    const { summary } = finding.detail.violation
    return killed({ by: 'proof', what: summary, packets: finding.packets.map(shown) })
  }
}

function killed(kill: Kill): Classified {
  return { verdict: 'killed', kill }
}

function shown({ port, now, bytes }: TestPacket): NonNullable<Kill['packets']>[number] {
  return { port, now: String(now), bytes: Buffer.from(bytes).toString('hex') }
}

/** A millisecond between two. */
const GAP = 1_000_000n
const SHUFFLES = 4

/** Forwards, backwards and at random; each packet twice, so that what it leaves is met. */
function orders(packets: readonly RealPacket[]): TestPacket[][] {
  const random = new Random(1)
  const twice = [...packets, ...packets]
  const shuffled = Array.from({ length: SHUFFLES }, () =>
    twice.map((packet) => ({ packet, at: random.fraction() })).sort((a, b) => a.at - b.at),
  )
  const all = [twice, twice.toReversed(), ...shuffled.map((order) => order.map(({ packet }) => packet))]
  return all.map((order) => order.map(({ bytes, port }, at) => ({ bytes, port, now: BigInt(at + 1) * GAP })))
}
