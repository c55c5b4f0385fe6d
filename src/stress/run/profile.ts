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
  readonly ip?: 4 | 6
  readonly direction?: 'one' | 'both'
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
const QUICK_SIZES = { 4: [64, 1518], 6: [84, 1518] } as const
/** RFC 9004 section 6.2: a search must be able to go so far. */
const LONGEST_BURST = 30

/** @throws InputError for durations, repetitions or losses that are none. */
export function chooseProfile(wish: ProfileWish): Chosen {
  const { profile: name = 'quick', duration, repeat, loss = 0, sizes, ip = 4 } = wish
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
  const chosen = sizes ?? (name === 'rfc' ? FRAME_SIZES : QUICK_SIZES)[ip]
  return { profile, sizes: [...new Set(chosen)], deviations: deviationsOf(profile, chosen, wish) }
}

function lasting(base: StressProfile, seconds: number): StressProfile {
  const part = base.probeSeconds / base.trialSeconds
  return {
    ...base,
    trialSeconds: seconds,
    probeSeconds: seconds * part,
    latencySeconds: Math.min(base.latencySeconds, 2 * seconds),
    burstSeconds: Math.min(LONGEST_BURST, seconds),
  }
}

function refuse(isWrong: boolean, what: string, hint: string): void {
  if (isWrong) throw new InputError(what, { hint })
}

/** RFC 5180 section 5.1.1 has the sizes of RFC 2544; section 5.1 knows that tags need room. */
const SIZES = {
  4: { clause: 'RFC 2544 section 9.1', sizes: FRAME_SIZES[4] },
  6: { clause: 'RFC 5180 section 5.1.1', sizes: FRAME_SIZES[4] },
} as const

function deviationsOf(
  profile: StressProfile,
  sizes: readonly number[],
  { ip = 4, direction = 'one' }: ProfileWish,
): string[] {
  const { trialSeconds, latencySeconds, latencyRuns, burstSearches, burstSeconds, loss } = profile
  const { clause, sizes: wanted } = SIZES[ip]
  const differs = (what: string, is: number, wants: number): string[] =>
    is === wants ? [] : [`${what}: ${is}, not ${wants}`]
  return [
    ...differs('seconds of a trial (RFC 2544 section 24)', trialSeconds, RFC.trialSeconds),
    ...(wanted.every((size) => sizes.includes(size))
      ? []
      : [`frame sizes (${clause}): ${sizes.join(', ')}, not ${wanted.join(', ')}`]),
    ...differs('seconds of a stream for latency (RFC 2544 section 26.2)', latencySeconds, RFC.latencySeconds),
    ...differs('streams for latency (RFC 2544 section 26.2)', latencyRuns, RFC.latencyRuns),
    ...differs('searches for the longest burst (RFC 2544 section 26.4)', burstSearches, RFC.burstSearches),
    ...differs(
      'seconds of the longest burst (RFC 2544 section 26.4)',
      Math.min(burstSeconds, RFC.burstSeconds),
      RFC.burstSeconds,
    ),
    ...differs('share of frames that may be lost (RFC 2544 section 26.1)', loss, RFC.loss),
    ...(direction === 'one' ? ['a device with two sides is loaded from one (RFC 2544 section 14)'] : []),
    `UDP over IPv${ip} alone`,
    'after learning, and after a trial, it is waited until nothing is on its way, not always 2 s, and not 5 s more (RFC 2544 section 23, RFC 9004 section 6.2)',
    "a latency is from before a frame is handed to the kernel until the kernel's time of its arrival, by neither definition of RFC 1242 section 3.8",
    'where the rate of the medium is not known, it is what the tester sends at most',
  ]
}
