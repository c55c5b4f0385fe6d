/** The parts `ports` and `device` of a topology file: what ports are made of, and what is behind them. */
import type { InputError } from '../errors.js'
import type { End, PortBackend, Topology, TopologyDevice, TopologyInterface, TopologyPorts } from './topology.js'

export interface PortsFile {
  kind: TopologyPorts['kind']
  backend?: PortBackend
  mtu?: number
  interfaces?: Record<string, string>
  allow?: string[]
  mostPerSecond?: number
}

export interface DeviceFile {
  kind: TopologyDevice['kind']
  setup?: string
  run?: string
  teardown?: string
}

export type Path = readonly (string | number)[]

/** What the reader of a file lends: places, and errors that name them. */
export interface Places {
  line(path: Path): number
  error(path: Path, what: string, hint?: string): InputError
  end(text: string, path: Path): End
}

/** Bytes of a packet on links that say nothing. */
const ETHERNET_MTU = 1500

type Nodes = Topology['nodes']

/** @throws InputError with the line of what is wrong. */
export function portsAndDevice(
  { ports = { kind: 'sim' }, device = { kind: 'wasm' } }: { ports?: PortsFile; device?: DeviceFile },
  nodes: Nodes,
  places: Places,
): Pick<Topology, 'ports' | 'device'> {
  const made = { ports: portsOf(ports, nodes, places), device: deviceOf(device, places) }
  if (made.device.kind === 'wasm') return made
  if (ports.kind === 'sim') throw places.error(['device'], 'only network functions have simulated ports')
  if (made.device.kind === 'external' && ports.kind === 'veth') {
    throw places.error(['device'], 'an external device is cabled to interfaces', 'ports: { kind: interfaces, ... }')
  }
  if (ports.kind === 'veth' && ports.backend !== undefined) {
    throw places.error(['ports', 'backend'], "only network functions have a 'backend' on pairs")
  }
  if (nodes.length > 1) throw places.error(['device'], 'such a device is one node')
  return made
}

function portsOf(file: PortsFile, nodes: Nodes, places: Places): TopologyPorts {
  const { kind, backend = 'af_packet', interfaces, allow, mtu = ETHERNET_MTU, mostPerSecond } = file
  const cap = mostPerSecond === undefined ? {} : { mostPerSecond }
  const line = places.line(['ports'])
  refuseKeys(file, kind === 'interfaces' ? ['mtu'] : kind === 'veth' ? ['interfaces', 'allow'] : undefined, places)
  if (kind === 'sim') return { kind }
  if (kind === 'veth') return { kind, backend, mtu, line, ...cap }
  const named = Object.entries(interfaces ?? {}).map(([text, name]) => interfaceOf(text, name, places))
  for (const [i, each] of named.entries()) {
    const before = named.slice(0, i).find((other) => other.interface === each.interface)
    if (before === undefined) continue
    throw places.error(
      ['ports', 'interfaces'],
      `interface '${each.interface}' is two ports, in lines ${before.line} and ${each.line}`,
    )
  }
  for (const [node, { name, ports = 0 }] of nodes.entries()) {
    for (let port = 0; port < ports; port++) {
      if (named.some((each) => each.node === node && each.port === port)) continue
      throw places.error(['ports', 'interfaces'], `'${name}.${port}' has no interface`)
    }
  }
  return { kind, backend, interfaces: named, allow: allow ?? [], line, ...cap }
}

/** `odd` are those that ports of this kind do not have; without it, all but the kind. */
function refuseKeys(file: PortsFile, odd: readonly string[] | undefined, { error }: Places): void {
  const key = Object.keys(file).find((each) => each !== 'kind' && (odd === undefined || odd.includes(each)))
  if (key === undefined) return
  const kind = file.kind === 'sim' ? 'simulated ports have' : `ports of kind ${file.kind} have`
  throw error(['ports', key], `${kind} no '${key}'`)
}

function interfaceOf(text: string, name: string, { end, error, line }: Places): TopologyInterface {
  const path: Path = ['ports', 'interfaces', text]
  const at = end(text, path)
  if (at.kind === 'host') throw error(path, `'${text}' is a host`, 'interfaces are given to ports, such as dut.0')
  return { node: at.node, port: at.port, interface: name, line: line(path) }
}

function deviceOf({ kind, ...commands }: DeviceFile, { error, line }: Places): TopologyDevice {
  const [odd] = Object.keys(commands)
  if (kind !== 'command') {
    if (odd !== undefined) throw error(['device', odd], `a device of kind ${kind} has no '${odd}'`)
    return kind === 'wasm' ? { kind } : { kind, line: line(['device']) }
  }
  if (commands.setup === undefined && commands.run === undefined) {
    throw error(['device'], "a device of kind command has 'setup' or 'run'")
  }
  return { kind, ...commands, line: line(['device']) }
}
