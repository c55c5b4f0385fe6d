import { InputError } from '../errors.js'
import { loadNf } from '../nf/index.js'
import { type LoadedSpec, loadSpec, Oracle } from '../oracle/index.js'
import {
  carriesIpOnly,
  checkDebugBuilds,
  checkNamed,
  loadTestedNf,
  loadTopology,
  plainTopology,
  type TestedNf,
  type Topology,
  type TopologyNode,
} from '../testbed/index.js'
import type { ReplayOptions } from './options.js'

/** One network function of a run, with its specification. */
export interface LoadedNode {
  /** Name in the topology. */
  readonly name: string
  readonly nf: TestedNf['nf']
  /** None of a black box. */
  readonly binary: string | undefined
  readonly spec: LoadedSpec
  readonly oracle: Oracle
}

export interface Loaded {
  readonly topology: Topology
  readonly nodes: readonly LoadedNode[]
}

/** @throws InputError for whatever of topology, network functions, configuration or specifications is wrong. */
export async function load(options: ReplayOptions): Promise<Loaded> {
  const topology = await topologyOf(options)
  checkNamed(topology, options)
  const { speed, pps, attach, patience } = options
  const words = { '--speed': speed, '--pps': pps, '--attach': attach, patience }
  const given = Object.entries(words).find(([, value]) => value !== undefined)?.[0]
  if (topology.ports.kind === 'sim' && given !== undefined) {
    throw new InputError(`${given} is for real ports, and those of topology ${topology.name} are simulated`, {
      hint: 'name a topology with ports, such as two-port-veth',
    })
  }
  if (topology.ports.kind === 'pcap') {
    const hint = 'vigil run reads and writes them; replay names captures itself, for a topology without ports'
    throw new InputError('captures as ports are not judged', { file: topology.file, line: topology.ports.line, hint })
  }
  const nodes: LoadedNode[] = []
  for (const node of topology.nodes) nodes.push(await loadNode(node, topology, options))
  checkDebugBuilds(
    options,
    nodes.map(({ binary }) => binary),
  )
  return { topology, nodes }
}

async function topologyOf(options: ReplayOptions): Promise<Topology> {
  if (options.topology !== undefined) return loadTopology(options.topology)
  if (options.nf === undefined) throw new InputError('no network function is named', { hint: 'name one by --nf' })
  const single = options.config?.filter((text) => text.startsWith('portCount='))
  const { manifest, config } = await loadNf(options.nf, { config: single ?? [], ...binaryOf(options) })
  const { portCount } = config
  if (options.asIs === true) return plainTopology(portCount)
  if (manifest.topology !== undefined && portCount === manifest.ports.count) return loadTopology(manifest.topology)
  return portCount === 2 ? loadTopology('two-port') : plainTopology(portCount)
}

async function loadNode(node: TopologyNode, topology: Topology, options: ReplayOptions): Promise<LoadedNode> {
  const { nf, binary } = await loadTestedNf(node, topology, options)
  const { manifest } = nf
  if (manifest.spec === undefined) {
    throw new InputError('names no specification, so nothing can be judged', {
      file: manifest.file,
      hint: 'add spec: spec.ts',
    })
  }
  const spec = await loadSpec(manifest.spec)
  const oracle = new Oracle({
    nf: manifest.name,
    instance: node.name,
    spec,
    config: nf.config,
    hasMacs: !carriesIpOnly(topology),
  })
  return { name: node.name, nf, binary, spec, oracle }
}

function binaryOf(options: ReplayOptions): { binary?: string } {
  return options.binary === undefined ? {} : { binary: options.binary }
}
