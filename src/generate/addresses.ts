/** IP addresses as bytes in network order, drawn from networks. */

import { type Cidr, writeU32, writeU128 } from '../packet/index.js'
import type { Random } from './random.js'

/** 4 bytes for IPv4, 16 for IPv6. */
export type AddressBytes = Uint8Array

/** At most this many bits of an address are drawn: networks of IPv6 are larger than any trace. */
const drawnBits = 32

/** An address of one of the networks, each network equally often; never the all-zeros or all-ones host of IPv4. */
export function pickAddress(networks: readonly [Cidr, ...Cidr[]], random: Random): AddressBytes {
  const network = networks.length === 1 ? networks[0] : random.pick(networks)
  const hostBits = (network.version === 4 ? 32 : 128) - network.prefixLength
  const hosts = 2 ** Math.min(hostBits, drawnBits)
  const whole = hosts > 2 && (network.version === 6 || hostBits <= drawnBits)
  return addressBytes(network, whole ? 1 + random.below(hosts - 2) : random.below(hosts))
}

/** The address `host` above the network's base. */
export function addressBytes(network: Cidr, host: number): AddressBytes {
  if (network.version === 4) {
    const bytes = new Uint8Array(4)
    writeU32(bytes, 0, network.base + host)
    return bytes
  }
  const bytes = new Uint8Array(16)
  writeU128(bytes, 0, network.base + BigInt(host))
  return bytes
}

/** The same address with its last bits changed: a neighbour, for packets that only almost belong to a flow. */
export function neighbour(address: AddressBytes): AddressBytes {
  const bytes = address.slice()
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ 1
  return bytes
}
