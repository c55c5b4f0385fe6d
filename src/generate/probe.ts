/** What the probes of a trace have in common. */

import type { Flows } from './flows.js'
import type { Frame } from './frame.js'
import type { Heartbeats } from './heartbeats.js'
import type { Random } from './random.js'
import type { Stations } from './stations.js'

/** A packet that was written to the frame: nanoseconds since the one before, and its port. */
export interface Probe {
  readonly wait: number
  readonly port: number
}

export interface ProbeTools {
  readonly frame: Frame
  readonly random: Random
  readonly flows: Flows
  readonly stations: Stations | undefined
  readonly heartbeats: Heartbeats | undefined
}
