/** Options of a trace as they are typed: over those of a profile, each with its own refusal. */

import { InputError } from '../errors.js'
import { type Cidr, parseCidr } from '../packet/index.js'
import type { HeartbeatOptions, ScanTarget, Side, StationOptions, TableProbe, TraceOptions } from './options.js'
import { parsePopularity } from './popularity.js'
import { hop, profile } from './profiles.js'
import { parseSizes } from './sizes.js'

/** Every part is optional; what is not given is as the profile has it. */
export interface TraceText {
  readonly profile?: string
  readonly seed?: number
  readonly packets?: number
  /** Seconds: the number of packets follows from the rate. */
  readonly duration?: string
  readonly pps?: number
  readonly sizes?: string
  readonly flows?: number
  readonly popularity?: string
  readonly newFlowsPerSecond?: number
  readonly flowLength?: number
  readonly clients?: string
  readonly servers?: string
  readonly ipv6?: string
  readonly udp?: string
  readonly synFlood?: string
  readonly nearMisses?: string
  readonly malformed?: string
  readonly other?: string
  readonly scan?: string
  /** `198.51.100.1:1024-1087`. */
  readonly scanTarget?: string
  readonly macs?: number
  readonly ports?: number
  readonly moves?: string
  readonly unknown?: string
  readonly broadcast?: string
  readonly multicast?: string
  readonly reserved?: string
  readonly vlans?: string
  readonly heartbeats?: boolean
  readonly probes?: boolean
  readonly fillTable?: number
  /** Ports by which clients and servers enter: `0,2`. */
  readonly clientPorts?: string
  readonly serverPorts?: string
}

/** The most packets of one trace, and the most flows or stations at a time. */
export const limits = { packets: 1_000_000_000, flows: 4_000_000, pps: 1_000_000_000 } as const

/** @throws InputError naming the option. */
export function parseTraceOptions(text: TraceText): TraceOptions {
  const base = profile(text.profile ?? 'nat')
  const pps = text.pps ?? base.pps
  const networks = clientsAndServers(text, base)
  const options: TraceOptions = {
    ...base,
    ...networks,
    seed: text.seed ?? base.seed,
    pps,
    packets: packetCount(text, pps) ?? base.packets,
    sizes: text.sizes === undefined ? base.sizes : parseSizes(text.sizes),
    flows: text.flows ?? base.flows,
    popularity: text.popularity === undefined ? base.popularity : parsePopularity(text.popularity),
    newFlows: text.newFlowsPerSecond ?? base.newFlows,
    flowLength: text.flowLength ?? base.flowLength,
    ipv6: share('--ipv6', text.ipv6) ?? base.ipv6,
    udp: share('--udp', text.udp) ?? base.udp,
    synFlood: share('--syn-flood', text.synFlood) ?? base.synFlood,
    nearMisses: share('--near-misses', text.nearMisses) ?? base.nearMisses,
    malformed: share('--malformed', text.malformed) ?? base.malformed,
    other: share('--other', text.other) ?? base.other,
    scan: share('--scan', text.scan) ?? base.scan,
    scanTarget: text.scanTarget === undefined ? base.scanTarget : scanTarget(text.scanTarget),
    stations: stations(text, base.stations),
    bridged: text.macs === undefined ? base.bridged : base.bridged || 1,
    heartbeats: heartbeats(text, base.heartbeats),
    probes: text.probes === false ? undefined : base.probes,
    tableProbe: tableProbe(text, base.tableProbe),
    wiring: {
      clients: sides('--client-ports', text.clientPorts) ?? base.wiring.clients,
      servers: sides('--server-ports', text.serverPorts) ?? base.wiring.servers,
    },
  }
  return consistent(options)
}

function consistent(options: TraceOptions): TraceOptions {
  const { synFlood, nearMisses, malformed, other, scan } = options
  const sum = synFlood + nearMisses + malformed + other + scan
  if (sum > 1) {
    const hint = '--syn-flood, --near-misses, --malformed, --other and --scan together at most 1'
    throw new InputError(`the shares add up to ${Number(sum.toFixed(6))}`, { hint })
  }
  if (scan > 0 && options.scanTarget === undefined) {
    throw new InputError('--scan needs somebody to scan', { hint: '--scan-target 198.51.100.1:1024-1087' })
  }
  return options
}

function packetCount({ packets, duration }: TraceText, pps: number): number | undefined {
  if (duration === undefined) return packets
  if (packets !== undefined) throw new InputError('--packets and --duration exclude each other')
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)$/.exec(duration)
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600 }
  const count = Math.floor(Number(match?.[1]) * (units[match?.[2] ?? ''] ?? Number.NaN) * pps)
  if (count >= 1 && count <= limits.packets) return count
  throw new InputError(`--duration ${JSON.stringify(duration)}`, {
    hint: `10s, 500ms or 5min, for 1 to ${limits.packets} packets at the rate of ${pps} a second`,
  })
}

