/** Cases written by hand, as files: deriving a suite takes longer than running it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Fill } from '../../../src/derive/fields.js'
import { caseText } from '../../../src/derive/suite/case-file.js'
import type { CasePacket } from '../../../src/derive/suite/suite.js'
import { buildFrame } from '../../../src/packet/build.js'
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

/** A datagram; ports and addresses as texts and numbers. */
export function datagram(from: string, srcPort: number, to: string, dstPort: number, payload = 18): Uint8Array {
  return buildFrame({
    ethernet: { dst: '02:00:00:00:00:00', src: '02:00:00:00:01:00' },
    ipv4: { src: from, dst: to },
    udp: { srcPort, dstPort },
    payload: new Uint8Array(payload).fill(7),
  })
}
