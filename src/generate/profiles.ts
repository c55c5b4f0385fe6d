/** The usual trace for each network function, timed and addressed for its default configuration. */

import { InputError } from '../errors.js'
import { type Cidr, parseCidr } from '../packet/index.js'
import type { Side, TraceOptions, Wiring } from './options.js'
import { parseSizes } from './sizes.js'

/** A network in the text of this file. */
function network(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(`${text} is not a network`)
  return cidr
}

/** The next hop behind a port of the device, as nextHopMac and deviceMac of nf.yaml have it. */
export function hop(port: number): Side {
  return { port, srcMac: 0x0200_0000_0100 + port, dstMac: 0x0200_0000_0000 + port }
}

/** A backend of the balancer, as backendMac and backendPort of its nf.yaml have it. */
function backend(index: number): Side {
  return { port: index + 1, srcMac: 0x0200_0000_0201 + index, dstMac: 0x0200_0000_0001 + index }
}

const insideOutside: Wiring = { clients: [hop(0)], servers: [hop(1)] }
const backends = [backend(0), backend(1), backend(2)] as const

/** 2024-01-01T00:00:00Z. */
const newYear2024 = 1_704_067_200_000_000_000n
const seconds = 1e9

const base: TraceOptions = {
  seed: 1,
  packets: 1000,
  pps: 1000,
  start: newYear2024,
  sizes: parseSizes('imix'),
  wiring: insideOutside,
  clients: [network('10.0.0.0/16')],
  servers: [network('203.0.113.0/24')],
  clients6: [network('fd00:10::/64')],
  servers6: [network('2001:db8:113::/64')],
  flows: 50,
  popularity: { kind: 'zipf', exponent: 1 },
  newFlows: 0,
  flowLength: 10,
  ipv6: 0,
  udp: 0.3,
  synFlood: 0,
  nearMisses: 0,
  scan: 0,
  malformed: 0,
  other: 0,
  bridged: 0,
  scanTarget: undefined,
  stations: undefined,
  heartbeats: undefined,
  probes: undefined,
  tableProbe: undefined,
}

const scanned = { address: network('198.51.100.1/32'), firstPort: 1024, ports: 64 }
const flowTable = { capacity: 0, expiration: 300 * seconds, fromServers: false }
const strangers = { nearMisses: 0.03, malformed: 0.03, other: 0.02 }

export const profiles: Readonly<Record<string, TraceOptions>> = {
  nop: { ...base, ipv6: 0.2, ...strangers },
  nat: {
    ...base,
    ...strangers,
    scan: 0.05,
    scanTarget: scanned,
    probes: { kind: 'flow', expiration: 300 * seconds, rounds: 3 },
    tableProbe: flowTable,
  },
  firewall: {
    ...base,
    ...strangers,
    ipv6: 0.4,
    probes: { kind: 'flow', expiration: 300 * seconds, rounds: 3 },
    tableProbe: flowTable,
  },
  bridge: {
    ...base,
    bridged: 1,
    stations: {
      count: 40,
      ports: 4,
      moves: 0.01,
      unknown: 0.05,
      broadcast: 0.03,
      multicast: 0.03,
      reserved: 0.02,
      vlans: [],
    },
    probes: { kind: 'station', expiration: 300 * seconds, rounds: 3 },
  },
  balancer: {
    ...base,
    ...strangers,
    ipv6: 0.2,
    wiring: { clients: [hop(0)], servers: backends },
    clients: [network('198.51.100.0/24')],
    servers: [network('203.0.113.10/32')],
    heartbeats: {
      backends,
      addresses: network('10.0.2.0/24'),
      port: 3781,
      interval: seconds,
      silence: { backend: 1, from: 0.4, to: 0.8 },
    },
    pps: 100,
    probes: { kind: 'backend', expiration: 300 * seconds, timeout: 3 * seconds, rounds: 1 },
  },
  policer: {
    ...base,
    ...strangers,
    ipv6: 0.2,
    clients: [network('10.0.0.0/28')],
    probes: { kind: 'bucket', rate: 1_000_000, burst: 5000, rounds: 3 },
    tableProbe: { capacity: 0, expiration: 60 * seconds, fromServers: true },
  },
}

/** @throws InputError naming the profiles there are. */
export function profile(name: string): TraceOptions {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (found !== undefined) return found
  throw new InputError(`there is no profile ${JSON.stringify(name)}`, {
    hint: `profiles: ${Object.keys(profiles).join(', ')}`,
  })
}
