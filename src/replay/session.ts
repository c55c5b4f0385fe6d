/** A run made ready: everything loaded, wired and looked at, nothing sent. */
import { InputError } from '../errors.js'
import { type Live, startLive } from '../live/index.js'
import { formatMac, parseCidr } from '../packet/address.js'
import { Layers, parseLayers } from '../packet/layers.js'
import {
  type AskedNf,
  beatsOf,
  createSimulator,
  DEFAULT_BURST,
  JudgedNode,
  type JudgedRecord,
  NfDevice,
  type Simulator,
  wire,
} from '../testbed/index.js'
import { AddressMap } from './address-map.js'
import { Bindings } from './bindings.js'
import { Deviations } from './deviations.js'
import { EntryPlan } from './entry-plan.js'
import { parseFilter } from './filter.js'
import { gatewaysOf } from './gateways.js'
import { Journeys } from './journeys.js'
import { type Loaded, load } from './load.js'
import { Multiplier } from './multiply.js'
import { Networks } from './networks.js'
import { checkOptions, defaultMaxFrame, type ReplayOptions } from './options.js'
import { parsePortRules } from './port-rules.js'
import { parseFrames } from './selection.js'
import { Sender } from './sender.js'
import { lookAheadFrames, TraceSource } from './source.js'
import { TraceStats } from './trace-stats.js'
import { type Ways, waysOfNf, waysOfTopology } from './ways.js'

export interface Session {
  readonly loaded: Loaded
  readonly nodes: readonly JudgedRecord[]
  readonly simulator: Simulator
  /** Where its ports are real. */
  readonly live: Live | undefined
  /** What its device is known to do otherwise than specified. */
  readonly deviations: Deviations | undefined
  readonly sender: Sender
  readonly plan: EntryPlan
  readonly sources: readonly TraceSource[]
  readonly stats: readonly TraceStats[]
  readonly bindings: Bindings | undefined
  readonly map: AddressMap | undefined
  /** The plan as printed. */
  readonly lines: readonly string[]
}

/** @throws InputError for whatever can be found wrong before sending. */
export async function prepare(options: ReplayOptions): Promise<Session> {
  checkOptions(options)
  const passes = options.loop ?? 1
  const filter = options.filter === undefined ? undefined : parseFilter(options.filter)
  const frames = options.frames === undefined ? undefined : parseFrames(options.frames)
  const map = options.map === undefined ? undefined : new AddressMap(options.map)
  const clients = options.clients === undefined ? undefined : clientNetworks(options.clients)
  const sources = openSources(options, passes)
  const loaded = await load(options)
  const plan = planOf(loaded, clients, options)
  const stats = sources.map(({ name }) => new TraceStats(name))
  const looked = await lookAhead(sources, stats, plan, loaded)
  const bindings = plan.translates && options.asIs !== true ? new Bindings() : undefined
  const journeys = new Journeys(stats, bindings)
  const seed = options.seed ?? 0
  const { nodes, simulator, live, deviations } = await networkOf(loaded, journeys, options)
  // On real ports they are asked for.
  const gateways = live === undefined ? gatewaysOf(loaded) : []
  const sender = new Sender({
    simulator,
    plan,
    journeys,
    bindings,
    map,
    gateways,
    multiplier: new Multiplier(seed),
    filter,
    frames,
    segment: options.oversize === 'segment',
    maxFrame: largestFrame(live, options),
    isLive: live !== undefined,
    limit: options.limit ?? Number.MAX_SAFE_INTEGER,
  })
  plan.begin()
  const lines = [...describe(loaded, plan, gateways, options), ...looked]
  return { loaded, nodes, simulator, live, deviations, sender, plan, sources, stats, bindings, map, lines }
}

