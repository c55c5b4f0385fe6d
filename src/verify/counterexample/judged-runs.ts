/**
 * Packets in order through the real binary with the real libVig, in the stepper (so that one that hangs ends), each judged
 * by the specification as it runs fast: what is found here is no matter of terms any more.
 */
import { BAD_VERDICT, describeResult, egressOf } from '../../nf/index.js'
import { Oracle, VIOLATION, type ViolationDetail } from '../../oracle/index.js'
import type { Model, Terms } from '../../smt/index.js'
import { type RealNf, type RealRun, realNf } from '../real-nf.js'
import { type ConfiguredAs, configuredIn, type Subject } from '../subject.js'
import { stateBefore } from './state-text.js'

export interface TestPacket {
  readonly bytes: Uint8Array
  readonly port: number
  /** Nanoseconds. */
  readonly now: bigint
}

/** Packets of which the last one violates the specification, and no other. */
export interface Finding {
  readonly packets: readonly TestPacket[]
  readonly detail: ViolationDetail
  /** How the binary ran on the last packet. */
  readonly run: RealRun
  /** What was in the specification's tables before the last packet. */
  readonly state: readonly string[]
  /** Of a proof for every configuration: the one in which it is so, `name=value` each. */
  readonly config: readonly string[]
}

/** The binary in one configuration. */
interface Device extends ConfiguredAs {
  readonly real: RealNf
}

export class JudgedRuns {
  readonly #subject: Subject
  #device: Device | undefined
  /** Packets run so far. */
  packets = 0

  constructor(subject: Subject) {
    this.#subject = subject
  }

  /** Of the binary that ran last. */
  get handles(): ReadonlyMap<string, number> {
    return this.#device?.real.handles ?? new Map()
  }

  /**
   * Runs packets from the empty state up to the first that violates; undefined where none does. Where some of the
   * configuration is left open the model that they come from says what it is; undefined where it can be none.
   */
  run(packets: readonly TestPacket[], terms: Terms, model: Model): Finding | undefined {
    const device = this.#deviceIn(terms, model)
    if (device === undefined) return undefined
    const { nf, fast } = this.#subject
    const name = nf.manifest.name
    const { real, config, words } = device
    const oracle = new Oracle({ nf: name, instance: name, spec: fast, config, watched: true })
    real.restart()
    for (const [at, packet] of packets.entries()) {
      this.packets += 1
      const run = real.process(packet.bytes, packet.port, packet.now)
      if (!this.#isViolation(oracle, packet, run)) continue
      const [detail, state] = [oracle.violation(), stateBefore(oracle)]
      return { packets: packets.slice(0, at + 1), detail, run, state, config: words }
    }
    return undefined
  }

  #deviceIn(terms: Terms, model: Model): Device | undefined {
    const found = configuredIn(this.#subject, terms, model)
    if (found === undefined) return undefined
    const known = this.#device
    if (known !== undefined && known.words.join() === found.words.join()) return known
    this.#device = { ...found, real: realNf(this.#subject, found.config) }
    return this.#device
  }

  #isViolation(oracle: Oracle, { bytes, port, now }: TestPacket, { outcome, bytes: output }: RealRun): boolean {
    const { portCount } = this.#subject
    const bad = (kind: 'trap' | 'bad verdict', text: string): boolean =>
      oracle.judgeBad(port, now, bytes, 0, bytes.length, kind, text) === VIOLATION
    if (outcome.kind === 'trapped') return bad('trap', `it trapped: ${outcome.trap}`)
    if (outcome.kind === 'out of fuel') return bad('trap', `it did not end within the limit of ${outcome.limit}`)
    if (outcome.kind === 'unsupported') return false
    const result = Number(outcome.values[0])
    const egress = egressOf(result, port, portCount)
    if (egress === BAD_VERDICT) {
      return bad('bad verdict', `the verdict means nothing: ${describeResult(result, portCount)}`)
    }
    const judgement = oracle.judge(port, now, bytes, 0, bytes.length, egress, output, 0, output.length)
    return judgement === VIOLATION
  }
}
