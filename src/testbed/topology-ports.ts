/** The parts `ports` and `device` of a topology file: what ports are made of, and what is behind them. */
import { cardOf } from '../packetio/dpdk-words.js'
import {
  carriesIpOnly,
  type DpdkMemory,
  type PortBackend,
  type Topology,
  type TopologyDevice,
  type TopologyFiles,
  type TopologyInterface,
  type TopologyPorts,
} from './topology.js'
import type { Ends } from './topology-ends.js'
import type { Path, Places } from './topology-places.js'

export interface PortsFile {
  kind: TopologyPorts['kind']
  backend?: PortBackend
  mtu?: number
  interfaces?: Record<string, string>
  devices?: Record<string, string>
  files?: Record<string, { read?: string; write?: string }>
  allow?: string[]
  mostPerSecond?: number
  memory?: DpdkMemory
  megabytes?: number
  args?: string[]
}

export interface DeviceFile {
  kind: TopologyDevice['kind']
  setup?: string
  run?: string
  teardown?: string
  reset?: string
  forgets?: string
  within?: string
}

/** Bytes of a packet on links that say nothing. */
const ETHERNET_MTU = 1500

/** What is said of ports of each kind, besides what they are. */
const KEYS: Readonly<Record<TopologyPorts['kind'], readonly (keyof PortsFile)[]>> = {
  sim: [],
  pcap: ['files'],
  veth: ['backend', 'mtu', 'mostPerSecond'],
  interfaces: ['backend', 'interfaces', 'allow', 'mostPerSecond'],
  dpdk: ['devices', 'allow', 'mtu', 'memory', 'megabytes', 'args', 'mostPerSecond'],
}

type Nodes = Topology['nodes']

/** @throws InputError with the line of what is wrong. */
export function portsAndDevice(
  { ports = { kind: 'sim' }, device = { kind: 'wasm' } }: { ports?: PortsFile; device?: DeviceFile },
  { nodes, hosts }: Pick<Topology, 'nodes' | 'hosts'>,
  places: Places,
  ends: Ends,
): Pick<Topology, 'ports' | 'device'> {
  const made = { ports: portsOf(ports, nodes, places, ends), device: deviceOf(device, places) }
  if (carriesIpOnly(made)) refuseFrames(made.device, hosts, places)
  else refuseVersion6(hosts, places)
  if (made.device.kind === 'wasm') return made
  if (ports.kind === 'sim') throw places.error(['device'], 'only network functions have simulated ports')
  if (ports.kind === 'pcap') throw places.error(['device'], 'only network functions have captures for ports')
  if (made.device.kind === 'external' && ports.kind === 'veth') {
    throw places.error(['device'], 'an external device is cabled to interfaces', 'ports: { kind: interfaces, ... }')
  }
  if (ports.kind === 'veth' && ports.backend !== undefined && ports.backend !== 'raw_ip') {
    throw places.error(['ports', 'backend'], `only network functions have ${ports.backend} on pairs`)
  }
  if (ports.kind === 'dpdk' && ports.devices === undefined) {
    const hint = 'name devices that lead to it, under ports.devices'
    throw places.error(
      ['device'],
      'only network functions are behind rings of DPDK, which no other process reaches',
      hint,
    )
  }
  if (nodes.length > 1) throw places.error(['device'], 'such a device is one node')
  return made
}

/** What only who sends whole frames can do. */
function refuseFrames(device: TopologyDevice, hosts: Topology['hosts'], places: Places): void {
  if (device.kind === 'wasm') {
    const hint = 'raw_ip is for testers, in front of a device of kind command or external that routes'
    throw places.error(['ports', 'backend'], 'a network function needs frames, and raw_ip carries none', hint)
  }
  const answering = hosts.find(({ answers }) => answers.length > 0)
  if (answering === undefined) return
  const hint = "leave out 'answers': the kernel answers for the address of the host, and sees no others"
  throw places.error(['hosts', answering.name, 'answers'], 'no questions for neighbours are seen by raw_ip', hint)
}

/** Without raw IP, who asks for the MAC addresses of gateways does so by ARP. */
function refuseVersion6(hosts: Topology['hosts'], places: Places): void {
  const having = hosts.find(({ version6 }) => version6 !== undefined)
  if (having === undefined) return
  throw places.error(
    ['hosts', having.name, 'ip6'],
    "'ip6' is of hosts of the kernel, which raw_ip has",
    "leave out 'ip6' and 'gateway6'",
  )
}

function portsOf(file: PortsFile, nodes: Nodes, places: Places, ends: Ends): TopologyPorts {
  const { kind, backend = 'af_packet', allow = [], mtu = ETHERNET_MTU, mostPerSecond } = file
  const key = keysOf(file).find((each) => !KEYS[kind].includes(each))
  if (key !== undefined) throw places.error(['ports', key], `${portsOfKind(kind)} no '${key}'`)
  const common = { line: places.line(['ports']), ...(mostPerSecond === undefined ? {} : { mostPerSecond }) }
  switch (kind) {
    case 'sim':
      return { kind }
    case 'pcap':
      return { kind, files: filesOf(file.files ?? {}, places, ends), line: common.line }
    case 'veth':
      return { kind, backend, mtu, ...common }
    case 'interfaces': {
      const interfaces = namedPorts('interface', file.interfaces ?? {}, nodes, places, ends)
      return { kind, backend, interfaces, allow, ...common }
    }
    case 'dpdk':
      return { kind, mtu, allow, ...dpdkOf(file, nodes, places, ends), ...common }
  }
}

