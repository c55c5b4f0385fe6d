/** Which ports of a network function test frames enter and leave by: as nf.yaml or the topology say for traces. */
import { InputError } from '../../errors.js'
import { portsOfHosts } from '../../hosts/index.js'
import type { LoadedNf } from '../../nf/index.js'
import { type Ways, waysOfNf, waysOfTopology } from '../../replay/ways.js'
import type { Topology } from '../../testbed/index.js'

export type Roles =
  /** What enters by a port of the first list leaves by one of the second. */
  | { readonly kind: 'sides'; readonly from: readonly number[]; readonly to: readonly number[] }
  /** Stations at each of these ports, which the device learns. */
  | { readonly kind: 'stations'; readonly ports: readonly number[] }

/** @throws InputError where no test frame could leave by a port other than its own. */
export function rolesOf(nf: LoadedNf, topology: Topology): Roles {
  const ways = waysOf(nf, topology)
  if (ways.kind === 'stations') {
    const ports = [...new Set(ways.inputs)]
    if (ports.length < 2) throw new InputError('a load test of stations needs two ports', { file: topology.file })
    return { kind: 'stations', ports }
  }
  const sides = [ways.first, ways.second.filter((port) => !ways.first.includes(port))] as const
  const [from, to] = nf.manifest.load.isFromOutside ? [sides[1], sides[0]] : sides
  if (from.length === 0 || to.length === 0) {
    throw new InputError('a load test needs a port on each side', { file: topology.file })
  }
  return { kind: 'sides', from, to }
}

/** With ports in place of inputs. */
function waysOf({ manifest, config }: LoadedNf, topology: Topology): Ways {
  if (topology.replay === undefined) {
    const portsOf = (name: string): readonly number[] | undefined => {
      const raw = config.entries.get(name)?.raw
      if (typeof raw === 'bigint') return [Number(raw)]
      return Array.isArray(raw) ? raw.map(Number) : undefined
    }
    const { name, file } = manifest
    return waysOfNf(manifest.replay, { name, file, portCount: config.portCount, portsOf }, (port) => port)
  }
  const ways = waysOfTopology(topology, topology.replay)
  const ports = (inputs: readonly number[]): readonly number[] => inputs.map((input) => portOfInput(topology, input))
  if (ways.kind === 'stations') return { ...ways, inputs: ports(ways.inputs) }
  return { ...ways, first: ports(ways.first), second: ports(ways.second) }
}

function portOfInput(topology: Topology, index: number): number {
  const input = topology.inputs[index]
  const port = input?.at.kind === 'host' ? portsOfHosts(topology)[input.at.host] : input?.at.port
  if (port !== undefined) return port
  throw new InputError(`input ${input?.name ?? index} leads to no port`, { file: topology.file })
}
