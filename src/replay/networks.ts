import { type Cidr, formatCidr, parseCidr } from '../packet/address.js'
import { readU32 } from '../packet/bytes.js'

/** A set of networks, asked for addresses as they stand in a packet. */
export class Networks {
  readonly cidrs: readonly Cidr[]
  readonly #base4: number[] = []
  readonly #mask4: number[] = []
  /** Four words each. */
  readonly #base6: number[] = []
  readonly #mask6: number[] = []

  constructor(cidrs: readonly Cidr[]) {
    this.cidrs = cidrs
    for (const cidr of cidrs) {
      if (cidr.version === 4) {
        this.#base4.push(cidr.base)
        this.#mask4.push(maskWord(cidr.prefixLength))
      } else {
        for (let i = 0; i < 4; i++) {
          this.#base6.push(Number((cidr.base >> BigInt(96 - 32 * i)) & 0xffff_ffffn))
          this.#mask6.push(maskWord(cidr.prefixLength - 32 * i))
        }
      }
    }
  }

  /** Index of the first network with the IPv4 address, -1 for none. */
  find4(address: number): number {
    for (let i = 0; i < this.#base4.length; i++) {
      if ((address & (this.#mask4[i] ?? 0)) >>> 0 === this.#base4[i]) return this.#indexOf(4, i)
    }
    return -1
  }

  /** As `find4`, for the 16 bytes at `at`. */
  find6(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < this.#base6.length; i += 4) {
      let isIn = true
      for (let word = 0; word < 4 && isIn; word++) {
        isIn = (readU32(bytes, at + 4 * word) & (this.#mask6[i + word] ?? 0)) >>> 0 === this.#base6[i + word]
      }
      if (isIn) return this.#indexOf(6, i / 4)
    }
    return -1
  }

  toString(): string {
    return this.cidrs.map(formatCidr).join(', ')
  }

  #indexOf(version: 4 | 6, nth: number): number {
    let left = nth
    for (const [i, cidr] of this.cidrs.entries()) if (cidr.version === version && left-- === 0) return i
    return -1
  }
}

/** RFC 1918 section 3 and RFC 4193 section 3. */
export const privateNetworks = new Networks(
  ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map((text) => parseCidr(text)).filter((one) => !!one),
)

function maskWord(prefixLength: number): number {
  if (prefixLength <= 0) return 0
  return prefixLength >= 32 ? 0xffff_ffff : (-1 << (32 - prefixLength)) >>> 0
}
