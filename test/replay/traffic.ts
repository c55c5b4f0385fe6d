import { join } from 'node:path'

import { createPcapWriter, writeAll } from '../../src/capture/index.js'
import { buildFrame } from '../../src/packet/build.js'
import { Layers, parseLayers } from '../../src/packet/layers.js'
import { temporary } from '../temporary.js'

const directory = temporary('replay')
let files = 0

/** Where a test may write. */
export function freshPath(name: string): string {
  return join(directory, `${++files}-${name}`)
}

/** A pcap of frames one millisecond apart (or at their own times), and its path. */
export function traceOf(frames: readonly Uint8Array[], times?: readonly number[]): string {
  const path = freshPath('trace.pcap')
  const begin = 1_700_000_000_000_000_000n
  writeAll(
    createPcapWriter(path, { nanosecond: true }),
    frames.map((bytes, i) => ({ bytes, time: begin + BigInt(times?.[i] ?? i * 1_000_000) })),
  )
  return path
}

export const SYN = 0x02
export const ACK = 0x10
export const PSH = 0x08
export const FIN = 0x01

export function tcp(src: string, srcPort: number, dst: string, dstPort: number, flags = ACK, payload = ''): Uint8Array {
  const ip = src.includes(':') ? { ipv6: { src, dst } } : { ipv4: { src, dst } }
  return buildFrame({ ...ip, tcp: { srcPort, dstPort, flags }, payload, minimumLength: 60 })
}

export function udp(src: string, srcPort: number, dst: string, dstPort: number, payload = 'data'): Uint8Array {
  const ip = src.includes(':') ? { ipv6: { src, dst } } : { ipv4: { src, dst } }
  return buildFrame({ ...ip, udp: { srcPort, dstPort }, payload, minimumLength: 60 })
}

export function parsed(frame: Uint8Array): Layers {
  const layers = new Layers()
  parseLayers(layers, frame, 0, frame.length, true)
  return layers
}

/** A TCP conversation of a client with a server: handshake, `turns` requests and answers. */
export function conversation(client: string, port: number, server: string, turns: number): Uint8Array[] {
  const frames = [
    tcp(client, port, server, 443, SYN),
    tcp(server, 443, client, port, SYN | ACK),
    tcp(client, port, server, 443),
  ]
  for (let i = 0; i < turns; i++) {
    frames.push(tcp(client, port, server, 443, PSH | ACK, `ask ${i}`), tcp(server, 443, client, port, ACK, `tell ${i}`))
  }
  return frames
}
