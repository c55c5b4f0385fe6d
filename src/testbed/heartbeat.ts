import { writeU16, writeU32, writeU48 } from '../packet/bytes.js'
import { checksumAround, ipv4HeaderChecksum, pseudoHeaderSum4 } from '../packet/checksum.js'
import { etherTypes, protocols } from '../packet/numbers.js'
import type { Beat } from './emitter.js'
import type { Emission, Topology, TopologyHost } from './topology.js'

/** The datagram's content: a reader of a capture sees what it is. */
const text = 'vigil heartbeat'
/** The shortest Ethernet frame without its check sequence. */
const frameLength = 60

/** All that the hosts of a topology send by themselves. */
export function beatsOf(topology: Topology): Beat[] {
  return topology.hosts.flatMap((host, index) =>
    host.emits.map((emission) => ({ frame: heartbeat(host, emission), host: index, every: emission.every })),
  )
}

/** A UDP datagram from the host's addresses, checksums right, padded to the shortest frame. */
function heartbeat(host: TopologyHost, emission: Emission): Uint8Array {
  const frame = new Uint8Array(frameLength)
  const ip = 14
  const udp = ip + 20
  const udpLength = 8 + text.length
  writeU48(frame, 0, emission.toMac)
  writeU48(frame, 6, host.mac)
  writeU16(frame, 12, etherTypes.ipv4)
  frame[ip] = 0x45
  writeU16(frame, ip + 2, 20 + udpLength)
  frame[ip + 8] = 64
  frame[ip + 9] = protocols.udp
  writeU32(frame, ip + 12, host.ip)
  writeU32(frame, ip + 16, emission.toIp)
  writeU16(frame, ip + 10, ipv4HeaderChecksum(frame, ip, 20))
  writeU16(frame, udp, emission.port)
  writeU16(frame, udp + 2, emission.port)
  writeU16(frame, udp + 4, udpLength)
  frame.set(new TextEncoder().encode(text), udp + 8)
  const sum = checksumAround(
    frame,
    udp,
    udp + udpLength,
    udp + 6,
    pseudoHeaderSum4(frame, ip, protocols.udp, udpLength),
  )
  // RFC 768: a checksum of 0 is sent as 0xFFFF.
  writeU16(frame, udp + 6, sum === 0 ? 0xffff : sum)
  return frame
}
