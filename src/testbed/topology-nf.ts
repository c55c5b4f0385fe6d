/** The network functions that a topology names, configured as it says and as the command line says. */
import { InputError } from '../errors.js'
import {
  type ConfigOverride,
  codeFile,
  type DescribedNf,
  findNf,
  isC,
  type LoadedNf,
  loadNf,
  readManifest,
  resolveConfig,
} from '../nf/index.js'
import type { Topology, TopologyNode } from './topology.js'

/** The `nf` of a node that stands for the network function of the command line. */
const LEFT_OPEN = '$nf'

/** What the command line says of network functions. */
export interface AskedNf {
  readonly nf?: string
  readonly config?: readonly string[]
  readonly binary?: string
  /** Of those in C, the builds that say what debug.h has them say. */
  readonly debugBuild?: boolean
}

export interface TopologyNf {
  readonly nf: LoadedNf
  readonly binary: string
}

/** @throws InputError where a network function is left open and not named, or named twice. */
export function checkNamed(topology: Topology, { nf }: AskedNf): void {
  const usesNf = topology.nodes.some((node) => node.nf === LEFT_OPEN)
  if (usesNf && nf === undefined) {
    throw new InputError(`the topology ${topology.name} leaves the network function open`, { hint: 'name it by --nf' })
  }
  if (!usesNf && nf !== undefined) {
    throw new InputError(`the topology ${topology.name} names its network functions itself`, { hint: 'leave out --nf' })
  }
}

/** @throws InputError for whatever of the network function or its configuration is wrong. */
export async function loadTopologyNf(node: TopologyNode, topology: Topology, asked: AskedNf): Promise<TopologyNf> {
  const isOpen = node.nf === LEFT_OPEN
  const name = isOpen ? (asked.nf ?? '') : node.nf
  const isOnly = topology.nodes.length === 1
  const binary = (isOpen || isOnly ? asked.binary : undefined) ?? node.binary
  const nf = await loadNf(name, {
    config: configOf(node, topology, asked.config ?? []),
    ...(node.ports === undefined ? {} : { portCount: node.ports }),
    ...(binary === undefined ? {} : { binary }),
    ...(asked.debugBuild === undefined ? {} : { debugBuild: asked.debugBuild }),
  })
  return { nf, binary: binary ?? codeFile(nf.manifest) }
}

/** @throws InputError where debug builds are asked for and there are none. */
export function checkDebugBuilds({ debugBuild }: AskedNf, binaries: readonly (string | undefined)[]): void {
  if (debugBuild !== true || binaries.some((binary) => binary !== undefined && isC([binary]))) return
  throw new InputError('--debug-build: no network function here is built from C', {
    hint: 'leave it out, or name a source in C by --nf or --binary',
  })
}

export interface TestedNf {
  readonly nf: DescribedNf & Partial<LoadedNf>
  /** None of a black box. */
  readonly binary: string | undefined
}

/**
 * The same for a device that is not of Vigil: it may be a black box, of which there is no binary.
 *
 * @throws InputError for whatever of the network function or its configuration is wrong, and for a black box that no device is.
 */
export async function loadTestedNf(node: TopologyNode, topology: Topology, asked: AskedNf): Promise<TestedNf> {
  const manifest = readManifest(findNf(node.nf === LEFT_OPEN ? (asked.nf ?? '') : node.nf))
  const isThere = asked.binary !== undefined || node.binary !== undefined || manifest.code !== undefined
  if (isThere || topology.device.kind === 'wasm') return loadTopologyNf(node, topology, asked)
  const config = resolveConfig(manifest, {
    config: configOf(node, topology, asked.config ?? []),
    ...(node.ports === undefined ? {} : { portCount: node.ports }),
  })
  return { nf: { manifest, config }, binary: undefined }
}

/** A network function with an input at each port and nothing else. */
export function plainTopology(portCount: number): Topology {
  return {
    file: '',
    name: `${portCount}-port`,
    title: `One network function with ${portCount} ports`,
    ports: { kind: 'sim' },
    device: { kind: 'wasm' },
    nodes: [{ name: 'dut', nf: LEFT_OPEN, ports: portCount, config: {}, line: 0 }],
    hosts: [],
    links: [],
    inputs: Array.from({ length: portCount }, (_, port) => ({
      name: `port${port}`,
      at: { kind: 'port', node: 0, port },
      line: 0,
    })),
  }
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
