/**
 * Holds frames that came out under load to the specification. Only a share of the conversations is looked at (see
 * ../rig/sample.ts), which is enough where what happens to a frame depends on its own conversation and on choices that
 * the oracle learns. A frame that did not come out is lost or dropped, nobody knows which: it is never called wrong.
 */
import type { LoadedNf } from '../../nf/index.js'
import { type LoadedSpec, OK, Oracle, UNDECIDED } from '../../oracle/index.js'
import type { Flows, Heartbeat } from '../rig/load.js'
import { Sample, type SampledFrame } from '../rig/sample.js'

/** What the specification says of frames that came out, in numbers of frames; `wrong` are among those judged. */
export interface Judged {
  readonly judged: number
  readonly wrong: number
  readonly undecided: number
}

export interface SpecJudgeOptions {
  readonly nf: LoadedNf
  readonly spec: LoadedSpec
  /** Those that the device hears at present. */
  readonly heartbeats: () => readonly Heartbeat[]
}

/** What the configuration calls the room of a table. */
const ROOMS = ['maxFlows', 'capacity']
/** What is wrong is described of so many frames. */
const MOST_DESCRIBED = 10

/** Whether a share of the conversations can be judged alone. Others, such as a policer, do what depends on all frames. */
export function isApart({ manifest }: LoadedNf): boolean {
  return manifest.load.isApart
}

/** In words. @param isAsked Whether judging is asked for. */
export function judgingOf(nf: LoadedNf, isAsked: boolean): string {
  if (!isAsked) return 'no frame is held to the specification, but for its payload and checksums'
  return isApart(nf)
    ? 'of a share of the conversations all frames that come out are held to the specification'
    : 'no frame is held to the specification, but for its payload and checksums: what becomes of one may depend on all others'
}

export class SpecJudge {
  /** Of the first frames that are wrong: what. */
  readonly described: string[] = []
  readonly #options: SpecJudgeOptions
  /** Nanoseconds of silence after which a conversation may have been forgotten. */
  readonly #patience: bigint
  #oracle: Oracle
  /** When each conversation was heard of last; undefined of one that is not judged any more. */
  #heard = new Map<string, bigint | undefined>()
  /** Entries that the device has made since it was started, by the names of conversations: at most. */
  #entries = new Map<string, number>()
  readonly #room: number
  /** When each host was heard of last. */
  #beats = new Map<Heartbeat, bigint>()
  #now = 0n

  constructor(options: SpecJudgeOptions) {
    this.#options = options
    this.#patience = patienceOf(options.nf)
    this.#room = roomOf(options.nf)
    this.#oracle = this.#anew()
  }

  /** The device was started anew: its tables are empty. */
  restart(): void {
    this.#oracle = this.#anew()
  }

  /**
   * What is to be kept of flows that are about to be sent. Nothing, from now on until the device is started anew, where its
   * tables may be full by then: what it does depends on who came first.
   */
  sampleOf(flows: Flows): Sample | undefined {
    const { of, count, ends } = flows.conversations
    this.#entries.set(of, Math.max(ends * count, this.#entries.get(of) ?? 0))
    const entries = [...this.#entries.values()].reduce((sum, count) => sum + count, 0)
    return entries > this.#room ? undefined : new Sample(flows)
  }

  /**
   * Frames by which the device has learned a load. Where it has to know both ends, what comes out depends on what it knew
   * before, and only what they do to the state is followed.
   */
  learned(sample: Sample): Judged {
    if (sample.flows.conversations.ends === 1) return this.judge(0, sample)
    for (const frame of sample.frames()) {
      this.#advance(frame.time)
      const { ingress, input } = this.#sent(sample, frame, 0)
      this.#oracle.follow(ingress, this.#now, input, 0, input.length)
      this.#hear(sample, frame)
    }
    this.#oracle.commit(this.#oracle.attempts)
    return { judged: 0, wrong: 0, undecided: 0 }
  }

  /** Frames of a trial, with the number that their tags have. */
  judge(test: number, sample: Sample): Judged {
    const counts = { judged: 0, wrong: 0, undecided: 0 }
    for (const frame of sample.frames()) {
      this.#advance(frame.time)
      const isKnown = this.#isKnown(sample, frame)
      if (!isKnown && sample.flows.conversations.isAnswer[frame.flow] === 1) continue
      if (!this.#hear(sample, frame)) continue
      const { ingress, input } = this.#sent(sample, frame, test)
      const { bytes, egress, isMixed } = frame
      const said = this.#oracle.judge(ingress, this.#now, input, 0, input.length, egress, bytes, 0, bytes.length)
      if (said === UNDECIDED) {
        counts.undecided += 1
        continue
      }
      counts.judged += 1
      if (said !== OK || isMixed) {
        counts.wrong += 1
        const why = said === OK ? 'its copies are not alike' : this.#oracle.violation().violation.summary
        if (this.described.length < MOST_DESCRIBED) {
          this.described.push(`frame ${frame.sequence} of a trial, by port ${ingress}: ${why}`)
        }
      }
    }
    return counts
  }

  #anew(): Oracle {
    const { nf, spec } = this.#options
    const { name } = nf.manifest
    this.#heard = new Map()
    this.#entries = new Map()
    this.#beats = new Map()
    this.#now = 0n
    return new Oracle({ nf: name, instance: name, spec, config: nf.config })
  }

  /** Time never falls, and hosts are heard of as often as they say. */
  #advance(time: bigint): void {
    if (time > this.#now) this.#now = time
    for (const beat of this.#options.heartbeats()) {
      const { bytes, port, every } = beat
      if (this.#now - (this.#beats.get(beat) ?? 0n) < BigInt(every)) continue
      this.#beats.set(beat, this.#now)
      this.#oracle.judge(port, this.#now, bytes, 0, bytes.length, 0, bytes, 0, 0)
    }
  }

  #sent({ flows }: Sample, { flow, sequence }: SampledFrame, test: number): { ingress: number; input: Uint8Array } {
    const input = new Uint8Array(flows.frames.length)
    flows.frames.write(input, flow, test, sequence)
    return { ingress: flows.ports[flow] ?? 0, input }
  }

  #keyOf({ flows: { conversations } }: Sample, { flow }: SampledFrame): string {
    return `${conversations.of} ${conversations.numbers[flow] ?? 0}`
  }

  #isKnown(sample: Sample, frame: SampledFrame): boolean {
    return this.#heard.get(this.#keyOf(sample, frame)) !== undefined
  }

  /** @returns Whether the conversation is still one that device and specification know alike. */
  #hear(sample: Sample, frame: SampledFrame): boolean {
    const key = this.#keyOf(sample, frame)
    const last = this.#heard.get(key)
    const isLost = this.#heard.has(key) && (last === undefined || this.#now - last > this.#patience)
    this.#heard.set(key, isLost ? undefined : this.#now)
    return !isLost
  }
}

function roomOf({ config }: LoadedNf): number {
  const rooms = ROOMS.flatMap((name) => config.entries.get(name)?.raw).filter((raw) => typeof raw === 'bigint')
  return Math.min(Number.POSITIVE_INFINITY, ...rooms.map(Number))
}

/** Nanoseconds: half of the shortest time after which anything is forgotten. */
function patienceOf({ config }: LoadedNf): bigint {
  let shortest = 2n ** 62n
  for (const each of config.entries.values()) {
    const isTime = 'type' in each.entry && each.entry.type === 'duration'
    if (isTime && typeof each.raw === 'bigint' && each.raw < shortest) shortest = each.raw
  }
  return shortest / 2n
}