/** In virtual time, or of real ports. */
async function networkOf(
  { topology, nodes: loaded }: Loaded,
  journeys: Journeys,
  options: ReplayOptions,
): Promise<Pick<Session, 'nodes' | 'simulator' | 'live' | 'deviations'>> {
  const { seed = 0, violationLimit = 100, burst } = options
  const beats = beatsOf(topology)
  const [first] = loaded
  if (topology.ports.kind !== 'sim' && first !== undefined) {
    const { nf, oracle } = first
    const { speed, pps, patience, attach } = options
    const deviations = Deviations.beside(nf.manifest.file, nf.config.portCount, (of) => nf.config.text(of))
    const live = await startLive({
      ...(speed === undefined ? {} : { speed }),
      ...(pps === undefined ? {} : { pps }),
      ...(patience === undefined ? {} : { patience }),
      ...(attach === undefined ? {} : { attach }),
      topology,
      asked: askedOf(options),
      nf,
      oracle,
      beats,
      observer: journeys,
      violationLimit,
      burst: burst ?? DEFAULT_BURST,
      isKnown: (violation) => deviations.note(violation),
    })
    return { nodes: [live.network.record], simulator: live.network, live, deviations }
  }
  const nodes = loaded.map(({ name, nf, oracle }) => {
    if (nf.instantiate === undefined) throw new Error(`${name} is a black box in the simulator`)
    const isOneOfSeveral = loaded.length > 1
    const device = new NfDevice(nf.instantiate({ seed: BigInt(seed), ...(isOneOfSeveral ? { name } : {}) }))
    return new JudgedNode(name, device, oracle, journeys, violationLimit)
  })
  const simulator = createSimulator(wire(topology, nodes, seed), journeys, {
    beats,
    ...(burst === undefined ? {} : { burst }),
  })
  return { nodes, simulator, live: undefined, deviations: undefined }
}

/** What goes to the device's thread: plain data. */
function askedOf({ nf, config, binary, debugBuild }: ReplayOptions): AskedNf {
  return {
    ...(nf === undefined ? {} : { nf }),
    ...(config === undefined ? {} : { config }),
    ...(binary === undefined ? {} : { binary }),
    ...(debugBuild === undefined ? {} : { debugBuild }),
  }
}

/** What is asked for, as far as the ports can carry it. */
function largestFrame(live: Live | undefined, { maxFrame = defaultMaxFrame }: ReplayOptions): number {
  return Math.min(maxFrame, ...(live?.ports.map(({ capabilities }) => capabilities.longest) ?? []))
}

function clientNetworks(text: string): Networks {
  return new Networks(
    text.split(',').map((part) => {
      const cidr = parseCidr(part.trim())
      if (cidr !== undefined) return cidr
      throw new InputError(`--clients ${text}: '${part.trim()}' is no network`, {
        hint: 'write for example 10.0.0.0/8, with zeros after the prefix',
      })
    }),
  )
}

function openSources(options: ReplayOptions, passes: number): TraceSource[] {
  const sources = options.traces.map(
    (path) =>
      new TraceSource(path, {
        encapsulate: options.encapsulate === true,
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      }),
  )
  const once = passes > 1 ? sources.find(({ canRewind }) => !canRewind) : undefined
  if (once !== undefined) throw new InputError(`${once.name} can be read only once`, { hint: 'leave out --loop' })
  if (sources.filter(({ path }) => path === '-').length > 1)
    throw new InputError('standard input can be read only once')
  return sources
}

function planOf(loaded: Loaded, clients: Networks | undefined, options: ReplayOptions): EntryPlan {
  const { topology } = loaded
  const names = topology.inputs.map(({ name }) => name)
  const isOnly = topology.nodes.length === 1
  const inputOfPort = (port: number): number | undefined => {
    const at = topology.inputs.findIndex((input) => input.at.kind === 'port' && input.at.port === port)
    if (at >= 0) return at
    const host = topology.links.flatMap(({ ends: [a, b] }) => [[a, b] as const, [b, a] as const])
    const found = host.find(([end]) => end.kind === 'port' && end.port === port)?.[1]
    const index = topology.inputs.findIndex(
      (input) => input.at.kind === 'host' && found?.kind === 'host' && input.at.host === found.host,
    )
    return index >= 0 ? index : undefined
  }
  const find = (name: string): number | undefined => {
    const index = names.indexOf(name)
    if (index >= 0) return index
    return isOnly && /^\d+$/.test(name) ? inputOfPort(Number(name)) : undefined
  }
  const ways = waysOf(loaded, inputOfPort)
  if (clients !== undefined && ways.kind === 'stations') {
    throw new InputError('--clients needs a device with two sides; here each station has a port of its own', {
      hint: 'use --port-rule net=NETWORK@INPUT',
    })
  }
  return new EntryPlan(ways, parsePortRules(options.portRules ?? [], names, find), clients, names)
}

