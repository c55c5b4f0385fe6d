/** Links of a namespace: what state they are in, what they have counted, and veth pairs of our own. */
import type { NetworkNamespace } from './namespace.js'
import { asked, type NativeLink, native } from './native.js'

export interface Link {
  readonly name: string
  /** `veth`, `bridge`; empty for a device. */
  readonly kind: string
  /** 48 bits. */
  readonly mac: number
  readonly isUp: boolean
  readonly hasCarrier: boolean
  readonly mtu: number
  /** Whether it belongs to a bridge or bond. */
  readonly isEnslaved: boolean
  readonly counts: LinkCounts
}

/** By the kernel, since the link is there. */
export type LinkCounts = Pick<
  NativeLink,
  'received' | 'sent' | 'receiveDropped' | 'sendDropped' | 'receiveErrors' | 'sendErrors'
>

/** IFF_UP */
const UP = 1
const UNCHANGED = new ArrayBuffer(0)

/** @throws InputError where there is none of that name. */
export function linkOf(namespace: NetworkNamespace, name: string): Link {
  const link = asked((addon) => addon.getLink(namespace.fd, name))
  const { kind, mtu, received, sent, receiveDropped, sendDropped, receiveErrors, sendErrors } = link
  return {
    name: link.name,
    kind,
    mac: [...new Uint8Array(link.mac)].reduce((sum, byte) => sum * 256 + byte, 0),
    isUp: (link.flags & UP) !== 0,
    hasCarrier: link.carrier === 1,
    mtu,
    isEnslaved: link.master !== 0,
    counts: { received, sent, receiveDropped, sendDropped, receiveErrors, sendErrors },
  }
}

export interface LinkChange {
  readonly isUp?: boolean
  readonly mtu?: number
  /** 48 bits. */
  readonly mac?: number
}

export function changeLink(namespace: NetworkNamespace, name: string, { isUp, mtu = 0, mac }: LinkChange): void {
  const up = isUp === undefined ? -1 : Number(isUp)
  asked((addon) => addon.setLink(namespace.fd, name, up, mtu, mac === undefined ? UNCHANGED : macBytes(mac)))
}

function macBytes(mac: number): ArrayBuffer {
  const bytes = new ArrayBuffer(6)
  const view = new DataView(bytes)
  view.setUint16(0, Math.floor(mac / 2 ** 32))
  view.setUint32(2, mac % 2 ** 32)
  return bytes
}

/** One end of a pair. */
export interface LinkEnd {
  readonly namespace: NetworkNamespace
  readonly name: string
  readonly mac?: number
}

/** Two links that are each other's wire: up, with all offloads off, so that what one sends is what the other sees. */
export function createVeth(one: LinkEnd, other: LinkEnd, mtu = 1500): void {
  asked((addon) => addon.createVeth(one.namespace.fd, one.name, other.namespace.fd, other.name, mtu))
  for (const { namespace, name, mac } of [one, other]) {
    setOffloads(namespace, name, [])
    if (mac !== undefined) changeLink(namespace, name, { mac })
    changeLink(namespace, name, { isUp: true })
  }
}

/** IPv6 on one link, where the kernel asks nobody for routers, or for who has its addresses. */
const QUIET_IPV6 = [
  ['accept_dad', '0'],
  ['accept_ra', '0'],
  ['router_solicitations', '0'],
  ['disable_ipv6', '0'],
] as const

/**
 * Gives one end an address, and the way to all others by a gateway there: numbers of 32 bits for IPv4, bigints of 128 for
 * IPv6, which is turned on.
 */
export function giveAddress<Address extends number | bigint>(
  { namespace, name }: LinkEnd,
  address: Address,
  gateway: Address,
): void {
  const settings = typeof address === 'bigint' ? QUIET_IPV6 : []
  for (const [key, value] of settings) namespace.write(`/proc/sys/net/ipv6/conf/${name}/${key}`, value)
  asked((addon) => addon.giveAddress(namespace.fd, name, addressBytes(address), addressBytes(gateway)))
}

function addressBytes(address: number | bigint): ArrayBuffer {
  const bytes = new ArrayBuffer(typeof address === 'bigint' ? 16 : 4)
  const view = new DataView(bytes)
  if (typeof address === 'number') view.setUint32(0, address)
  else {
    view.setBigUint64(0, address >> 64n)
    view.setBigUint64(8, address & 0xffff_ffff_ffff_ffffn)
  }
  return bytes
}

/** What a device does to frames by itself: names of native/offloads.c, such as `tx-checksum`. */
export function offloadsOf(namespace: NetworkNamespace, name: string): readonly string[] {
  return namesOf(asked((addon) => addon.offloads(namespace.fd, name, -1)))
}

/** Turns these on and all others off. @returns What is on now: a device may not let go of some. */
export function setOffloads(namespace: NetworkNamespace, name: string, wanted: readonly string[]): readonly string[] {
  const bits = native().offloadNames.reduce((sum, each, bit) => sum | (wanted.includes(each) ? 1 << bit : 0), 0)
  return namesOf(asked((addon) => addon.offloads(namespace.fd, name, bits)))
}

function namesOf(bits: number): readonly string[] {
  return native().offloadNames.filter((_, bit) => ((bits >> bit) & 1) === 1)
}
