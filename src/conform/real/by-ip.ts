/**
 * Frames of cases at ports that carry IP only (raw IP): what the kernel sends of them, which is what is judged. It writes
 * the link's header itself, leaves out what follows a datagram in its frame, and fills in an identification of 0.
 */
import { readU16, readU32, writeU16, writeU48 } from '../../packet/bytes.js'
import { updateChecksum } from '../../packet/checksum.js'
import { Layers, parseLayers } from '../../packet/layers.js'

/** For one that is sent to one host in a frame that is for all. */
export const FOR_ALL = 'not expressible by raw IP: a datagram for one host in a frame for a group'

const DONT_FRAGMENT = 0x4000
const BROADCAST = 0xffffffff
const IPV4_GROUP = 0x01005e000000
const IPV6_GROUP = 0x333300000000
const layers = new Layers()

/**
 * The frame as it is seen on the link, to the device's address unless it is for a group (RFC 1112 section 6.4, RFC 2464
 * section 7), and with an identification of 1 instead of one that would be filled in (raw(7)). Checksums stay as right or
 * wrong as they are.
 *
 * @param deviceMac 48 bits; undefined where the specification knows none, then a frame goes to the station it names.
 */
export function sentByIp(frame: Uint8Array, deviceMac: number | undefined): Uint8Array {
  parseLayers(layers, frame, 0, frame.length, false)
  const { ipv4, ipEnd } = layers
  // Ports tell what they do not carry.
  if (ipEnd === -1 || isForAll(frame)) return frame
  const sent = frame.slice(0, ipEnd)
  const to = groupMac() ?? deviceMac
  if (to !== undefined) writeU48(sent, 0, to)
  if (ipv4 === -1 || readU16(sent, ipv4 + 4) !== 0 || (readU16(sent, ipv4 + 6) & DONT_FRAGMENT) !== 0) return sent
  writeU16(sent, ipv4 + 4, 1)
  writeU16(sent, ipv4 + 10, updateChecksum(readU16(sent, ipv4 + 10), 0, 1))
  return sent
}

/** Whether it is a datagram for one host in a frame for a group, which no host sends. */
export function isForAll(frame: Uint8Array): boolean {
  parseLayers(layers, frame, 0, frame.length, false)
  return layers.ipEnd !== -1 && ((frame[0] ?? 0) & 1) === 1 && groupMac() === undefined
}

/** That of the group which the datagram in `layers` is for, if it is. */
function groupMac(): number | undefined {
  const { bytes, ipv4, ipv6 } = layers
  if (ipv6 !== -1) return bytes[ipv6 + 24] === 0xff ? IPV6_GROUP + readU32(bytes, ipv6 + 36) : undefined
  const address = readU32(bytes, ipv4 + 16)
  if (address === BROADCAST) return 0xffffffffffff
  return address >>> 28 === 0xe ? IPV4_GROUP + (address & 0x7fffff) : undefined
}
