import fc from 'fast-check'

import { buildFrame, type FrameParts } from '../../src/packet/index.js'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })

const network = fc.constantFrom<Pick<FrameParts, 'ipv4' | 'ipv6' | 'arp'>>(
  { ipv4: {} },
  { ipv4: { options: new Uint8Array([1, 1, 1, 0]) } },
  { ipv4: { flags: 1 } },
  { ipv4: { fragmentOffset: 3 } },
  { ipv6: {} },
  { ipv6: { extensions: [{ protocol: 60, bytes: new Uint8Array(8) }] } },
  { arp: {} },
  {},
)

const upper = fc.constantFrom<Pick<FrameParts, 'tcp' | 'udp' | 'icmp' | 'icmpv6'>>(
  { tcp: {} },
  { tcp: { options: new Uint8Array([2, 4, 5, 180]) } },
  { udp: {} },
  { udp: { checksum: 0 } },
  { icmp: { identifier: 1 } },
  { icmp: { type: 3, code: 3 } },
  { icmpv6: {} },
  { icmpv6: { target: '2001:db8::7' } },
  {},
)

const vlan = fc.constantFrom<Pick<FrameParts, 'vlan'>>(
  {},
  { vlan: { id: 5 } },
  { vlan: [{ id: 5, tpid: 0x88a8 }, { id: 6 }] },
  { vlan: [{ id: 5 }, { id: 6 }, { id: 7 }] },
)

/** Frames as they should be, of every kind. */
export const goodFrame: fc.Arbitrary<Uint8Array> = fc
  .record({ network, upper, vlan, rest: fc.record({ payload: bytes(40), trailer: bytes(6) }) })
  .map((parts) => buildFrame({ ...parts.vlan, ...parts.network, ...parts.upper, ...parts.rest }))

/** Good frames, as they are and with a few bytes changed or the end cut off, and plain noise. */
export const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 1, arbitrary: bytes(80) },
  { weight: 3, arbitrary: goodFrame },
  { weight: 6, arbitrary: fc.tuple(goodFrame, changes(), fc.integer({ min: 0, max: 60 })).map(damage) },
)

interface Change {
  readonly at: number
  readonly value: number
}

function changes(): fc.Arbitrary<Change[]> {
  const at = fc.oneof(fc.nat(13), fc.integer({ min: 12, max: 60 }))
  return fc.array(fc.record({ at, value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 6, 8, 17, 0x45, 0x50)) }), {
    maxLength: 3,
  })
}

function damage([frame, list, cut]: readonly [Uint8Array, Change[], number]): Uint8Array {
  const copy = frame.slice(0, cut < 30 ? frame.length : Math.max(0, frame.length - (cut - 30)))
  for (const { at, value } of list) if (at < copy.length) copy[at] = value
  return copy
}

/** Bytes from hexadecimal text; spaces do not matter. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, '')
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16))
}
