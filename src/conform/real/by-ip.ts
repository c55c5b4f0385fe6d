/**
 * Frames of cases at ports that carry IP only (raw IP): what the kernel sends of them, which is what is judged. It writes
 * the link's header itself, leaves out what follows a datagram in its frame, and fills in an identification of 0.
 */
import { addressByIp } from '../../hosts/index.js'
import { withoutPadding } from '../../live/index.js'
import { readU16, writeU16 } from '../../packet/bytes.js'
import { updateChecksum } from '../../packet/checksum.js'
import { Layers, parseLayers } from '../../packet/layers.js'

const DONT_FRAGMENT = 0x4000
const layers = new Layers()

/**
 * The frame as it is seen on the link, with an identification of 1 instead of one that would be filled in (raw(7)). Checksums
 * stay as right or wrong as they are.
 *
 * @param deviceMac 48 bits; undefined where the specification knows none.
 */
export function sentByIp(frame: Uint8Array, deviceMac: number | undefined): Uint8Array {
  const sent = frame.slice(0, withoutPadding(frame, 0, frame.length))
  addressByIp(deviceMac, sent)
  parseLayers(layers, sent, 0, sent.length, false)
  const { ipv4 } = layers
  if (ipv4 === -1 || readU16(sent, ipv4 + 4) !== 0 || (readU16(sent, ipv4 + 6) & DONT_FRAGMENT) !== 0) return sent
  writeU16(sent, ipv4 + 4, 1)
  writeU16(sent, ipv4 + 10, updateChecksum(readU16(sent, ipv4 + 10), 0, 1))
  return sent
}
