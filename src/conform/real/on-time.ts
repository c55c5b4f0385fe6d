/** Runs a case until it was judged, with its packets at their times: a busy machine may be late by more than a plan allows. */
import type { Engine } from './engine.js'
import type { SeenCase } from './lane.js'
import type { Plan } from './plan.js'

/** How often a case is run again. */
const AGAIN = 2

export interface TimedJob extends Pick<Plan, 'packets' | 'isCertain'> {
  readonly name: string
}

/** `jitter`: nanoseconds by which packets may be late, as they were planned. @returns What the last run came to. */
export async function runOnTime(
  engine: Pick<Engine, 'run'>,
  { name, packets, isCertain }: TimedJob,
  jitter: bigint,
): Promise<SeenCase> {
  let seen = await engine.run({ name, packets })
  for (let times = 0; times < AGAIN && isAmiss(seen, isCertain, jitter); times++) {
    seen = await engine.run({ name, packets })
  }
  return seen
}

/** A violation is one, whenever its packets were sent. */
function isAmiss(seen: SeenCase, isCertain: boolean, jitter: bigint): boolean {
  return seen.violation === undefined && (seen.doubts.length > 0 || (isCertain && isAstray(seen, jitter)))
}

/**
 * Whether a packet may have taken another way than it was planned for: it was sent too late, or fits only where the device took
 * it later than that.
 */
export function isAstray({ lateness, timesMoved }: SeenCase, jitter: bigint): boolean {
  return lateness > jitter || timesMoved > 0
}
