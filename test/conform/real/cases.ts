/** Cases written by hand, as files: deriving a suite takes longer than running it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Fill } from '../../../src/derive/fields.js'
import { caseText } from '../../../src/derive/suite/case-file.js'
import type { CasePacket } from '../../../src/derive/suite/suite.js'
import { buildFrame, ipv4HeaderChecksum, writeU16 } from '../../../src/packet/index.js'
import { temporary } from '../../temporary.js'

/** Nanoseconds. */
export const MS = 1_000_000n

export function packet(port: number, bytes: Uint8Array, wait = MS, fills: readonly Fill[] = []): CasePacket {
  return { wait, port, bytes, fills, times: 1, note: undefined, line: undefined }
}

export function caseFile(name: string, packets: readonly CasePacket[]): string {
  const file = join(temporary(), `${name}.yaml`)
  writeFileSync(file, caseText({ name, title: name, meets: [], clause: '', packets }))
  return file
}

/** The topology of that name, with something else instead of what must be in it. */
export function changedTopology(name: string, from: string | RegExp, to: string): string {
  const text = readFileSync(`topologies/${name}.yaml`, 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${from} is not in ${name}`)
  const file = join(temporary(), `${name}.yaml`)
  writeFileSync(file, changed)
  return file
}

/** From one station to another, by their numbers. */
export function frame(src: number, dst: number, type = 0x88b5): Uint8Array {
  return buildFrame({
    ethernet: { dst: station(dst), src: station(src), type },
    payload: new Uint8Array(46).fill(src),
  })
}

function station(number: number): string {
  return `02:00:00:00:10:${number.toString(16).padStart(2, '0')}`
}

/** A datagram; ports and addresses as texts and numbers. By the MAC addresses, from the next hop to the device at a port. */
export function datagram(
  from: string,
  srcPort: number,
  to: string,
  dstPort: number,
  { payload = 18, port = 0 } = {},
): Uint8Array {
  return buildFrame({
    ethernet: { dst: `02:00:00:00:00:0${port}`, src: `02:00:00:00:01:0${port}` },
    ipv4: { src: from, dst: to },
    udp: { srcPort, dstPort },
    payload: new Uint8Array(payload).fill(7),
  })
}

/** A segment with 16 bytes of data, as `datagram` says. Flags as in the header: FIN 1, SYN 2, RST 4, ACK 16. */
export function segment(
  from: string,
  srcPort: number,
  to: string,
  dstPort: number,
  flags: number,
  { port = 0 } = {},
): Uint8Array {
  return buildFrame({
    ethernet: { dst: `02:00:00:00:00:0${port}`, src: `02:00:00:00:01:0${port}` },
    ipv4: { src: from, dst: to },
    tcp: { srcPort, dstPort, flags, sequence: 1000, acknowledgement: 2000, window: 1024 },
    payload: new Uint8Array(16).fill(7),
  })
}

/** With another word at `at` of an IPv4 packet, the header's checksum right. */
export function written(bytes: Uint8Array, at: number, word: number): Uint8Array {
  const copy = bytes.slice()
  writeU16(copy, at, word)
  writeU16(copy, 24, ipv4HeaderChecksum(copy, 14, 20))
  return copy
}
