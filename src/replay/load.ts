import { InputError } from '../errors.js'
import { type ConfigOverride, type LoadedNf, loadNf } from '../nf/index.js'
import { type LoadedSpec, loadSpec, Oracle } from '../oracle/index.js'
import { loadTopology, type Topology, type TopologyNode } from '../testbed/index.js'
import type { ReplayOptions } from './options.js'

/** One network function of a run, with its specification. */
export interface LoadedNode {
  /** Name in the topology. */
  readonly name: string
  readonly nf: LoadedNf
  readonly binary: string
  readonly spec: LoadedSpec
  readonly oracle: Oracle
}

export interface Loaded {
  readonly topology: Topology
  readonly nodes: readonly LoadedNode[]
}

/** The `nf` of a node that stands for the network function of the command line. */
const placeholder = '$nf'

/** @throws InputError for whatever of topology, network functions, configuration or specifications is wrong. */
export async function load(options: ReplayOptions): Promise<Loaded> {
  const topology = await topologyOf(options)
  const usesNf = topology.nodes.some((node) => node.nf === placeholder)
  if (usesNf && options.nf === undefined) {
    throw new InputError(`the topology ${topology.name} leaves the network function open`, { hint: 'name it by --nf' })
  }
  if (!usesNf && options.nf !== undefined) {
    throw new InputError(`the topology ${topology.name} names its network functions itself`, { hint: 'leave out --nf' })
  }
  const nodes: LoadedNode[] = []
  for (const node of topology.nodes) nodes.push(await loadNode(node, topology, options))
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

/** A network function with an input at each port and nothing else. */
function plainTopology(portCount: number): Topology {
  return {
    file: '',
    name: `${portCount}-port`,
    title: `One network function with ${portCount} ports`,
    nodes: [{ name: 'dut', nf: placeholder, ports: portCount, config: {}, line: 0 }],
    hosts: [],
    links: [],
    inputs: Array.from({ length: portCount }, (_, port) => ({
      name: `port${port}`,
      at: { kind: 'port', node: 0, port },
      line: 0,
    })),
  }
}

async function loadNode(node: TopologyNode, topology: Topology, options: ReplayOptions): Promise<LoadedNode> {
  const isOpen = node.nf === placeholder
  const name = isOpen ? (options.nf ?? '') : node.nf
  const isOnly = topology.nodes.length === 1
  const binary = (isOpen || isOnly ? options.binary : undefined) ?? node.binary
  const nf = await loadNf(name, {
    config: configOf(node, topology, options.config ?? []),
    ...(node.ports === undefined ? {} : { portCount: node.ports }),
    ...(binary === undefined ? {} : { binary }),
  })
  const { manifest } = nf
  if (manifest.spec === undefined) {
    throw new InputError('names no specification, so nothing can be judged', {
      file: manifest.file,
      hint: 'add spec: spec.ts',
    })
  }
  const spec = await loadSpec(manifest.spec)
  const oracle = new Oracle({ nf: manifest.name, instance: node.name, spec, config: nf.config })
  return { name: node.name, nf, binary: binary ?? manifest.code.file, spec, oracle }
}

/** The topology's values, then those of the command line that are meant for this instance. */
function configOf(node: TopologyNode, topology: Topology, given: readonly string[]): (string | ConfigOverride)[] {
  const own: ConfigOverride[] = Object.entries(node.config).map(([name, value]) => ({
    name,
    value,
    where: { file: topology.file, line: node.line },
  }))
  const names = topology.nodes.map(({ name }) => name)
  const mine = given.flatMap((text) => {
    const match = /^([^.=]+)\.([^=]+=.*)$/s.exec(text)
    const instance = match?.[1]
    if (instance !== undefined && names.includes(instance)) return instance === node.name ? [match?.[2] ?? ''] : []
    if (names.length === 1) return [text]
    throw new InputError(`--config ${text} does not say which network function is meant`, {
      hint: `write for example ${names[0]}.${text}; there are ${names.join(', ')}`,
    })
  })
  return [...own, ...mine]
}

function binaryOf(options: ReplayOptions): { binary?: string } {
  return options.binary === undefined ? {} : { binary: options.binary }
}
