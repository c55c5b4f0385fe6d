/** One way of making packets simpler. */
import type { TestPacket } from '../judged-runs.js'

/** Simpler packets in the place of some, best first; each simpler in a way that comes to an end. */
export type Pass = (packets: readonly TestPacket[]) => Iterable<readonly TestPacket[]>
