/** What `packet.with(...)` says of the bytes and checksums of a packet; see expected.ts for what is made of it. */
import type { Term } from '../../smt/index.js'
import { errorHere } from '../../spec/instrumented/index.js'
import type { Bytes } from './bytes.js'
import type { ChecksumKind, Expectations, WordChange } from './expected.js'
import type { Frame } from './frame.js'
import type { IpLayer, SymbolicLayers } from './layers.js'

/** A field in some bytes of a frame: `bits` bits, `shift` bits from the end of the last of them. */
interface Field {
  readonly name: string
  /** Of the bytes, 32 bits. */
  readonly offset: Term
  readonly size: number
  readonly shift: number
  readonly bits: number
  readonly wide?: boolean
}

type Given = Readonly<Record<string, unknown>>

/** Applies one set of changes to a frame that is the packet's own. */
export class ChangeWriter {
  readonly #layers: SymbolicLayers
  readonly #frame: Frame
  /** Before these changes, and after those made before. */
  readonly #before: Frame
  readonly #bytes: Bytes
  #expectations: Expectations
  readonly #header: WordChange[] = []
  readonly #pseudo: WordChange[] = []

  /** `frame` holds what `expectations` already says. */
  constructor(layers: SymbolicLayers, frame: Frame, expectations: Expectations) {
    this.#layers = layers
    this.#frame = frame
    this.#before = frame.copy()
    this.#bytes = layers.bytes
    this.#expectations = expectations
  }

  apply(changes: unknown): Expectations {
    const { ethernet, vlan, ipv4, ipv6, transport, checksums } = given(changes, 'packet.with')
    if (ethernet !== undefined) this.#ethernet(given(ethernet, 'ethernet'))
    if (vlan !== undefined) this.#vlan(given(vlan, 'vlan'))
    if (ipv4 !== undefined) this.#ipv4(given(ipv4, 'ipv4'))
    if (ipv6 !== undefined) this.#ipv6(given(ipv6, 'ipv6'))
    if (transport !== undefined) this.#transport(given(transport, 'transport'))
    if (checksums === 'recomputed') this.#recompute()
    else if (checksums === undefined || checksums === 'updated') this.#update()
    else throw errorHere("checksums are 'updated' or 'recomputed'")
    return this.#expectations
  }

  #ethernet({ dst, src }: Given): void {
    if (!this.#layers.ethernet) throw absent('ethernet')
    this.#set({ name: 'ethernet.dst', offset: this.#at(0), size: 6, shift: 0, bits: 48 }, dst)
    this.#set({ name: 'ethernet.src', offset: this.#at(6), size: 6, shift: 0, bits: 48 }, src)
  }

