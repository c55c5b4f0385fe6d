import { InputError } from '../errors.js'
import { type Cidr, formatCidr, parseCidr, parseMac } from '../packet/address.js'
import { readU32, readU48, writeU48 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'
import { Networks } from './networks.js'
import { setAddressWord } from './rewrite.js'

/** Addresses remembered for networks that do not fit one to one. */
const maxAssigned = 1 << 20

/**
 * `--map`: networks and MAC addresses of the capture become those of the device. Addresses in IP and ARP headers and
 * in the Ethernet header are changed, those inside of payloads are not. An IPv4 network may be mapped to a smaller
 * one: addresses keep their low bits where these are free, and take the next free ones else.
 */
export class AddressMap {
  /** Packets that were changed. */
  changed = 0
  readonly #from: Networks
  readonly #to: readonly Cidr[]
  readonly #macs: ReadonlyMap<number, number>
  /** For each pair that is not one to one: the addresses given out, both ways. */
  readonly #assigned = new Map<Cidr, { to: Map<number, number>; taken: Set<number> }>()

  /** @throws InputError for a pair that cannot be understood. */
  constructor(text: string) {
    const from: Cidr[] = []
    const to: Cidr[] = []
    const macs = new Map<number, number>()
    for (const pair of text.split(',')) {
      const [left = '', right = '', ...more] = pair.split('=').map((part) => part.trim())
      const macFrom = parseMac(left)
      const macTo = parseMac(right)
      if (macFrom !== undefined && macTo !== undefined && more.length === 0) {
        macs.set(macFrom, macTo)
        continue
      }
      const [one, other] = more.length === 0 ? [parseCidr(left), parseCidr(right)] : []
      if (one === undefined || other === undefined || one.version !== other.version) {
        throw new InputError(`--map ${pair}: not two networks of one version, nor two MAC addresses`, {
          hint: 'write for example 10.0.0.0/8=192.0.2.0/24,02:00:00:00:00:01=02:00:00:00:01:00',
        })
      }
      if (one.version === 6 && one.prefixLength !== other.prefixLength) {
        throw new InputError(`--map ${pair}: IPv6 networks must have the same prefix length`)
      }
      from.push(one)
      to.push(other)
    }
    this.#from = new Networks(from)
    this.#to = to
    this.#macs = macs
  }

  /** Changes a frame in place; checksums stay as right or as wrong as they are. */
  apply(layers: Layers): void {
    if (!layers.ethernet) return
    const { bytes, start, ipv4, ipv6, arp } = layers
    let isChanged = this.#mac(bytes, start)
    isChanged = this.#mac(bytes, start + 6) || isChanged
    if (ipv4 >= 0) {
      isChanged = this.#ipv4(layers, ipv4 + 12) || isChanged
      isChanged = this.#ipv4(layers, ipv4 + 16) || isChanged
    } else if (ipv6 >= 0) {
      isChanged = this.#ipv6(layers, ipv6 + 8) || isChanged
      isChanged = this.#ipv6(layers, ipv6 + 24) || isChanged
    } else if (arp >= 0) {
      isChanged = this.#mac(bytes, arp + 8) || isChanged
      isChanged = this.#ipv4(layers, arp + 14) || isChanged
      isChanged = this.#mac(bytes, arp + 18) || isChanged
      isChanged = this.#ipv4(layers, arp + 24) || isChanged
    }
    if (isChanged) this.changed += 1
  }

  #mac(bytes: Uint8Array, at: number): boolean {
    if (this.#macs.size === 0) return false
    const to = this.#macs.get(readU48(bytes, at))
    if (to !== undefined) writeU48(bytes, at, to)
    return to !== undefined
  }

  #ipv4(layers: Layers, at: number): boolean {
    const address = readU32(layers.bytes, at)
    const index = this.#from.find4(address)
    const from = this.#from.cidrs[index]
    const to = this.#to[index]
    if (from?.version !== 4 || to?.version !== 4) return false
    setAddressWord(layers, at, this.#mapped(from, to, address))
    return true
  }

  #mapped(from: Cidr & { version: 4 }, to: Cidr & { version: 4 }, address: number): number {
    const hosts = 2 ** (32 - to.prefixLength)
    const host = address - from.base
    if (from.prefixLength >= to.prefixLength) return to.base + host
    let table = this.#assigned.get(from)
    if (table === undefined) {
      table = { to: new Map(), taken: new Set() }
      this.#assigned.set(from, table)
    }
    const known = table.to.get(host)
    if (known !== undefined) return to.base + known
    if (table.taken.size >= Math.min(hosts, maxAssigned)) {
      throw new InputError(`--map: more addresses of ${formatCidr(from)} occur than ${formatCidr(to)} has`, {
        hint: 'map to a larger network',
      })
    }
    let free = host % hosts
    while (table.taken.has(free)) free = (free + 1) % hosts
    table.taken.add(free)
    table.to.set(host, free)
    return to.base + free
  }

  #ipv6(layers: Layers, at: number): boolean {
    const { bytes } = layers
    const index = this.#from.find6(bytes, at)
    const to = this.#to[index]
    if (to?.version !== 6) return false
    for (let word = 0; word < 4; word++) {
      const bits = Math.min(32, Math.max(0, to.prefixLength - 32 * word))
      const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0
      const base = Number((to.base >> BigInt(96 - 32 * word)) & 0xffff_ffffn)
      setAddressWord(layers, at + 4 * word, (base | (readU32(bytes, at + 4 * word) & ~mask)) >>> 0)
    }
    return true
  }
}
