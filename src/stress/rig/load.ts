/** What is sent in a trial: frames, by which port each flow enters, and by which it has to leave. */
import { InputError } from '../../errors.js'
import type { LoadedNf } from '../../nf/index.js'
import { beatsOf, type Topology } from '../../testbed/index.js'
import { type FlowFrames, TestFrames } from '../frames.js'
import { portOfHost, type Roles, rolesOf } from './roles.js'

/** Frames of flows, each with the port that it is sent by. */
export interface Flows {
  readonly frames: FlowFrames
  readonly ports: Uint8Array
}

/** A frame that a host sends for ever; the device would take it for dead otherwise. */
export interface Heartbeat {
  readonly bytes: Uint8Array
  readonly port: number
  /** Nanoseconds. */
  readonly every: number
}

export interface Load extends Flows {
  /** Ports, as bits, by one of which a flow leaves where nothing is wrong. */
  readonly right: Uint32Array
  /** Ports by which copies of it may leave besides, such as those that a bridge floods. */
  readonly tolerated: Uint32Array
  /** Sent in this order before a trial, one frame of each flow. */
  readonly learning: readonly Flows[]
  readonly heartbeats: readonly Heartbeat[]
  /** In words, one line each. */
  readonly plan: readonly string[]
}

export interface LoadOptions {
  /** Bytes with the frame check sequence. */
  readonly size: number
  readonly flows: number
  readonly seed: number
}

/** IEEE 802 addresses that are locally administered; the fourth byte is the port, the last two the host. */
const STATION = 0x0216_0000_0000
const VERSION = 4

/** @throws InputError where there are no such frames, or the network function has no ports for them. */
export function loadOf(nf: LoadedNf, topology: Topology, options: LoadOptions): Load {
  const roles = rolesOf(nf, topology)
  const { portCount } = nf.config
  const beyond = portsOf(roles).find((port) => port >= portCount || port > 31)
  if (beyond !== undefined) throw new InputError(`there is no port ${beyond} for test frames: there are ${portCount}`)
  const heartbeats = heartbeatsOf(topology)
  const beats = heartbeats.length === 0 ? [] : [`heartbeats of ${heartbeats.length} hosts, all the time`]
  const made = roles.kind === 'sides' ? betweenSides(nf, roles, options) : betweenStations(roles, options)
  return { ...made, heartbeats, plan: [...made.plan, ...beats] }
}

/** From one port to another, through nothing. */
export function straightLoad({ size, flows, seed }: LoadOptions): Load {
  const frames = new TestFrames({ version: VERSION, size, flows, seed })
  const ports = new Uint8Array(flows)
  const right = new Uint32Array(flows).fill(1 << 1)
  return { frames, ports, right, tolerated: new Uint32Array(flows), learning: [], heartbeats: [], plan: [] }
}

function portsOf(roles: Roles): readonly number[] {
  return roles.kind === 'sides' ? [...roles.from, ...roles.to] : roles.ports
}

type Made = Omit<Load, 'heartbeats'>

function betweenSides(nf: LoadedNf, { from, to }: Extract<Roles, { kind: 'sides' }>, options: LoadOptions): Made {
  const { size, flows, seed } = options
  const [device, next] = [macsOf(nf, 'deviceMac'), macsOf(nf, 'nextHopMac')]
  const portOf = (flow: number): number => from[flow % from.length] ?? 0
  const isRouted = device !== undefined && next !== undefined
  const frames = new TestFrames({
    version: VERSION,
    size,
    flows,
    seed,
    ...(isRouted ? { macsOf: (flow: number) => [next[portOf(flow)] ?? 0, device[portOf(flow)] ?? 0] as const } : {}),
  })
  const ports = Uint8Array.from({ length: flows }, (_, flow) => portOf(flow))
  const right = new Uint32Array(flows).fill(bits(to))
  const plan = [
    `${flows} UDP flows over IPv4 from port ${from.join(', ')} to port ${to.join(', ')}`,
    'before each trial one frame of each flow',
  ]
  return { frames, ports, right, tolerated: new Uint32Array(flows), learning: [{ frames, ports }], plan }
}

/** From the stations of each port to those of the next. */
function betweenStations({ ports: at }: Extract<Roles, { kind: 'stations' }>, options: LoadOptions): Made {
  const { size, flows, seed } = options
  const portOf = (flow: number, next: number): number => at[(flow + next) % at.length] ?? 0
  const station = (port: number, host: number): number => STATION + port * 0x1_0000 + host + 1
  const macs = (flow: number, [source, destination]: readonly [number, number]) =>
    [station(portOf(flow, 0), source), station(portOf(flow, 1), destination)] as const
  const shape = { version: VERSION, size, flows, seed, macsOf: macs } as const
  const frames = new TestFrames(shape)
  const answers = new TestFrames({ ...shape, reverse: true })
  const ports = Uint8Array.from({ length: flows }, (_, flow) => portOf(flow, 0))
  const others = Uint8Array.from({ length: flows }, (_, flow) => portOf(flow, 1))
  const all = bits(at)
  return {
    frames,
    ports,
    right: Uint32Array.from(others, (port) => 1 << port),
    tolerated: Uint32Array.from(ports, (port) => all & ~(1 << port)),
    learning: [
      { frames: answers, ports: others },
      { frames, ports },
    ],
    plan: [
      `${flows} UDP flows over IPv4, from stations of each of the ports ${at.join(', ')} to those of the next`,
      'before each trial one frame of each flow and its answer, so that all stations are known',
    ],
  }
}

function bits(ports: readonly number[]): number {
  return ports.reduce((sum, port) => (sum | (1 << port)) >>> 0, 0)
}

function macsOf({ config }: LoadedNf, name: string): readonly number[] | undefined {
  const raw = config.entries.get(name)?.raw
  return Array.isArray(raw) ? raw.map(Number) : undefined
}

function heartbeatsOf(topology: Topology): Heartbeat[] {
  return beatsOf(topology).map(({ frame, host, every }) => {
    const port = portOfHost(topology, host)
    if (port !== undefined) return { bytes: frame, port, every: Number(every) }
    throw new InputError(`host ${topology.hosts[host]?.name} sends heartbeats and is linked to no port`, {
      file: topology.file,
    })
  })
}