  #vlan({ priority, dropEligible, id }: Given): void {
    if (!this.#layers.isTagged) throw absent('vlan')
    const word = { offset: this.#at(14), size: 2 }
    this.#set({ name: 'vlan.priority', ...word, shift: 13, bits: 3 }, priority)
    this.#set({ name: 'vlan.dropEligible', ...word, shift: 12, bits: 1 }, dropEligible)
    this.#set({ name: 'vlan.id', ...word, shift: 0, bits: 12 }, id)
  }

  #ipv4(changes: Given): void {
    const { ipv4 } = this.#layers
    if (ipv4 === undefined) throw absent('ipv4')
    const word = (by: number, size = 2) => ({ offset: this.#at(ipv4.at + by), size })
    const { src, dst, ttl, dscp, ecn, identification } = changes
    const both = [this.#header, this.#pseudo]
    this.#covered(both, [{ name: 'ipv4.src', ...word(12, 4), shift: 0, bits: 32 }], [src])
    this.#covered(both, [{ name: 'ipv4.dst', ...word(16, 4), shift: 0, bits: 32 }], [dst])
    this.#covered([this.#header], [{ name: 'ipv4.ttl', ...word(8), shift: 8, bits: 8 }], [ttl])
    const service = [
      { name: 'ipv4.dscp', ...word(0), shift: 2, bits: 6 },
      { name: 'ipv4.ecn', ...word(0), shift: 0, bits: 2 },
    ]
    this.#covered([this.#header], service, [dscp, ecn])
    const id = { name: 'ipv4.identification', ...word(4), shift: 0, bits: 16 }
    this.#covered([this.#header], [id], [identification])
  }

  #ipv6({ src, dst, hopLimit, trafficClass }: Given): void {
    const { ipv6 } = this.#layers
    if (ipv6 === undefined) throw absent('ipv6')
    const word = (by: number, size = 2) => ({ offset: this.#at(ipv6.at + by), size })
    this.#covered([this.#pseudo], [{ name: 'ipv6.src', ...word(8, 16), shift: 0, bits: 128, wide: true }], [src])
    this.#covered([this.#pseudo], [{ name: 'ipv6.dst', ...word(24, 16), shift: 0, bits: 128, wide: true }], [dst])
    this.#set({ name: 'ipv6.hopLimit', ...word(6), shift: 0, bits: 8 }, hopLimit)
    this.#set({ name: 'ipv6.trafficClass', ...word(0), shift: 4, bits: 8 }, trafficClass)
  }

  #transport({ srcPort, dstPort }: Given): void {
    const { ip } = this.#layers
    if (ip === undefined || !this.#layers.transport) throw absent('transport')
    const word = (by: number) => ({ offset: this.#bytes.offset(this.#bytes.after(ip.payload, by)), size: 2 })
    this.#covered([this.#pseudo], [{ name: 'transport.srcPort', ...word(0), shift: 0, bits: 16 }], [srcPort])
    this.#covered([this.#pseudo], [{ name: 'transport.dstPort', ...word(2), shift: 0, bits: 16 }], [dstPort])
  }

  /** Sets fields of the same bytes, which the checksums of `sums` cover. */
  #covered(sums: readonly WordChange[][], fields: readonly Field[], values: readonly unknown[]): void {
    const [first] = fields
    if (first === undefined || values.every((value) => value === undefined)) return
    for (const [i, field] of fields.entries()) this.#set(field, values[i])
    const words = (frame: Frame): Term[] => this.#words(frame, first)
    const change = { offset: first.offset, old: words(this.#before), new: words(this.#frame) }
    for (const sum of sums) sum.push(change)
  }

  #words(frame: Frame, { offset, size }: Field): Term[] {
    const { terms } = this.#layers.run
    const value = frame.read(offset, size)
    return Array.from({ length: size / 2 }, (_, i) =>
      terms.extract(8 * size - 16 * i - 1, 8 * size - 16 * (i + 1), value),
    )
  }

  #set(field: Field, value: unknown): void {
    if (value === undefined) return
    const { offset, size, shift, bits } = field
    const mask = ((1n << BigInt(bits)) - 1n) << BigInt(shift)
    const isFree = typeof value === 'function'
    this.#expectations = this.#expectations.withBits({ offset, size, mask }, isFree)
    if (isFree) return
    const { run } = this.#layers
    const { terms } = run
    const most = (1n << BigInt(bits)) - 1n
    const integer = run.integerOf(value, field.wide ?? false, field.name)
    const fitting = run.fitting(integer, 0n, most, `a value does not fit into ${field.name}`)
    const old = this.#frame.read(offset, size)
    const parts = [
      ...(shift + bits < 8 * size ? [terms.extract(8 * size - 1, shift + bits, old)] : []),
      run.integers.bits(fitting, bits),
      ...(shift > 0 ? [terms.extract(shift - 1, 0, old)] : []),
    ]
    this.#frame.write(offset, terms.concat(...parts))
  }

  /** Moves the checksums by what changed. */
  #update(): void {
    const { ip, forms } = this.#layersAbove()
    const { terms } = this.#layers.run
    if (ip?.version === 4 && this.#header.length > 0) {
      this.#demand('ip', this.#at(ip.at + 10), terms.true, 'updated', this.#header)
    }
    if (ip === undefined || forms === undefined || this.#pseudo.length === 0) return
    this.#demand('tcp', this.#field(ip, 16), forms.tcp, 'updated', this.#pseudo)
    this.#demand('udp', this.#field(ip, 6), forms.udp, 'updated', this.#pseudo)
    this.#demand('icmpv6', this.#field(ip, 2), forms.icmpv6, 'updated', this.#pseudo)
  }

  #recompute(): void {
    const { run, ip, forms } = { run: this.#layers.run, ip: this.#layers.ip, forms: this.#layers.forms }
    if (ip === undefined || forms === undefined) return
    const { terms, integers } = run
    const isWhole = terms.and(integers.eq(ip.fragmentOffset, integers.of(0n)), terms.not(ip.moreFragments))
    run.oblige(
      "checksums: 'recomputed' was asked of a fragment, whose transport checksum covers bytes that are elsewhere",
      isWhole,
    )
    if (ip.version === 4) this.#demand('ip', this.#at(ip.at + 10), terms.true, 'recomputed', [])
    this.#demand('tcp', this.#field(ip, 16), forms.tcp, 'recomputed', [])
    this.#demand('udp', this.#field(ip, 6), forms.udp, 'recomputed', [])
    this.#demand('icmpv6', this.#field(ip, 2), forms.icmpv6, 'recomputed', [])
  }

  /** The IP header, if a change needed one: without one nothing is covered, and the path need not be asked. */
  #layersAbove(): { readonly ip: IpLayer | undefined; readonly forms: SymbolicLayers['forms'] } {
    const isCovered = this.#header.length > 0 || this.#pseudo.length > 0
    return isCovered ? { ip: this.#layers.ip, forms: this.#layers.forms } : { ip: undefined, forms: undefined }
  }

  #demand(
    kind: ChecksumKind,
    offset: Term,
    present: Term,
    mode: 'updated' | 'recomputed',
    changes: readonly WordChange[],
  ) {
    const old = this.#bytes.term(offset, 2)
    this.#expectations = this.#expectations.withChecksum({ kind, offset, present, mode, old, changes: [...changes] })
  }

  #field(ip: IpLayer, by: number): Term {
    return this.#bytes.offset(this.#bytes.after(ip.payload, by))
  }

  #at(offset: number): Term {
    return this.#bytes.offset(offset)
  }
}

function given(value: unknown, what: string): Given {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value))
  throw errorHere(`${what} takes the fields that change`)
}

function absent(part: string): Error {
  return errorHere(`packet.with changes ${part}, which this packet does not have`)
}
