/** A topology as the simulator runs it: every node's ports wired, every input resolved to a port or a link. */
import { InputError } from '../errors.js'
import type { JudgedNode } from './judged-node.js'
import { Direction } from './link.js'
import { type End, isPerfect, type Topology } from './topology.js'

/** What is behind a port: the next node's port by a link, or nothing that the run looks into (a host, a sink). */
export interface Hop {
  readonly node: number
  readonly port: number
  readonly direction: Direction
}

/** Where a frame enters: at a port, or by a link to it. */
export interface Entry {
  readonly node: number
  readonly port: number
  readonly direction: Direction | undefined
}

export interface Network {
  readonly nodes: readonly JudgedNode[]
  /** Entry of each input, in the topology's order. */
  readonly entries: readonly Entry[]
  /** Entry of each host, undefined for those without a link. */
  readonly hosts: readonly (Entry | undefined)[]
  /** hops[node][port]. */
  readonly hops: readonly (readonly (Hop | undefined)[])[]
  readonly directions: readonly Direction[]
  /** One network function, and every frame is there at once: nothing can come back or overtake. */
  readonly isDirect: boolean
}

/** @throws InputError for a port that the network function does not have. */
export function wire(topology: Topology, nodes: readonly JudgedNode[], seed: number): Network {
  const directions: Direction[] = []
  const hops: (Hop | undefined)[][] = nodes.map(() => [])
  const hosts: (Entry | undefined)[] = topology.hosts.map(() => undefined)
  let isDirect = nodes.length === 1
  for (const [i, link] of topology.links.entries()) {
    const [from, to] = link.ends
    for (const [name, source, target] of [
      ['forth', from, to],
      ['back', to, from],
    ] as const) {
      if (source.kind === 'port') check(topology, nodes, source, link.line)
      if (target.kind === 'host') continue
      check(topology, nodes, target, link.line)
      const direction = new Direction(link, seed, `link ${i} ${name}`)
      directions.push(direction)
      const hop = { node: target.node, port: target.port, direction }
      if (source.kind === 'host') hosts[source.host] = hop
      else {
        const ports = hops[source.node]
        if (ports !== undefined) ports[source.port] = hop
        isDirect = false
      }
      if (!isPerfect(link)) isDirect = false
    }
  }
  const entries = topology.inputs.map(({ at, line }): Entry => {
    if (at.kind === 'port') {
      check(topology, nodes, at, line)
      return { node: at.node, port: at.port, direction: undefined }
    }
    const entry = hosts[at.host]
    if (entry === undefined) throw new Error('an input at a host without a link')
    return entry
  })
  return { nodes, entries, hosts, hops, directions, isDirect }
}

function check(
  topology: Topology,
  nodes: readonly JudgedNode[],
  end: Extract<End, { kind: 'port' }>,
  line: number,
): void {
  const node = nodes[end.node]
  if (node === undefined || end.port < node.device.portCount) return
  throw new InputError(`'${node.name}' has no port ${end.port}`, {
    file: topology.file,
    line,
    hint: `its ports are 0 to ${node.device.portCount - 1}`,
  })
}
