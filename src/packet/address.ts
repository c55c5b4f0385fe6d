/** MAC and IP addresses as text. Parsers give `undefined` for what is not exactly an address. */

/** `02:00:5e:10:00:ff`, one or two digits a group, also with `-`. */
export function parseMac(text: string): number | undefined {
  const groups = text.split(text.includes('-') ? '-' : ':')
  if (groups.length !== 6) return undefined
  let value = 0
  for (const group of groups) {
    if (!/^[0-9a-f]{1,2}$/i.test(group)) return undefined
    value = value * 256 + Number.parseInt(group, 16)
  }
  return value
}

export function formatMac(address: number): string {
  const digits = address.toString(16).padStart(12, '0')
  return digits.match(/../g)?.join(':') ?? digits
}

/** Dotted decimal, four parts without leading zeros (RFC 6943 section 3.1.1, the strict form). */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** Every form of RFC 4291 section 2.2, without a zone. */
export function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  let value = 0n
  for (const group of [...head, ...new Array<number>(missing).fill(0), ...tail]) value = (value << 16n) | BigInt(group)
  return value
}

/** Groups of 16 bits; dotted decimal is allowed for the last two where the address ends. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else {
      const ipv4 = isLast && i === parts.length - 1 ? parseIpv4(part) : undefined
      if (ipv4 === undefined) return undefined
      groups.push(ipv4 >>> 16, ipv4 & 0xffff)
    }
  }
  return groups
}

/** The canonical text of RFC 5952: lower case, the first longest run of two or more zero groups as `::`. */
export function formatIpv6(address: bigint): string {
  const groups: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((address >> shift) & 0xffffn))
  // RFC 5952 section 5: the IPv4-mapped prefix is known, so its tail is dotted.
  if (address >> 32n === 0xffffn) return `::ffff:${formatIpv4(Number(address & 0xffff_ffffn))}`
  const run = longestZeros(groups)
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':')
  if (run.length < 2) return hex(groups)
  return `${hex(groups.slice(0, run.at))}::${hex(groups.slice(run.at + run.length))}`
}

function longestZeros(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 }
  let length = 0
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > best.length) best = { at: i + 1 - length, length }
  }
  return best
}

/** A network of either version; `base` has no bits outside the prefix. */
export type Cidr =
  | { readonly version: 4; readonly base: number; readonly prefixLength: number }
  | { readonly version: 6; readonly base: bigint; readonly prefixLength: number }

/**
 * `10.0.0.0/8`, `2001:db8::/32`; an address alone is a network of itself. Bits of the address after the prefix are
 * not allowed: they are a mistake more often than meant.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefix, more] = text.split('/')
  if (more !== undefined) return undefined
  const ipv4 = parseIpv4(address)
  const ipv6 = ipv4 === undefined ? parseIpv6(address) : undefined
  const prefixLength = parsePrefix(prefix, ipv4 === undefined ? 128 : 32)
  if (prefixLength === undefined) return undefined
  if (ipv4 !== undefined)
    return network4(ipv4, prefixLength) === ipv4 ? { version: 4, base: ipv4, prefixLength } : undefined
  if (ipv6 === undefined || network6(ipv6, prefixLength) !== ipv6) return undefined
  return { version: 6, base: ipv6, prefixLength }
}

export function formatCidr(cidr: Cidr): string {
  return `${cidr.version === 4 ? formatIpv4(cidr.base) : formatIpv6(cidr.base)}/${cidr.prefixLength}`
}

/** Whether an address of `version` lies in the network; an IPv4 address may be a number or a bigint. */
export function contains(cidr: Cidr, version: 4 | 6, address: number | bigint): boolean {
  if (cidr.version !== version) return false
  if (cidr.version === 4) return network4(Number(address), cidr.prefixLength) === cidr.base
  return network6(BigInt(address), cidr.prefixLength) === cidr.base
}

function parsePrefix(text: string | undefined, width: number): number | undefined {
  if (text === undefined) return width
  return /^(0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= width ? Number(text) : undefined
}

/** A shift by 32 is a shift by 0 in JavaScript, hence the case. */
function network4(address: number, prefixLength: number): number {
  return prefixLength === 0 ? 0 : (address & (-1 << (32 - prefixLength))) >>> 0
}

function network6(address: bigint, prefixLength: number): bigint {
  const rest = BigInt(128 - prefixLength)
  return (address >> rest) << rest
}
