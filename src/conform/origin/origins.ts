/**
 * Where what was expected of a network function of ours and what was seen part: its binary is run with the case's very packets
 * and times in the simulator, then in the stepper, and the last packet is looked for in the symbolic model.
 */
import { VigilError } from '../../errors.js'
import { codeFile } from '../../nf/index.js'
import {
  type BadKind,
  type FailureOrigin,
  placeText,
  type SourcePlace,
  siteText,
  type Violation,
} from '../../result/index.js'
import { openSyncSolver, type SyncSolver } from '../../smt/index.js'
import { type LoadedProperty, loadPropertiesOf } from '../../spec/load/properties.js'
import { describeFound } from '../../verify/counterexample/describe.js'
import { type Finding, JudgedRuns } from '../../verify/counterexample/judged-runs.js'
import { isSameViolation } from '../../verify/counterexample/shrinking/same-violation.js'
import { loadSubject, type Prepared, prepare, type Subject } from '../../verify/index.js'
import { type InModel, inModel } from '../../verify/known-packet.js'
import { Places } from '../../verify/places.js'
import { realNf } from '../../verify/real-nf.js'
import { isWrongAnyTime } from '../classes/classify.js'
import type { LookedCase } from '../failing.js'
import { runCase, type TimedPacket } from '../run-case.js'
import { type Broken, brokenProperties } from './properties.js'

export interface OriginOptions {
  readonly nf: string
  readonly binary: string | undefined
  /** `name=value` each, beside nf.yaml. */
  readonly config: readonly string[]
  /** Milliseconds for a case. */
  readonly patience: number | undefined
  /** How often a line of the specification answered as the network function did, in this run. */
  readonly met: (site: NonNullable<Violation['site']>) => number
}

const NO_STEPPER: ReadonlySet<Violation['kind']> = new Set<BadKind>(['hang'])

export class Origins {
  readonly #options: OriginOptions
  readonly #subject: Subject
  readonly #places: Places
  #solver: SyncSolver | undefined
  #prepared: Prepared | undefined

  private constructor(options: OriginOptions, subject: Subject) {
    this.#options = options
    this.#subject = subject
    const { nf, machine } = subject
    this.#places = new Places(nf, machine.module, options.binary ?? codeFile(nf.manifest))
  }

  /** Or what is said of every case, where binary or specification cannot be followed. */
  static async open(options: OriginOptions): Promise<Origins | FailureOrigin> {
    const { nf, binary, config } = options
    try {
      return new Origins(options, await loadSubject(nf, { config, ...(binary === undefined ? {} : { binary }) }))
    } catch (error) {
      if (error instanceof VigilError) return undecided(error.message)
      throw error
    }
  }

  async of(looked: LookedCase): Promise<FailureOrigin> {
    try {
      return await this.#of(looked)
    } catch (error) {
      if (error instanceof VigilError) return undecided(error.message)
      throw error
    }
  }

  close(): void {
    this.#solver?.close()
  }

  async #of({ made, packets, violation, isRealTime }: LookedCase): Promise<FailureOrigin> {
    const { nf, fast } = this.#subject
    const at = isRealTime ? asSent(packets, violation) : packets
    const ran = runCase({ nf, spec: fast }, made.name, at, this.#options.patience)
    if (ran.violation === undefined) {
      const times = isRealTime ? 'at the times of the ports' : 'at these times'
      const reason = `the same binary does as its specification says with these packets ${times} in the simulator: what differs is of the ports, the wire or how it is run there`
      return { kind: 'wire', reason, evidence: [] }
    }
    if (!isAlike(violation, ran.violation)) {
      return undecided(`in the simulator the same packets fail in another way: ${ran.violation.summary}`)
    }
    if (NO_STEPPER.has(violation.kind)) return { kind: 'difference', reason: violation.summary, evidence: [] }
    const finding = this.#step(at, ran.inputs)
    if (finding === undefined || !isAlike(ran.violation, finding.detail.violation)) {
      return undecided('the simulator shows it again, and the stepper does not')
    }
    return this.#difference(finding)
  }

