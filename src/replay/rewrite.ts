/**
 * Changes to a frame in place, each with the checksums that cover it moved by as much (RFC 1624): what was right stays
 * right, what was wrong stays wrong by the same amount. Payload is not looked into: the packet quoted in an ICMP error
 * stays as it is.
 */
import { readU16, readU32, writeU16, writeU32 } from '../packet/bytes.js'
import { updateChecksum, updateChecksum32, updateUdpChecksum, updateUdpChecksum32 } from '../packet/checksum.js'
import type { Layers } from '../packet/layers.js'
import { protocols } from '../packet/numbers.js'

/**
 * Offset of the transport checksum that covers the addresses, -1 without one. It is found where the header is not
 * whole as well: the first fragment of a datagram carries the checksum of all of it.
 */
export function coveringChecksum(layers: Layers): number {
  const header = layers.ipv4 >= 0 ? layers.ipv4 + layers.ipHeaderLength : layers.ipv6 + layers.ipHeaderLength
  if ((layers.ipv4 < 0 && layers.ipv6 < 0) || layers.fragmentOffset !== 0) return -1
  const at =
    layers.protocol === protocols.tcp
      ? header + 16
      : layers.protocol === protocols.udp
        ? header + 6
        : layers.protocol === protocols.icmpv6 && layers.ipv6 >= 0
          ? header + 2
          : -1
  return at + 2 <= layers.ipEnd ? at : -1
}

/** Replaces 32 bits of an address at `at`. */
export function setAddressWord(layers: Layers, at: number, value: number): void {
  const { bytes } = layers
  const old = readU32(bytes, at)
  if (old === value) return
  writeU32(bytes, at, value)
  if (layers.ipv4 >= 0) {
    const field = layers.ipv4 + 10
    writeU16(bytes, field, updateChecksum32(readU16(bytes, field), old, value))
  }
  const covering = coveringChecksum(layers)
  if (covering < 0) return
  const sum = readU16(bytes, covering)
  const update = layers.protocol === protocols.udp ? updateUdpChecksum32 : updateChecksum32
  writeU16(bytes, covering, update(sum, old, value))
}

/** Replaces a TCP or UDP port at `at`; only where the frame has a transport header. */
export function setPort(layers: Layers, at: number, value: number): void {
  const { bytes } = layers
  const old = readU16(bytes, at)
  if (old === value) return
  writeU16(bytes, at, value)
  const covering = layers.transport + (layers.tcp >= 0 ? 16 : 6)
  const sum = readU16(bytes, covering)
  writeU16(bytes, covering, layers.tcp >= 0 ? updateChecksum(sum, old, value) : updateUdpChecksum(sum, old, value))
}

/** Gives a packet with a transport header the addresses and ports of a tuple (see tuple.ts) of its version. */
export function setTuple(layers: Layers, words: Uint32Array, at: number): void {
  const ports = words[at + 1] ?? 0
  setPort(layers, layers.transport, ports >>> 16)
  setPort(layers, layers.transport + 2, ports & 0xffff)
  if (layers.ipv4 >= 0) {
    setAddressWord(layers, layers.ipv4 + 12, words[at + 2] ?? 0)
    setAddressWord(layers, layers.ipv4 + 16, words[at + 3] ?? 0)
    return
  }
  for (let i = 0; i < 3; i++) {
    setAddressWord(layers, layers.ipv6 + 8 + 4 * i, words[at + 4 + i] ?? 0)
    setAddressWord(layers, layers.ipv6 + 24 + 4 * i, words[at + 7 + i] ?? 0)
  }
  setAddressWord(layers, layers.ipv6 + 20, words[at + 2] ?? 0)
  setAddressWord(layers, layers.ipv6 + 36, words[at + 3] ?? 0)
}

/** Gives a packet with a transport header the destination address and port of a tuple of its version. */
export function setDestination(layers: Layers, words: Uint32Array, at: number): void {
  setPort(layers, layers.transport + 2, (words[at + 1] ?? 0) & 0xffff)
  if (layers.ipv4 >= 0) {
    setAddressWord(layers, layers.ipv4 + 16, words[at + 3] ?? 0)
    return
  }
  for (let i = 0; i < 3; i++) setAddressWord(layers, layers.ipv6 + 24 + 4 * i, words[at + 7 + i] ?? 0)
  setAddressWord(layers, layers.ipv6 + 36, words[at + 3] ?? 0)
}
