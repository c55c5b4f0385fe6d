/**
 * Synthetic traffic from a seed.
 *
 * `generate` yields the packets of a trace: conversations in both directions (TCP from SYN to FIN with right sequence
 * numbers, UDP), over a number of flows with a popularity, and shares of SYN floods, scans, packets that almost belong
 * to a flow, malformed and rare ones, stations of a bridge, heartbeats of a balancer's backends. Probes at the end meet
 * the exact ends of waiting times. Lengths and checksums are right except where a packet is malformed on purpose.
 *
 * The same options give the same bytes on every machine; memory does not grow with the number of packets.
 * `profile` gives the usual options for each network function, `writeTrace` writes a file.
 *
 * Called by `vigil generate`, by the recipes of traces/, and by tests and benches.
 */

export { type GeneratedPacket, generate } from './generate.js'
export type {
  HeartbeatOptions,
  ProbeOptions,
  ScanTarget,
  Side,
  StationOptions,
  TraceOptions,
  Wiring,
} from './options.js'
export { type Popularity, parsePopularity } from './popularity.js'
export { profile, profiles } from './profiles.js'
export { Random } from './random.js'
export { parseSizes, type SizeMix } from './sizes.js'
export { limits, parseTraceOptions, type TraceText } from './text-options.js'
export { type WrittenTrace, writeTrace } from './write-trace.js'
