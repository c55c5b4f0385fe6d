/** What is sent in a trial: frames, by which port each flow enters, and by which it has to leave. */
import { InputError } from '../../errors.js'
import { portsOfHosts } from '../../hosts/index.js'
import { type LoadedNf, macsOf } from '../../nf/index.js'
import { beatsOf, type Topology } from '../../testbed/index.js'
import { type FlowFrames, macsOfHosts, TestFrames } from '../frames.js'
import { type Roles, rolesOf } from './roles.js'

/** Frames of flows, each with the port that it is sent by. */
export interface Flows {
  readonly frames: FlowFrames
  readonly ports: Uint8Array
  readonly conversations: Conversations
}

/** Which conversation each flow is of: there and back are two flows of one. */
export interface Conversations {
  /** Numbers of loads of one name mean the same conversations. */
  readonly of: string
  /** How many there are, and how many ends of each a device has to know. */
  readonly count: number
  readonly ends: 1 | 2
  /** Of each flow; empty where they cannot be judged apart from each other. */
  readonly numbers: Uint32Array
  /** 1 where what the device does to a flow depends on what it has heard of the conversation before. */
  readonly isAnswer: Uint8Array
}

/** A frame that a host sends for ever; the device would take it for dead otherwise. */
export interface Heartbeat {
  readonly bytes: Uint8Array
  readonly port: number
  /** Nanoseconds. */
  readonly every: number
}

/** One way through the device: of the frames that enter by these ports. */
export interface Direction {
  readonly name: string
  readonly ports: readonly number[]
}

export interface Load extends Flows {
  /** Each flow is of the one whose ports it enters by. */
  readonly directions: readonly Direction[]
  /** How many directions are loaded at once in a trial: more than these where answers go back as well. */
  readonly ways: number
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
  /** Of IP. */
  readonly version: 4 | 6
  /** `both`: what comes out of a device with two sides is answered. Stations send from all ports anyhow. */
  readonly direction: 'one' | 'both'
  /** By port, the MAC address that frames are sent to. Default: what the network function's configuration says. */
  readonly gateways?: readonly (number | undefined)[]
  /** Bytes with the frame check sequence. */
  readonly size: number
  readonly flows: number
  readonly seed: number
}

/** IEEE 802 addresses that are locally administered; the fourth byte is the port, the last two the host. */
const STATION = 0x0216_0000_0000

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

/** From port 0 to port 1, through nothing; answers the other way. */
export function straightLoad({ version, size, flows, seed }: Omit<LoadOptions, 'direction'>, reverse = false): Load {
  const frames = new TestFrames({ version, size, flows, seed, reverse })
  const [from, to] = reverse ? [1, 0] : [0, 1]
  return {
    frames,
    conversations: conversationsOf(flows, seed),
    ports: new Uint8Array(flows).fill(from),
    right: new Uint32Array(flows).fill(1 << to),
    tolerated: new Uint32Array(flows),
    directions: [{ name: directionName([from], [to]), ports: [from] }],
    ways: 1,
    learning: [],
    heartbeats: [],
    plan: [],
  }
}

/** `port 0 to 1, 2`. */
export function directionName(from: readonly number[], to: readonly number[]): string {
  return `port ${from.join(', ')} to ${to.join(', ')}`
}

function portsOf(roles: Roles): readonly number[] {
  return roles.kind === 'sides' ? [...roles.from, ...roles.to] : roles.ports
}

type Made = Omit<Load, 'heartbeats'>

function betweenSides(nf: LoadedNf, { from, to }: Extract<Roles, { kind: 'sides' }>, options: LoadOptions): Made {
  const { version, size, flows, seed, direction, gateways = [] } = options
  const next = macsOf(nf.config, 'nextHopMac')
  const device = macsOf(nf.config, 'deviceMac')
  const portOf = (flow: number): number => from[flow % from.length] ?? 0
  const frames = new TestFrames({
    version,
    size,
    flows,
    seed,
    macsOf(flow, hosts) {
      const port = portOf(flow)
      const own = macsOfHosts(hosts)
      return [next?.[port] ?? own[0], gateways[port] ?? device?.[port] ?? own[1]]
    },
  })
  const ports = Uint8Array.from({ length: flows }, (_, flow) => portOf(flow))
  const conversations = conversationsOf(flows, seed)
  const right = new Uint32Array(flows).fill(bits(to))
  const plan = [
    `${flows} UDP flows over IPv${version} from ${directionName(from, to)}`,
    'before each trial one frame of each flow',
    ...(direction === 'one' ? [] : ['what came out of these is answered: a frame there and a frame back in turns']),
  ]
  return {
    frames,
    ports,
    right,
    tolerated: new Uint32Array(flows),
    directions: [{ name: directionName(from, to), ports: from }],
    ways: direction === 'one' ? 1 : 2,
    learning: [{ frames, ports, conversations }],
    conversations,
    plan,
  }
}

/** Where the device has to know both ends, each flow is an answer to what it has heard before. */
function conversationsOf(flows: number, seed: number, ends: Conversations['ends'] = 1): Conversations {
  return {
    of: `${flows} of ${seed}`,
    count: flows,
    ends,
    numbers: Uint32Array.from({ length: flows }, (_, flow) => flow),
    isAnswer: new Uint8Array(flows).fill(ends - 1),
  }
}

/** From the stations of each port to those of the next. */
function betweenStations({ ports: at }: Extract<Roles, { kind: 'stations' }>, options: LoadOptions): Made {
  const { version, size, flows, seed } = options
  const portOf = (flow: number, next: number): number => at[(flow + next) % at.length] ?? 0
  const station = (port: number, host: number): number => STATION + port * 0x1_0000 + host + 1
  const macs = (flow: number, [source, destination]: readonly [number, number]) =>
    [station(portOf(flow, 0), source), station(portOf(flow, 1), destination)] as const
  const shape = { version, size, flows, seed, macsOf: macs } as const
  const frames = new TestFrames(shape)
  const answers = new TestFrames({ ...shape, reverse: true })
  const ports = Uint8Array.from({ length: flows }, (_, flow) => portOf(flow, 0))
  const others = Uint8Array.from({ length: flows }, (_, flow) => portOf(flow, 1))
  const all = bits(at)
  const conversations = conversationsOf(flows, seed, 2)
  return {
    frames,
    ports,
    conversations,
    right: Uint32Array.from(others, (port) => 1 << port),
    tolerated: Uint32Array.from(ports, (port) => all & ~(1 << port)),
    directions: at.map((port, i) => ({ name: directionName([port], [at[(i + 1) % at.length] ?? 0]), ports: [port] })),
    ways: at.length,
    learning: [
      { frames: answers, ports: others, conversations },
      { frames, ports, conversations },
    ],
    plan: [
      `${flows} UDP flows over IPv${version}, from stations of each of the ports ${at.join(', ')} to those of the next`,
      'before each trial one frame of each flow and its answer, so that all stations are known',
    ],
  }
}

function bits(ports: readonly number[]): number {
  return ports.reduce((sum, port) => (sum | (1 << port)) >>> 0, 0)
}

function heartbeatsOf(topology: Topology): Heartbeat[] {
  const at = portsOfHosts(topology)
  return beatsOf(topology).map(({ frame, host, every }) => {
    const port = at[host]
    if (port !== undefined) return { bytes: frame, port, every: Number(every) }
    throw new InputError(`host ${topology.hosts[host]?.name} sends heartbeats and is linked to no port`, {
      file: topology.file,
    })
  })
}