function keysOf(file: PortsFile): readonly (keyof PortsFile)[] {
  const all = Object.values(KEYS).flat()
  return all.filter((each, i) => file[each] !== undefined && all.indexOf(each) === i)
}

function portsOfKind(kind: TopologyPorts['kind']): string {
  return kind === 'sim' ? 'simulated ports have' : `ports of kind ${kind} have`
}

function dpdkOf(
  { devices, allow, memory = 'ordinary', megabytes, args = [] }: PortsFile,
  nodes: Nodes,
  places: Places,
  ends: Ends,
): Pick<Extract<TopologyPorts, { kind: 'dpdk' }>, 'devices' | 'start'> {
  const start = { memory, args, ...(megabytes === undefined ? {} : { megabytes }) }
  if (devices !== undefined) {
    const named = namedPorts('device', devices, nodes, places, ends)
    const card = named.find((each) => cardOf(each.name) !== undefined)
    if (card === undefined || memory === 'huge') return { devices: named, start }
    const at: Path = ['ports', 'devices', `${nodes[card.node]?.name}.${card.port}`]
    throw places.error(at, `network card ${card.name} needs huge pages`, 'memory: huge, under ports')
  }
  if (allow !== undefined) throw places.error(['ports', 'allow'], "rings have no 'allow': they use no interface")
  return { start }
}

/** Ports that are not named have neither; nothing comes in by them, and what leaves is counted. */
function filesOf(files: NonNullable<PortsFile['files']>, places: Places, ends: Ends): readonly TopologyFiles[] {
  const found = Object.entries(files).map(([text, { read, write }]): TopologyFiles => {
    const { node, port, line } = portOf(text, '', ['ports', 'files', text], places, ends)
    return { node, port, line, ...(read === undefined ? {} : { read }), ...(write === undefined ? {} : { write }) }
  })
  if (found.some(({ read }) => read !== undefined)) return found
  throw places.error(['ports'], 'no port reads a capture', 'files: { dut.0: { read: in.pcap, write: out.pcap } }')
}

/** What is named for each port. */
function namedPorts(
  what: 'interface' | 'device',
  file: Readonly<Record<string, string>>,
  nodes: Nodes,
  places: Places,
  ends: Ends,
): readonly TopologyInterface[] {
  const at: Path = ['ports', `${what}s`]
  const named = Object.entries(file).map(([text, name]) => portOf(text, name, [...at, text], places, ends))
  for (const [i, each] of named.entries()) {
    const before = named.slice(0, i).find((other) => nameOf(other.name) === nameOf(each.name))
    if (before === undefined) continue
    throw places.error(at, `${what} '${nameOf(each.name)}' is two ports, in lines ${before.line} and ${each.line}`)
  }
  for (const [node, { name, ports = 0 }] of nodes.entries()) {
    for (let port = 0; port < ports; port++) {
      if (named.some((each) => each.node === node && each.port === port)) continue
      throw places.error(at, `'${name}.${port}' has no ${what}`)
    }
  }
  return named
}

function portOf(text: string, name: string, path: Path, places: Places, ends: Ends): TopologyInterface {
  const at = ends.end(text, path)
  if (at.kind === 'host') throw places.error(path, `'${text}' is a host`, 'name a port, such as dut.0')
  return { node: at.node, port: at.port, name, line: places.line(path) }
}

/** Of a device of DPDK without its parameters; a network card has several ways to be written. */
function nameOf(words: string): string {
  return cardOf(words) ?? words.split(',')[0] ?? words
}

function deviceOf({ kind, forgets: text, within: most, ...commands }: DeviceFile, places: Places): TopologyDevice {
  const line = places.line(['device'])
  const ofOthers = { ...(text === undefined ? {} : { forgets: text }), ...(most === undefined ? {} : { within: most }) }
  const [odd] = Object.keys(kind === 'wasm' ? { ...ofOthers, ...commands } : commands)
  if (kind !== 'command' && odd !== undefined) {
    throw places.error(['device', odd], `a device of kind ${kind} has no '${odd}'`)
  }
  if (kind === 'wasm') return { kind }
  const times = {
    ...(text === undefined ? {} : { forgets: places.duration(text, ['device', 'forgets']) }),
    ...(most === undefined ? {} : { within: places.duration(most, ['device', 'within']) }),
  }
  if (kind === 'external') return { kind, ...times, line }
  if (commands.reset !== undefined && text !== undefined) {
    throw places.error(['device', 'forgets'], "'reset' and 'forgets' say the same", 'leave out one of them')
  }
  if (commands.setup === undefined && commands.run === undefined) {
    throw places.error(['device'], "a device of kind command has 'setup' or 'run'")
  }
  return { kind, ...commands, ...times, line }
}
