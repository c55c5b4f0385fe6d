/** IP addresses as bytes in network order, drawn from networks. */

import { type Cidr, writeU32, writeU128 } from '../packet/index.js'
import type { Random } from './random.js'

/** 4 bytes for IPv4, 16 for IPv6. */
export type AddressBytes = Uint8Array

/** Host parts are drawn in words of this many bits, two of them at most. */
const wordBits = 32

/** An address of one of the networks, each network equally often; never the all-zeros or all-ones host of IPv4. */
export function pickAddress(networks: readonly [Cidr, ...Cidr[]], random: Random): AddressBytes {
  const network = networks.length === 1 ? networks[0] : random.pick(networks)
  const hostBits = (network.version === 4 ? 32 : 128) - network.prefixLength
  const hosts = 2 ** Math.min(hostBits, wordBits)
  const bytes = addressBytes(network, hosts > 2 ? 1 + random.below(hosts - 2) : random.below(hosts))
  if (hostBits >= 2 * wordBits) writeU32(bytes, 8, random.next())
  return bytes
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

/** The same address but for one bit, for packets that only almost belong to a flow. */
export function neighbour(address: AddressBytes, random: Random): AddressBytes {
  const bytes = address.slice()
  const at = random.below(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  return bytes
}