  /** The packets as they were sent, in the stepper. */
  #step(packets: readonly TimedPacket[], inputs: readonly Uint8Array[]): Finding | undefined {
    const { config } = this.#subject.nf
    const device = { config, words: [], real: realNf(this.#subject, config) }
    const sent = inputs.flatMap((bytes, at) => {
      const packet = packets[at]
      return packet === undefined ? [] : [{ bytes, port: packet.port, now: packet.now }]
    })
    return new JudgedRuns(this.#subject).run(sent, device)
  }

  async #difference(finding: Finding): Promise<FailureOrigin> {
    const { violation } = finding.detail
    const { site } = violation
    const model = await this.#inModel(finding)
    const [place, did] = this.#placeOf(finding, model)
    const properties = await this.#properties()
    const broken = typeof properties === 'string' ? [] : brokenProperties(this.#subject, finding, properties)
    const likelier = likelierOf(broken)
    const here = place === undefined ? 'the network function' : `${placeText(place)} (${did})`
    return {
      kind: 'difference',
      reason:
        site === undefined || isWrongAnyTime(violation)
          ? `the network function does what no specification allows: ${here}`
          : `the network function and the specification differ: ${here} and ${siteText(site)}`,
      ...(place === undefined ? {} : { nf: place }),
      ...(site === undefined ? {} : { spec: site }),
      ...(likelier === undefined ? {} : { likelier }),
      evidence: [
        ...broken.map(brokenText),
        ...(typeof properties === 'string' ? [`no property was looked at: ${properties}`] : []),
        modelText(model),
        ...(site === undefined ? [] : [metText(this.#options.met(site))]),
      ],
    }
  }

  /** Where the first byte that differs was written, where it decided last which way to go, or where it last was. */
  #placeOf(finding: Finding, model: InModel): readonly [SourcePlace | undefined, string] {
    const { run, detail } = finding
    const [wanted, seen] = [detail.expected.frame, detail.actual.frame]
    if (detail.violation.kind === 'bytes' && wanted !== undefined && seen !== undefined) {
      const first = wanted.findIndex((byte, at) => byte !== seen[at])
      const write = run.written.findLast(({ inPacket, size }) => first >= inPacket && first < inPacket + size)
      if (write === undefined) return [this.#last(finding), `it ends there and has not written byte ${first}`]
      return [this.#ownAt(run.trace, write.step), `it writes byte ${first}`]
    }
    const decided = model.kind === 'found' ? model.last : undefined
    return decided === undefined ? [this.#last(finding), 'its last line'] : [decided, 'its last decision']
  }

  /** The line of its own source that a step is of, also where it called a helper that was compiled into it. */
  #ownAt(trace: readonly number[], step: number): SourcePlace {
    for (let at = step; at >= 0; at--) {
      const place = this.#places.at(trace[at] ?? 0)
      if (!this.#places.isHelper(place)) return place
    }
    return this.#places.at(trace[step] ?? 0)
  }

  #last(finding: Finding): SourcePlace | undefined {
    const { device, run } = finding
    const { handles } = device.real
    const { path } = describeFound({ finding, failure: undefined, structures: [], handles }, this.#places)
    const offset = run.trace.at(-1)
    return path.at(-1) ?? (offset === undefined ? undefined : this.#places.at(offset))
  }

  /** Or why there are none. */
  async #properties(): Promise<readonly LoadedProperty[] | string> {
    try {
      return await loadPropertiesOf(this.#subject.spec.file)
    } catch (error) {
      if (error instanceof VigilError) return error.message
      throw error
    }
  }

  async #inModel({ packets, detail, run }: Finding): Promise<InModel> {
    const packet = packets.at(-1)
    if (packet === undefined) return { kind: 'not found', why: 'there is no packet' }
    this.#solver ??= await openSyncSolver({ backends: ['z3-embedded'] })
    const options = { solver: this.#solver, random: () => 0.5 }
    this.#prepared ??= prepare(this.#subject, options)
    const { ports } = detail.actual
    const isAnswer = run.outcome.kind === 'returned' && detail.violation.kind !== 'bad verdict'
    return inModel(this.#prepared, options, this.#places, {
      packet,
      trace: run.trace,
      calls: run.calls.map(({ name }) => name),
      egress: isAnswer ? ports.reduce((mask, port) => mask | (1 << port), 0) : undefined,
      line: detail.violation.site?.line,
    })
  }
}

/** What no specification allows is told in other words by whoever runs it; an access is seen before what comes of it. */
function isAlike(one: Violation, other: Violation): boolean {
  if (other.kind === 'memory' || (isWrongAnyTime(one) && one.kind === other.kind)) return true
  return isSameViolation({ violation: one }, { violation: other })
}

function modelText(model: InModel): string {
  if (model.kind === 'not found') return `not found in the symbolic model: ${model.why}`
  const conditions = model.decisions.map(({ condition, value }) => (value ? condition : `not (${condition})`))
  const where = conditions.length === 0 ? 'in every state' : `where ${conditions.join(', and ')}`
  return `in the symbolic model they differ on this packet ${where}: ${model.what} (${model.guarantee})`
}

/** Who breaks a property that the other keeps, where only one does. */
function likelierOf(broken: readonly Broken[]): FailureOrigin['likelier'] {
  const by = new Set(broken.map((each) => each.by))
  if (by.has('network function') && by.has('specification')) return undefined
  return by.has('network function') ? 'network function' : by.has('specification') ? 'specification' : undefined
}

/** At the time at which the one that failed was taken on real ports: what is done may depend on how late it is. */
function asSent(packets: readonly TimedPacket[], { time }: Violation): readonly TimedPacket[] {
  const last = packets.at(-1)?.now ?? 0n
  const shift = BigInt(time) - last
  return shift <= 0n ? packets : packets.map((packet) => ({ ...packet, now: packet.now + shift }))
}

function undecided(reason: string): FailureOrigin {
  return { kind: 'undecided', reason, evidence: [] }
}

function brokenText({ property, by }: Broken): string {
  const { name, title, file, line } = property
  const who = {
    'network function': 'what the network function did breaks',
    specification: 'what the specification expects would break',
    both: 'what either says breaks',
  }[by]
  return `${who} the property ${name} (${title}): ${placeText({ file, ...(line === undefined ? {} : { line }) })}`
}

function metText(packets: number): string {
  if (packets === 0) return 'this line answered no other packet of this run that went as it says'
  return `${packets} other ${packets === 1 ? 'packet' : 'packets'} of this run went as this line says`
}
