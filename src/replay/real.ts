/** What a result says of real ports. */
import { type DeviceReport, type PortReport, reportPorts } from '../device/index.js'
import type { Histogram } from '../histogram.js'
import type { Live } from '../live/index.js'
import type { RealPort, RealSummary } from '../result/index.js'
import type { Topology } from '../testbed/index.js'
import { notExercised } from '../wires/index.js'
import type { ReplayOptions } from './options.js'

/** `device` is what the device said at its end. */
export function realSummary(
  { network, ports }: Live,
  device: DeviceReport,
  topology: Topology,
  options: ReplayOptions,
): Omit<RealSummary, 'known'> {
  const { before, after } = network.losses.counts
  return {
    device: topology.device.kind,
    pace: paceText(options),
    packetsPerSecond: network.departures.packetsPerSecond,
    ...timingOf(network.departures.lateness),
    lost: { before, after, excusedBefore: network.losses.usedBefore, excusedAfter: network.losses.usedAfter },
    late: network.watch.strangers.late,
    reordered: network.watch.races.reordered,
    timesMoved: network.watch.races.timesMoved,
    said: network.record.said,
    doubts: network.record.doubts,
    ports: reportPorts(ports).map(portOf),
    devicePorts: device.ports.map(portOf),
    notExercised: notExercised(topology),
  }
}

/** How late frames were; nothing where none had a time. */
function timingOf(lateness: Histogram): Pick<RealSummary, 'timing'> {
  const { count, max } = lateness
  if (max === undefined) return {}
  const share = (percent: number): number => Math.round(Math.min(max, lateness.percentile(percent) ?? max))
  return { timing: { frames: count, median: share(50), percentile99: share(99), maximum: Math.round(max) } }
}

/** How fast a trace is sent. */
export function paceText({ speed = 1, pps }: ReplayOptions): string {
  if (pps !== undefined) return `${pps} packets a second`
  if (speed === 'max') return 'as fast as the device takes it'
  return speed === 1 ? 'as fast as it was recorded' : `${speed} times as fast as it was recorded`
}

function portOf({ port, interface: name, backend, received, sent, lost, refused }: PortReport): RealPort {
  return { port, interface: name, backend, received, sent, lost, refused }
}
