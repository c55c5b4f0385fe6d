/**
 * Packets in order through the real binary with the real libVig, in the stepper (so that one that hangs ends), each judged
 * by the specification, or a property, as it runs fast: what is found here is no matter of terms any more.
 */
import { BAD_VERDICT, describeResult, egressOf, MAX_PACKET } from '../../nf/index.js'
import { type Judgement, Oracle, VIOLATION, type ViolationDetail } from '../../oracle/index.js'
import type { BadKind } from '../../result/index.js'
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { Device } from '../devices.js'
import type { BadAccess, RealRun } from '../real-nf.js'
import type { Subject } from '../subject.js'
import { PropertyJudge } from './property-judge.js'
import { stateBefore } from './state-text.js'

export interface TestPacket {
  readonly bytes: Uint8Array
  readonly port: number
  /** Nanoseconds. */
  readonly now: bigint
}

/** Of one packet, where much is tried and what does not end soon is taken not to end at all; what ends takes far fewer. */
export const FEW_STEPS = 200_000

/** Packets of which the last one is the first that shows what is looked for. */
export interface Finding {
  readonly packets: readonly TestPacket[]
  readonly detail: ViolationDetail
  /** How the binary ran on the last packet. */
  readonly run: RealRun
  /** What was in the specification's tables before the last packet. */
  readonly state: readonly string[]
  /** The binary that ran, and in which configuration. */
  readonly device: Device
  /** One of the packets violates the specification: always, unless a property is looked at. */
  readonly breaksSpecification: boolean
  /** What else there is to say of the packets, in lines. */
  readonly notes?: readonly string[]
}

export class JudgedRuns {
  readonly #subject: Subject
  readonly #property: LoadedProperty | undefined
  /** With a property (as it runs fast), that is looked at in place of the specification. */
  constructor(subject: Subject, property?: LoadedProperty) {
    this.#subject = subject
    this.#property = property
  }

  /** Runs packets from the empty state up to the first that violates; undefined where none does. */
  run(packets: readonly TestPacket[], device: Device, mostSteps = device.real.mostSteps): Finding | undefined {
    const { nf, fast } = this.#subject
    const { real, config } = device
    const name = nf.manifest.name
    const oracle = new Oracle({ nf: name, instance: name, spec: fast, config, watched: true })
    const judge = this.#property === undefined ? undefined : new PropertyJudge(oracle, this.#property)
    real.restart()
    for (const [at, packet] of packets.entries()) {
      const run = real.process(packet.bytes, packet.port, packet.now, mostSteps)
      const judged = this.#judge(oracle, packet, run, mostSteps)
      if (judged === 'not run') {
        if (judge === undefined) continue
        return undefined
      }
      const detail = judge === undefined || judged === 'bad' ? violationOf(oracle, judged) : judge.violation(judged)
      if (detail === undefined) continue
      const breaksSpecification = judge === undefined || judged === 'bad' || judge.breaksSpecification
      const state = stateBefore(oracle)
      return { packets: packets.slice(0, at + 1), detail, run, state, device, breaksSpecification }
    }
    return undefined
  }

  get ports(): readonly number[] {
    return Array.from({ length: this.#subject.portCount }, (_, port) => port)
  }

  #judge(
    oracle: Oracle,
    packet: TestPacket,
    { outcome, bytes: output, badAccess }: RealRun,
    mostSteps: number,
  ): Judged {
    const { bytes, port, now } = packet
    const { portCount } = this.#subject
    const bad = (kind: BadKind, text: string): Judged => {
      oracle.judgeBad(port, now, bytes, 0, bytes.length, kind, text)
      return 'bad'
    }
    if (badAccess !== undefined) return bad('memory', accessText(badAccess, bytes.length))
    if (outcome.kind === 'trapped') return bad('trap', `it trapped: ${outcome.trap}`)
    if (outcome.kind === 'out of fuel') return bad('hang', `it did not end within ${mostSteps} instructions`)
    if (outcome.kind === 'unsupported') return 'not run'
    const result = Number(outcome.values[0])
    const egress = egressOf(result, port, portCount)
    if (egress === BAD_VERDICT) {
      return bad('bad verdict', `the verdict means nothing: ${describeResult(result, portCount)}`)
    }
    return oracle.judge(port, now, bytes, 0, bytes.length, egress, output, 0, output.length)
  }
}

/** `bad`: what no specification and no property allows. */
type Judged = Judgement | 'bad' | 'not run'

function violationOf(oracle: Oracle, judged: Judged): ViolationDetail | undefined {
  return judged === VIOLATION || judged === 'bad' ? oracle.violation() : undefined
}

function accessText({ address, size, isWrite, inPacket }: BadAccess, length: number): string {
  const where =
    inPacket > -MAX_PACKET && inPacket < MAX_PACKET
      ? `byte ${inPacket} of a packet of ${length} bytes`
      : `address 0x${address.toString(16)}, which is not its own`
  return `it ${isWrite ? 'writes' : 'reads'} ${size} bytes at ${where}`
}
