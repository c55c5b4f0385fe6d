/** Reads topology files: the JSON Schema for the shape, then what a schema cannot say; every fault has its line. */
import { readFileSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'

import { LineCounter, parseDocument } from 'yaml'

import { InputError } from '../errors.js'
import { packageRoot } from '../package-root.js'
import { faultOf, fits } from '../validator.js'
import type { Topology } from './topology.js'
import { Ends } from './topology-ends.js'
import type { TopologyFile } from './topology-form.js'
import { hostsOf } from './topology-hosts.js'
import { Places } from './topology-places.js'
import { portsAndDevice } from './topology-ports.js'

/** Where topologies are looked up by name: ./topologies, then those that come with the package. */
export function topologyFolders(): readonly string[] {
  return [resolve('topologies'), join(packageRoot, 'topologies')]
}

/**
 * The topology of that name, or in that file.
 *
 * @throws InputError with file and line.
 */
export function loadTopology(nameOrFile: string): Topology {
  const tried = /[/\\]|\.ya?ml$/.test(nameOrFile)
    ? [isAbsolute(nameOrFile) ? nameOrFile : resolve(nameOrFile)]
    : topologyFolders().map((folder) => join(folder, `${nameOrFile}.yaml`))
  for (const file of tried) {
    const text = read(file)
    if (text !== undefined) return parseTopology(text, file)
  }
  throw new InputError(`there is no topology '${nameOrFile}'`, { hint: `looked for ${[...new Set(tried)].join(', ')}` })
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new InputError('the topology cannot be read', { file }, { cause: error })
  }
}

/** Checks the text of a topology; `file` is for messages and the name. */
export function parseTopology(text: string, file: string): Topology {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0])
    throw new InputError(`not YAML: ${fault.message}`, { file, line, column: col })
  }
  const data: unknown = document.toJS()
  const places = new Places(file, document, lines)
  if (!fits<TopologyFile>('topology', data)) throw places.schemaError(faultOf('topology'))
  return topologyOf(data, file, places)
}

function topologyOf(data: TopologyFile, file: string, places: Places): Topology {
  const nodeNames = Object.keys(data.nodes)
  const hostNames = Object.keys(data.hosts ?? {})
  const both = hostNames.find((name) => nodeNames.includes(name))
  if (both !== undefined) throw places.error(['hosts', both], `'${both}' is a node already`)
  const nodes = Object.entries(data.nodes).map(([name, node]) => ({
    ...node,
    name,
    config: node.config ?? {},
    line: places.line(['nodes', name]),
  }))
  const hosts = hostsOf(data.hosts ?? {}, places)
  const ends = new Ends(nodeNames, hostNames, places)
  const links = ends.links(data.links ?? [])
  const inputs = ends.inputs(data.inputs, links)
  for (const [i, host] of hosts.entries()) {
    const linked = links.some((link) => link.ends.some((end) => end.kind === 'host' && end.host === i))
    if (host.emits.length > 0 && !linked)
      throw places.error(['hosts', host.name], `'${host.name}' sends, but has no link`)
  }
  const replay = data.replay === undefined ? undefined : ends.replay(data.replay, inputs)
  return {
    file,
    name: basename(file).replace(/\.ya?ml$/, ''),
    title: data.title,
    ...portsAndDevice(data, { nodes, hosts }, places, ends),
    nodes,
    hosts,
    links,
    inputs,
    ...(replay === undefined ? {} : { replay }),
  }
}
