/** Everything that can be wrong is found before anything is made, and before any time is spent. */
import { InputError } from '../../errors.js'
import { refuseImpaired } from '../../hosts/index.js'
import type { LoadedNf } from '../../nf/index.js'
import { type LoadedSpec, loadSpec } from '../../oracle/index.js'
import {
  carriesIpOnly,
  checkNamed,
  loadTopology,
  loadTopologyNf,
  type Topology,
  type TopologyNf,
  type TopologyNode,
} from '../../testbed/index.js'
import { type Load, loadOf } from '../rig/load.js'
import { refuseUnwired } from '../rig/rig.js'
import { rolesOf } from '../rig/roles.js'
import { commonNames, type Procedure, proceduresOf, searchCost } from '../tests/index.js'
import type { StressOptions } from './options.js'
import { type Chosen, chooseProfile } from './profile.js'
import { SELF_TEST_TRIALS } from './self-test.js'
import { isApart, judgingOf } from './spec-judge.js'

export interface Prepared extends Chosen, TopologyNf {
  readonly topology: Topology
  readonly node: TopologyNode
  readonly spec: LoadedSpec
  readonly procedures: readonly Procedure[]
  /** One for each size. */
  readonly loads: readonly Load[]
  /** As asked for. */
  readonly ip: 4 | 6
  readonly direction: 'one' | 'both'
  readonly flows: number
  readonly seed: number
  readonly rateCap: number
  /** Whether frames that come out are held to the specification, and in words. */
  readonly isJudged: boolean
  readonly judging: string
  /** Seconds that it will take, about. */
  readonly estimate: number
}

const FLOWS = 1000
/** Seconds of a trial besides sending: learning, and what is on its way. */
const AROUND = 0.35

/** @throws InputError */
export async function prepare(options: StressOptions): Promise<Prepared> {
  const { ip = 4, direction = 'one', flows = FLOWS, seed = 0, judge = true } = options
  const { rateCap: cap = Number.POSITIVE_INFINITY } = options
  if (!(cap > 0)) throw new InputError(`a rate cap of ${cap}`, { hint: 'frames a second, above 0' })
  const chosen = chooseProfile(options)
  const topology = loadTopology(options.topology)
  checkNamed(topology, options)
  const node = refuseUnwired(topology)
  refuseImpaired(topology)
  const { nf, binary } = await loadTopologyNf(node, topology, options)
  const procedures = proceduresOf(nf.manifest.name, options.tests)
  for (const { name, refuses } of procedures) {
    const why = refuses?.((of) => numberIn(nf, of))
    if (why !== undefined) throw new InputError(`the load test ${name}: ${why.what}`, { hint: why.hint })
  }
  const { spec: specFile, file } = nf.manifest
  if (specFile === undefined) {
    throw new InputError('names no specification, so it is not known what must come out', {
      file,
      hint: 'add spec: spec.ts',
    })
  }
  const spec = await loadSpec(specFile)
  if (ip === 6) refuseVersion6(nf)
  if (carriesIpOnly(topology)) refuseFrames(nf, topology, judge)
  const loads = chosen.sizes.map((size) => loadOf(nf, topology, { version: ip, direction, size, flows, seed }))
  if (direction === 'both') refuseOneWay(nf, procedures, options.tests)
  refuseLong(topology, chosen.sizes)
  const rateCap = Math.min(cap, mostPerSecond(topology))
  const estimate = estimateOf(procedures, chosen)
  const made = { topology, node, nf, binary, spec, procedures, loads, ip, direction, flows, seed, rateCap, estimate }
  return { ...chosen, ...made, isJudged: judge && isApart(nf), judging: judgingOf(nf, judge) }
}

/** A number of the configuration; undefined where there is none of that name. */
export function numberIn({ config }: LoadedNf, name: string): number | undefined {
  const raw = config.entries.get(name)?.raw
  return typeof raw === 'bigint' ? Number(raw) : undefined
}

function refuseVersion6({ manifest: { name, file }, config }: LoadedNf): void {
  if (config.options.get('nonIpv4') !== 'drop') return
  throw new InputError(`${name} forwards no IPv6: its option nonIpv4 is drop`, { file, hint: 'load it with IPv4' })
}

/** What rests on more of a frame than the datagram in it. */
function refuseFrames(nf: LoadedNf, topology: Topology, isJudged: boolean): void {
  const { ports, file } = topology
  const where = { file, ...(ports.kind === 'sim' ? {} : { line: ports.line }) }
  if (rolesOf(nf, topology).kind === 'stations') {
    throw new InputError(`raw_ip carries no MAC addresses, by which ${nf.manifest.name} tells stations apart`, where)
  }
  if (!isJudged) return
  const hint = '--no-judge counts them all the same'
  throw new InputError('raw_ip does not carry frames as they are, so that they cannot be judged', { ...where, hint })
}

/** What has no way back, or tests that have a load of their own. */
function refuseOneWay(nf: LoadedNf, procedures: readonly Procedure[], tests: readonly string[]): void {
  const { name, file } = nf.manifest
  if (nf.config.options.get('returnTraffic') === 'drop') {
    throw new InputError(`${name} forwards no answers: its option returnTraffic is drop`, { file })
  }
  const common = commonNames()
  const own = procedures.find((procedure) => !common.includes(procedure.name))
  if (own === undefined) return
  const rest = tests.filter((each) => common.includes(each)).join(',')
  throw new InputError(`the load test ${own.name} has one direction`, {
    hint: `--direction both is for ${common.join(', ')}${rest === '' ? '' : `: --test ${rest}`}`,
  })
}

/** What the topology allows to be sent. */
function mostPerSecond({ ports }: Topology): number {
  return 'mostPerSecond' in ports ? ports.mostPerSecond : Number.POSITIVE_INFINITY
}

/** Ethernet's addresses and type, and the check sequence. */
const AROUND_PACKET = 18

function refuseLong({ ports, file }: Topology, sizes: readonly number[]): void {
  if (ports.kind !== 'veth' && ports.kind !== 'dpdk') return
  const { mtu, line } = ports
  const long = sizes.find((size) => size > mtu + AROUND_PACKET)
  if (long === undefined) return
  const hint = `up to ${mtu + AROUND_PACKET} bytes with this mtu`
  throw new InputError(`frames of ${long} bytes are too long for these ports`, { file, line, hint })
}

function estimateOf(procedures: readonly Procedure[], { profile, sizes }: Chosen): number {
  const seconds = (costs: readonly ReturnType<Procedure['cost']>[]): number =>
    costs.reduce((sum, { trials, seconds }) => sum + seconds + trials * AROUND, 0)
  const costOf = ({ cost }: Procedure) => cost(profile)
  const costs = procedures.filter(({ isBySize }) => isBySize).map(costOf)
  const isSearched = procedures.some(({ needsThroughput }) => needsThroughput)
  if (isSearched && !procedures.some(({ name }) => name === 'throughput')) costs.push(searchCost(profile))
  costs.push({ trials: SELF_TEST_TRIALS, seconds: SELF_TEST_TRIALS * Math.min(1, profile.probeSeconds) })
  // The others are made with the first size alone.
  const once = procedures.filter(({ isBySize }) => !isBySize).map(costOf)
  return sizes.length * seconds(costs) + seconds(once)
}