function waysOf({ topology, nodes }: Loaded, inputOfPort: (port: number) => number | undefined): Ways {
  if (topology.replay !== undefined) return waysOfTopology(topology, topology.replay)
  const [node, ...more] = nodes
  if (node === undefined || more.length > 0) {
    throw new InputError('a topology with several network functions must say where packets enter', {
      file: topology.file,
      hint: 'add a replay: section',
    })
  }
  const { manifest, config } = node.nf
  return waysOfNf(
    manifest.replay,
    {
      name: manifest.name,
      file: manifest.file,
      portCount: config.portCount,
      portsOf: (name) => {
        const raw = config.entries.get(name)?.raw
        if (typeof raw === 'bigint') return [Number(raw)]
        return Array.isArray(raw) ? raw.map(Number) : undefined
      },
    },
    inputOfPort,
  )
}

/** Looks at the beginning of every trace; what was found, one line each. */
async function lookAhead(
  sources: readonly TraceSource[],
  stats: readonly TraceStats[],
  plan: EntryPlan,
  { topology }: Loaded,
): Promise<string[]> {
  const layers = new Layers()
  const lines: string[] = []
  let isAll = true
  for (const [i, source] of sources.entries()) {
    const counts = topology.inputs.map(() => 0)
    let frames = 0
    const isWhole = await source.lookAhead((batch) => {
      for (let j = 0; j < batch.count && frames < lookAheadFrames; j++) {
        parseLayers(layers, batch.bytes, batch.offset[j] ?? 0, batch.captured[j] ?? 0, true)
        const input = plan.study(layers, batch.interfaceId[j] ?? 0)
        counts[input] = (counts[input] ?? 0) + 1
        frames += 1
      }
    })
    isAll &&= isWhole
    const trace = stats[i]
    if (trace !== undefined) trace.format = source.format
    const split = topology.inputs.map(({ name }, input) => `${counts[input]} by ${name}`).join(', ')
    lines.push(`${source.name}: ${isWhole ? '' : 'of the first '}${frames} frames, ${split}`)
  }
  if (isAll) refuseUnmatched(plan)
  return lines
}

/** @throws InputError where a rule of the user matched nothing at all. */
export function refuseUnmatched(plan: EntryPlan): void {
  const [rule] = plan.unmatched
  if (rule === undefined) return
  throw new InputError(`${rule} matches no packet of the traces`, { hint: 'is it of the network in the capture?' })
}

function describe(
  { topology, nodes }: Loaded,
  plan: EntryPlan,
  gateways: readonly (number | undefined)[],
  options: ReplayOptions,
): string[] {
  const functions = nodes.map(({ name, nf }) => `${nf.manifest.name} as ${name}`).join(', ')
  const lines = [`topology ${topology.name}: ${topology.title} (${functions})`]
  for (const [i, { name, at }] of topology.inputs.entries()) {
    const place =
      at.kind === 'host' ? `host ${topology.hosts[at.host]?.name}` : `${topology.nodes[at.node]?.name}.${at.port}`
    const gateway = gateways[i]
    const through = gateway === undefined ? '' : `, frames for one station to ${formatMac(gateway)}, its gateway`
    lines.push(`input ${name}: ${place}${through}`)
  }
  for (const host of topology.hosts) {
    for (const { kind, every } of host.emits) lines.push(`${host.name} sends a ${kind} every ${Number(every) / 1e9} s`)
  }
  lines.push(...plan.describe())
  if (options.asIs === true) lines.push('frames go in as they are: no answer is rewritten')
  else if (plan.translates) lines.push('answers go to the addresses and ports that the device gave their flow')
  if (options.map !== undefined) lines.push(`addresses are mapped: ${options.map}`)
  if (options.filter !== undefined) lines.push(`only packets selected by '${options.filter}'`)
  if (options.frames !== undefined) lines.push(`only frames ${options.frames}`)
  const maxFrame = options.maxFrame ?? defaultMaxFrame
  const fate =
    options.oversize === 'segment' ? 'are cut into TCP segments where they can be, else skipped' : 'are skipped'
  lines.push(`frames over ${maxFrame} bytes (4 more for each VLAN tag) ${fate}`)
  if ((options.loop ?? 1) > 1) lines.push(`${options.loop} passes, each with new clients (seed ${options.seed ?? 0})`)
  if (options.limit !== undefined) lines.push(`at most ${options.limit} packets are sent`)
  return lines
}
