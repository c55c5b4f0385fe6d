/** How long and how often: as the RFCs want it, or in a few seconds; and how the one differs from the other. */
import { InputError } from '../../errors.js'
import type { StressProfile } from '../../result/index.js'
import { FRAME_SIZES } from '../frames.js'

export interface ProfileWish {
  readonly profile?: 'rfc' | 'quick'
  readonly duration?: number
  readonly repeat?: number
  readonly loss?: number
  readonly sizes?: readonly number[]
}

export interface Chosen {
  readonly profile: StressProfile
  readonly sizes: readonly number[]
  readonly deviations: readonly string[]
}

/** RFC 2544 sections 24 and 26. */
const RFC: StressProfile = {
  name: 'rfc',
  trialSeconds: 60,
  probeSeconds: 10,
  latencySeconds: 120,
  repeat: 1,
  latencyRuns: 20,
  burstSearches: 50,
  burstSeconds: 2,
  resolution: 0.005,
  loss: 0,
}

const QUICK: StressProfile = {
  name: 'quick',
  trialSeconds: 0.5,
  probeSeconds: 0.2,
  latencySeconds: 1,
  repeat: 3,
  latencyRuns: 3,
  burstSearches: 3,
  burstSeconds: 0.1,
  resolution: 0.02,
  loss: 0,
}
const QUICK_SIZES = [64, 1518]

/** @throws InputError for durations, repetitions or losses that are none. */
export function chooseProfile({ profile: name = 'quick', duration, repeat, loss = 0, sizes }: ProfileWish): Chosen {
  const base = name === 'rfc' ? RFC : QUICK
  refuse(duration !== undefined && !(duration > 0 && duration <= 3600), `trials of ${duration} s`, 'up to an hour')
  refuse(repeat !== undefined && !(Number.isInteger(repeat) && repeat >= 1), `${repeat} repetitions`, '1 or more')
  refuse(!(loss >= 0 && loss < 1), `a loss of ${loss}`, 'a share of 0 or more and below 1')
  refuse(sizes?.length === 0, 'no frame sizes', 'such as 64,1518')
  const timed = duration === undefined ? base : lasting(base, duration)
  const profile = {
    ...timed,
    loss,
    ...(repeat === undefined ? {} : { repeat, latencyRuns: repeat, burstSearches: repeat }),
  }
  const chosen = sizes ?? (name === 'rfc' ? FRAME_SIZES[4] : QUICK_SIZES)
  return { profile, sizes: [...new Set(chosen)], deviations: deviationsOf(profile, chosen) }
}

function lasting(base: StressProfile, seconds: number): StressProfile {
  const part = base.probeSeconds / base.trialSeconds
  return {
    ...base,
    trialSeconds: seconds,
    probeSeconds: seconds * part,
    latencySeconds: Math.min(base.latencySeconds, 2 * seconds),
    burstSeconds: Math.min(base.burstSeconds, seconds),
  }
}

function refuse(isWrong: boolean, what: string, hint: string): void {
  if (isWrong) throw new InputError(what, { hint })
}

function deviationsOf(profile: StressProfile, sizes: readonly number[]): string[] {
  const { trialSeconds, latencySeconds, latencyRuns, burstSearches, burstSeconds, loss } = profile
  const wanted: readonly number[] = FRAME_SIZES[4]
  const differs = (what: string, is: number, wants: number): string[] =>
    is === wants ? [] : [`${what}: ${is}, not ${wants}`]
  return [
    ...differs('seconds of a trial (RFC 2544 section 24)', trialSeconds, RFC.trialSeconds),
    ...(wanted.every((size) => sizes.includes(size))
      ? []
      : [`frame sizes (RFC 2544 section 9.1): ${sizes.join(', ')}, not ${wanted.join(', ')}`]),
    ...differs('seconds of a stream for latency (RFC 2544 section 26.2)', latencySeconds, RFC.latencySeconds),
    ...differs('streams for latency (RFC 2544 section 26.2)', latencyRuns, RFC.latencyRuns),
    ...differs('searches for the longest burst (RFC 2544 section 26.4)', burstSearches, RFC.burstSearches),
    ...differs('seconds of the longest burst (RFC 2544 section 26.4)', burstSeconds, RFC.burstSeconds),
    ...differs('share of frames that may be lost (RFC 2544 section 26.1)', loss, RFC.loss),
    'one direction at a time, UDP over IPv4 alone',
    'after a trial it is waited until nothing is on its way, not always 2 s (RFC 2544 section 23)',
    'where the rate of the medium is not known, it is what the tester sends at most',
  ]
}
