/**
 * Numbers that tell one output from another: the egress ports and the header fields that a choice may flow into. Both
 * what a specification expects and what was seen are reduced to them when a choice is looked for.
 */
import { readU16, readU32, readU48 } from '../../packet/bytes.js'
import type { Layers } from '../../packet/layers.js'

export const FEATURES = [
  'egress',
  'ethernet.dst',
  'ethernet.src',
  'ip.src',
  'ip.dst',
  'srcPort',
  'dstPort',
  'ttl',
  'vlan',
] as const

export class FeatureVector {
  readonly values = new Float64Array(FEATURES.length)
  /** Whether a packet left at all, in the form it came in. */
  present = false

  /**
   * Reads a frame of the same form as the one that `layers` was parsed from: offsets come from there. Fields that the
   * form lacks are -1.
   */
  read(layers: Layers, egress: number, bytes: Uint8Array, start: number, length: number): void {
    const { values } = this
    values.fill(-1)
    values[0] = egress
    this.present = egress !== 0 && length === layers.end - layers.start
    if (!this.present || !layers.ethernet) return
    const shift = start - layers.start
    values[1] = readU48(bytes, start)
    values[2] = readU48(bytes, start + 6)
    this.#readNetwork(layers, bytes, shift)
    if (layers.transport !== -1) {
      values[5] = readU16(bytes, layers.transport + shift)
      values[6] = readU16(bytes, layers.transport + shift + 2)
    }
    if (layers.vlanTags > 0) values[8] = readU16(bytes, start + 14)
  }

  /** Addresses by their low 32 bits: enough to tell choices apart, since every choice is verified on all bytes. */
  #readNetwork(layers: Layers, bytes: Uint8Array, shift: number): void {
    const { values } = this
    if (layers.ipv4 !== -1) {
      values[3] = readU32(bytes, layers.ipv4 + shift + 12)
      values[4] = readU32(bytes, layers.ipv4 + shift + 16)
      values[7] = bytes[layers.ipv4 + shift + 8] ?? 0
    } else if (layers.ipv6 !== -1) {
      values[3] = readU32(bytes, layers.ipv6 + shift + 20)
      values[4] = readU32(bytes, layers.ipv6 + shift + 36)
      values[7] = bytes[layers.ipv6 + shift + 7] ?? 0
    }
  }
}

/** What was seen to leave the device for the packet at hand; its features are read only if a choice asks for them. */
export class Seen {
  egress = 0
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  /** Bytes; 0 where nothing left. */
  length = 0
  /** The ports, of `egress`, by which it left with other bytes, and where those are in `bytes`. */
  otherEgress = 0
  otherStart = 0
  otherLength = 0
  #nextOther = 0
  readonly #features = new FeatureVector()
  #stale = true

  set(egress: number, bytes: Uint8Array, start: number, length: number): void {
    this.egress = egress
    this.bytes = bytes
    this.start = start
    this.length = egress === 0 ? 0 : length
    this.otherEgress = this.#nextOther
    this.#nextOther = 0
    this.#stale = true
  }

  /** What is set next left by some of its ports with other bytes, in the same array. */
  setOther(egress: number, start: number, length: number): void {
    this.#nextOther = egress
    this.otherStart = start
    this.otherLength = length
  }

  /** The features, given the form of the packet that went in. */
  features(layers: Layers): FeatureVector {
    if (this.#stale) this.#features.read(layers, this.egress, this.bytes, this.start, this.length)
    this.#stale = false
    return this.#features
  }
}
