/** What is behind the ports and under test, as the one that sends to it sees it. */
import type { AskedNf, Topology, TopologyNode } from '../testbed/index.js'
import type { DeviceSide } from '../wires/index.js'
import type { ForwardCounts } from './forwarder.js'
import type { Fault, Polling } from './loop.js'
import type { PortReport } from './ports.js'

export interface DeviceOptions {
  readonly topology: Topology
  readonly node: TopologyNode
  readonly asked: AskedNf
  /** Environment variables for commands: see `settingsOf`. */
  readonly settings: Readonly<Record<string, string>>
  /** Its ports. */
  readonly side: DeviceSide
  readonly burst: number
  readonly polling: Polling
}

/** What a device says of itself at the end; one that Vigil does not run says nothing. */
export interface DeviceReport {
  readonly counts?: Readonly<ForwardCounts>
  readonly ports: readonly PortReport[]
}

export interface DeviceUnderTest {
  /** Frames of each port that it is through with, where it tells: all that came of them has left it. */
  readonly processed: Float64Array | undefined
  /** Frames that it knows to have lost, since it was started: on the way into it, and on the way out. */
  lost(): { readonly before: number; readonly after: number }
  /** Why it has ended by itself, if it has. */
  readonly fault: Fault | undefined
  /** Empties its state: it is then as it was when it was started. Undefined where there is no way to. */
  readonly reset: (() => Promise<void>) | undefined
  /** Ends it, if it has not ended. It may be called again. What does not end its burst in `patience` ms is cut off. */
  stop(patience?: number): Promise<DeviceReport>
}
