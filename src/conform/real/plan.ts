/**
 * When the packets of a case are sent on real ports, where no nanosecond is met and nothing comes at once: so that each takes the
 * way through the specification that the case is for, also when it is sent a little early or late. What is sent is judged
 * by the times at which it was sent in any case.
 */
import { Conditions } from '../../derive/conditions.js'
import { filled } from '../../derive/fields.js'
import { MANNERS } from '../../derive/known/device.js'
import { KnownState } from '../../derive/known/state.js'
import { Reference, type Step } from '../../derive/reference.js'
import type { SpecSubject } from '../../derive/subject.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { Terms } from '../../smt/index.js'
import type { TimedPacket } from '../run-case.js'

/** Nanoseconds. */
export interface Margins {
  /** By how much a packet may be early or late, seen from those before it. */
  readonly jitter: bigint
  /** Between a packet that comes out and the next, and after one that does not. */
  readonly gap: bigint
  readonly silence: bigint
  /** A longer wait is made shorter, if that leads the same way. */
  readonly longest: bigint
}

export interface Plan {
  readonly packets: readonly TimedPacket[]
  /** Whether each packet takes the way that the case is for, and would a little earlier or later. */
  readonly isCertain: boolean
  /** Nanoseconds of the longest wait. */
  readonly longest: bigint
}

/** The first packet comes when a clock has long been going: an hour. */
const START = 3_600_000_000_000n

interface Course {
  readonly state: KnownState
  readonly outputs: readonly (Uint8Array | undefined)[]
}

export class Planner {
  readonly #reference: Reference
  readonly #margins: Margins

  constructor({ specFile, reading }: Pick<SpecSubject, 'specFile' | 'reading'>, margins: Margins) {
    this.#reference = new Reference(reading, new Conditions(specFile), new Terms())
    this.#margins = margins
  }

  plan(packets: readonly TimedPacket[]): Plan {
    const { gap, silence } = this.#margins
    let meant: Course = { state: KnownState.empty(), outputs: [] }
    let course = meant
    let last: Step | undefined
    let now = START
    let isCertain = true
    let longest = 0n
    const planned: TimedPacket[] = []
    for (const [at, packet] of packets.entries()) {
      const wanted = this.#step(meant, packet, packet.now)
      meant = after(meant, wanted)
      const wait = packet.now - (packets[at - 1]?.now ?? packet.now)
      const least = at === 0 ? 0n : last?.output === undefined ? silence : gap
      const found = this.#wait(course, packet, now, wait > least ? wait : least, at === 0 ? 0n : least, wanted?.way)
      if (!found.isCertain) isCertain = false
      if (found.wait > longest) longest = found.wait
      now += found.wait
      last = this.#step(course, packet, now)
      course = after(course, last)
      planned.push({ ...packet, now: now - START })
    }
    return { packets: planned, isCertain, longest }
  }

  /** The wait that is as meant, one that leads the same way, or the shortest that does. */
  #wait(
    course: Course,
    packet: TimedPacket,
    from: bigint,
    wait: bigint,
    least: bigint,
    way: string | undefined,
  ): { readonly wait: bigint; readonly isCertain: boolean } {
    const { jitter, longest } = this.#margins
    const leads = (tried: bigint): boolean => this.#step(course, packet, from + tried)?.way === way
    const isCertain = (tried: bigint): boolean =>
      tried >= least && [tried, tried - jitter, tried + jitter].every((each) => leads(each))
    const near = [wait, wait - 2n * jitter, wait + 2n * jitter]
    const far = (): bigint[] => [this.#shortest(leads, least, wait) + 2n * jitter]
    const candidates = wait > longest ? [...far(), ...near] : near
    const found = candidates.find(isCertain) ?? (wait > longest ? undefined : far().find(isCertain))
    return found === undefined ? { wait, isCertain: false } : { wait: found, isCertain: true }
  }

  /** That leads there, where a longer one up to `most` does. */
  #shortest(leads: (wait: bigint) => boolean, least: bigint, most: bigint): bigint {
    if (leads(least)) return least
    let [below, at] = [least, most]
    while (at - below > this.#margins.jitter) {
      const middle = (below + at) / 2n
      if (leads(middle)) at = middle
      else below = middle
    }
    return at
  }

  #step({ state, outputs }: Course, { bytes, fills, port }: TimedPacket, now: bigint): Step | undefined {
    try {
      return this.#reference.run(state, { bytes: filled(bytes, fills, outputs), port, now }, MANNERS[0])
    } catch (error) {
      // What cannot be followed is sent as it is.
      if (error instanceof Undecidable) return undefined
      throw error
    }
  }
}

function after({ state, outputs }: Course, step: Step | undefined): Course {
  return { state: step?.state ?? state, outputs: [...outputs, step?.output] }
}
