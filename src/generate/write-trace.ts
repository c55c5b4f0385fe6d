/** Writes a generated trace to a file. */

import {
  type CaptureWriter,
  createPcapngWriter,
  createPcapWriter,
  linkType,
  type OutputPcapngPacket,
} from '../capture/index.js'
import { generate } from './generate.js'
import type { TraceOptions } from './options.js'

export interface WrittenTrace {
  readonly packets: number
  readonly bytes: number
}

/**
 * pcap with nanoseconds, or pcapng where the name ends in `.pcapng`: then with an interface for each port of the device
 * under test, named `port 0` and on. The file is complete under its name, or not there.
 * @throws InputError or MachineError where it cannot be written.
 */
export function writeTrace(path: string, options: TraceOptions): WrittenTrace {
  const writer: CaptureWriter<OutputPcapngPacket> = path.endsWith('.pcapng')
    ? pcapng(path, options)
    : createPcapWriter(path, { nanosecond: true })
  let packets = 0
  let bytes = 0
  try {
    for (const packet of generate(options)) {
      writer.write({ bytes: packet.bytes, time: packet.time, interfaceId: packet.port })
      packets++
      bytes += packet.bytes.length
    }
  } catch (error) {
    writer.abort()
    throw error
  }
  writer.close()
  return { packets, bytes }
}

function pcapng(path: string, options: TraceOptions) {
  const interfaces = Array.from({ length: portCount(options) }, (_, port) => ({
    name: `port ${port}`,
    linkType: linkType.ethernet,
  }))
  return createPcapngWriter(path, { interfaces, application: 'Vigil' })
}

/** Ports that a trace may use. */
function portCount({ wiring, stations, heartbeats }: TraceOptions): number {
  const sides = [...wiring.clients, ...wiring.servers, ...(heartbeats?.backends ?? [])]
  return Math.max(stations?.ports ?? 0, ...sides.map(({ port }) => port + 1))
}