function share(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text)
  const value = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1)
  if (value >= 0 && value <= 1) return value
  throw new InputError(`${option} ${JSON.stringify(text)}`, { hint: 'a share: 0 to 1, or 0% to 100%' })
}

type Networks = Pick<TraceOptions, 'clients' | 'clients6' | 'servers' | 'servers6'>

function clientsAndServers({ clients, servers }: TraceText, base: TraceOptions): Networks {
  const [clients4, clients6] = networks('--clients', clients)
  const [servers4, servers6] = networks('--servers', servers)
  return {
    clients: nonEmpty(clients4) ?? base.clients,
    clients6: nonEmpty(clients6) ?? base.clients6,
    servers: nonEmpty(servers4) ?? base.servers,
    servers6: nonEmpty(servers6) ?? base.servers6,
  }
}

/** Of IPv4 and of IPv6. */
function networks(option: string, text: string | undefined): readonly [readonly Cidr[], readonly Cidr[]] {
  const all = (text === undefined ? [] : text.split(',')).map((part) => {
    const cidr = parseCidr(part.trim())
    if (cidr !== undefined) return cidr
    throw new InputError(`${option} ${JSON.stringify(part)} is not a network`, { hint: 'such as 10.0.0.0/8,fd00::/64' })
  })
  return [all.filter(({ version }) => version === 4), all.filter(({ version }) => version === 6)]
}

function nonEmpty(list: readonly Cidr[]): readonly [Cidr, ...Cidr[]] | undefined {
  const [first, ...rest] = list
  return first === undefined ? undefined : [first, ...rest]
}

function scanTarget(text: string): ScanTarget {
  const match = /^(.+):(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  const address = parseCidr(match?.[1] ?? '')
  const [first, last] = [Number(match?.[2]), Number(match?.[3] ?? match?.[2])]
  if (address?.version === 4 && address.prefixLength === 32 && first <= last && last <= 65_535) {
    return { address, firstPort: first, ports: last - first + 1 }
  }
  throw new InputError(`--scan-target ${JSON.stringify(text)}`, {
    hint: 'an IPv4 address with ports: 198.51.100.1:1024-1087',
  })
}

const quiet: StationOptions = {
  count: 0,
  ports: 4,
  moves: 0,
  unknown: 0,
  broadcast: 0,
  multicast: 0,
  reserved: 0,
  vlans: [],
}

function stations(text: TraceText, base: StationOptions | undefined): StationOptions | undefined {
  const { macs, ports, moves, unknown, broadcast, multicast, reserved, vlans } = text
  const unnamed = base === undefined && macs === undefined
  if (unnamed && [ports, moves, unknown, broadcast, multicast, reserved, vlans].every((value) => value === undefined)) {
    return undefined
  }
  if (unnamed)
    throw new InputError('options for stations, but there are none', { hint: '--macs 40, or --profile bridge' })
  const start = base ?? quiet
  return {
    ...start,
    count: macs ?? start.count,
    ports: ports ?? start.ports,
    moves: share('--moves', moves) ?? start.moves,
    unknown: share('--unknown', unknown) ?? start.unknown,
    broadcast: share('--broadcast', broadcast) ?? start.broadcast,
    multicast: share('--multicast', multicast) ?? start.multicast,
    reserved: share('--reserved', reserved) ?? start.reserved,
    vlans: vlans === undefined ? start.vlans : vlanIds(vlans),
  }
}

function vlanIds(text: string): readonly number[] {
  const ids = text.split(',').map((part) => (/^\d{1,4}$/.test(part.trim()) ? Number(part) : -1))
  if (ids.every((id) => id >= 0 && id <= 4095)) return ids
  throw new InputError(`--vlans ${JSON.stringify(text)}`, { hint: 'VLAN IDs from 0 to 4095: 1,2,100' })
}

function heartbeats({ heartbeats: wanted }: TraceText, base: HeartbeatOptions | undefined) {
  return wanted === false ? undefined : base
}

function tableProbe({ fillTable }: TraceText, base: TableProbe | undefined): TableProbe | undefined {
  if (fillTable === undefined) return base
  if (base !== undefined) return { ...base, capacity: fillTable }
  throw new InputError('--fill-table is for the profiles nat, firewall and policer')
}

function sides(option: string, text: string | undefined): readonly [Side, ...Side[]] | undefined {
  if (text === undefined) return undefined
  const [first, ...rest] = text.split(',').map((part) => (/^\s*[12]?\d\s*$/.test(part) ? hop(Number(part)) : undefined))
  const others = rest.filter((side) => side !== undefined)
  if (first !== undefined && others.length === rest.length) return [first, ...others]
  throw new InputError(`${option} ${JSON.stringify(text)}`, { hint: 'port numbers from 0 to 29: 0,2' })
}
