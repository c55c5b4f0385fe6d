/** The tests that filters are made of. */
import { type Cidr, parseCidr, parseIpv4, parseIpv6, parseMac } from '../packet/address.js'
import { readU16, readU32, readU48 } from '../packet/bytes.js'
import type { FilterView } from './filter-view.js'
import { Networks } from './networks.js'

export type Predicate = (view: FilterView) => boolean

/** What stands before a value; `direction` is src, dst, `src or dst` or `src and dst`. */
export interface Qualifiers {
  readonly protocol: string | undefined
  readonly direction: string | undefined
  readonly type: string | undefined
}

const byProtocol: Readonly<Record<string, Predicate>> = {
  ip: (view) => view.isIpv4,
  ip6: (view) => view.isIpv6,
  arp: (view) => view.isArp,
  tcp: (view) => view.innerProtocol === 6,
  udp: (view) => view.innerProtocol === 17,
  icmp: (view) => view.isIpv4 && view.protocol === 1,
  icmp6: (view) => view.isIpv6 && view.innerProtocol === 58,
}

export function isProtocol(word: string): boolean {
  return word === 'ether' || word in byProtocol
}

export function protocolTest(word: string): Predicate | undefined {
  return byProtocol[word]
}

/** The test for a value, or what is wrong with it. */
export function valueTest(qualifiers: Qualifiers, value: string): Predicate | string {
  const { protocol, type } = qualifiers
  if (protocol === 'ether') return etherTest(qualifiers, value)
  if (type === 'port' || type === 'portrange') return portTest(qualifiers, value, type === 'portrange')
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp' || protocol === 'icmp6') {
    return `'${protocol}' cannot stand before an address`
  }
  const cidr = parseCidr(value) ?? (type === 'net' ? shortNetwork(value) : undefined)
  if (cidr === undefined) {
    const isAddress = parseIpv4(value) !== undefined || parseIpv6(value) !== undefined
    return isAddress ? `'${value}' is no network` : `'${value}' is no ${type === 'net' ? 'network' : 'address'}`
  }
  if (type !== 'net' && cidr.prefixLength !== (cidr.version === 4 ? 32 : 128)) {
    return `'${value}' is a network: write net before it`
  }
  const test = addressTest(cidr, qualifiers.direction)
  const guard = protocol === undefined ? undefined : protocolTest(protocol)
  return guard === undefined ? test : (view) => guard(view) && test(view)
}

/** `net 10.1` is 10.1.0.0/16. */
function shortNetwork(text: string): Cidr | undefined {
  const parts = text.split('.')
  if (parts.length > 3 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined
  return parseCidr(`${[...parts, 0, 0, 0].slice(0, 4).join('.')}/${parts.length * 8}`)
}

function pick(direction: string | undefined, source: Predicate, destination: Predicate): Predicate {
  if (direction === 'src') return source
  if (direction === 'dst') return destination
  if (direction === 'src and dst') return (view) => source(view) && destination(view)
  return (view) => source(view) || destination(view)
}

function addressTest(cidr: Cidr, direction: string | undefined): Predicate {
  const networks = new Networks([cidr])
  if (cidr.version === 6) {
    const at = (offset: number): Predicate => {
      return (view) => view.isIpv6 && view.has(0, 40) && networks.find6(view.bytes, view.l3 + offset) >= 0
    }
    return pick(direction, at(8), at(24))
  }
  const at = (ip: number, arp: number): Predicate => {
    return (view) => {
      const offset = view.isIpv4 ? ip : arp
      if (!(view.isIpv4 || view.isArp) || !view.has(offset, 4)) return false
      return networks.find4(readU32(view.bytes, view.l3 + offset)) >= 0
    }
  }
  return pick(direction, at(12, 14), at(16, 24))
}

function portTest({ protocol, direction }: Qualifiers, value: string, isRange: boolean): Predicate | string {
  const match = (isRange ? /^(\d{1,5})-(\d{1,5})$/ : /^(\d{1,5})$/).exec(value)
  const low = Number(match?.[1] ?? -1)
  const high = Number(match?.[2] ?? low)
  if (low < 0 || high > 0xffff || low > high) return `'${value}' is no ${isRange ? 'range of ports' : 'port'}`
  if (protocol === 'arp' || protocol === 'icmp' || protocol === 'icmp6') return `'${protocol}' has no ports`
  const at = (offset: number): Predicate => {
    return (view) => {
      if (view.ports < 0) return false
      const port = readU16(view.bytes, view.ports + offset)
      return port >= low && port <= high
    }
  }
  const test = pick(direction, at(0), at(2))
  const guard = protocol === undefined ? undefined : protocolTest(protocol)
  return guard === undefined ? test : (view) => guard(view) && test(view)
}

function etherTest({ direction, type }: Qualifiers, value: string): Predicate | string {
  const mac = parseMac(value)
  if (mac === undefined || (type !== undefined && type !== 'host')) return `'${value}' is no MAC address`
  const at = (offset: number): Predicate => {
    return ({ bytes, start, end }) => end - start >= 12 && readU48(bytes, start + offset) === mac
  }
  return pick(direction, at(6), at(0))
}
