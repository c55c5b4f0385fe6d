/** A device under test between ports of the tester, and a wire of the tester alone. */
import { type DeviceUnderTest, deviceElsewhere, type PortReport, reportPorts, startDevice } from '../../device/index.js'
import { InputError } from '../../errors.js'
import type { LoadedNf } from '../../nf/index.js'
import {
  createVeth,
  type LinkEnd,
  NetworkNamespace,
  openAfPacket,
  openPort,
  type PacketPort,
} from '../../packetio/index.js'
import { type AskedNf, DEFAULT_BURST, type PortBackend, type Topology, type TopologyNode } from '../../testbed/index.js'
import { createPairs, inPortOrder, openInterfaces } from '../../wires/index.js'
import { Tester, type TesterOptions } from './tester.js'

export interface Rig {
  /** Another one after a restart. */
  readonly tester: Tester
  readonly ports: readonly PacketPort[]
  readonly device: DeviceUnderTest
  /** Names of interfaces of this machine that are cabled to the device; none where links are the run's own. */
  readonly links: readonly string[]
  /** Whether the device can be started anew, with empty tables. */
  readonly canRestart: boolean
  restart(): Promise<void>
  /** Answers of the device that have no meaning, of all that have ended. */
  readonly meaningless: number
  /** Ends the device; the ports stay open. */
  end(): Promise<void>
  portReports(): readonly PortReport[]
  /** Ends the device and gives everything back. It may be called again. */
  close(): Promise<void>
}

/** Of all trials. */
type Limits = Pick<TesterOptions, 'quiet' | 'rateCap' | 'signal'>

export interface RigOptions extends Limits {
  readonly topology: Topology
  readonly node: TopologyNode
  readonly asked: AskedNf
  readonly nf: LoadedNf
}

interface Wired {
  readonly ports: readonly PacketPort[]
  readonly links: readonly string[]
  /** Of the device, where they are on this machine. */
  readonly devices: readonly LinkEnd[]
  readonly namespace: NetworkNamespace
  close(): void
}

/** Ethernet's addresses and type, and the check sequence; and the packets that every link carries. */
const AROUND_PACKET = 18
const USUAL_MTU = 1500

/** @throws VigilError for what is wrong with topology, machine or device; nothing is left then. */
export async function openRig(options: RigOptions): Promise<Rig> {
  const { topology, node, asked, nf } = options
  const wired = await wire(topology, nf)
  const { device } = topology
  const canRestart = device.kind === 'wasm' || (device.kind === 'command' && device.teardown !== undefined)
  return rigOf(wired, { ...options, canRestart }, () =>
    startDevice({
      topology,
      node,
      asked,
      namespace: wired.namespace,
      interfaces: wired.devices,
      burst: DEFAULT_BURST,
      polling: 'wait',
    }),
  )
}

export interface OwnWireOptions extends Limits {
  /** By what the tester's ports are opened. */
  readonly backend: PortBackend
  /** Bytes of the longest frame with its check sequence. */
  readonly size: number
}

/** Two ports of the tester at the ends of one wire: what it does without any device. */
export function openOwnWire(options: OwnWireOptions): Promise<Rig> {
  const { backend, size } = options
  const [here, there] = [NetworkNamespace.create(), NetworkNamespace.create()]
  const ports: PacketPort[] = []
  const close = (): void => {
    for (const port of ports) port.close()
    for (const each of [here, there]) each.close()
  }
  try {
    const ends = [
      { namespace: here, name: 'left' },
      { namespace: there, name: 'right' },
    ] as const
    createVeth(ends[0], ends[1], Math.max(USUAL_MTU, size - AROUND_PACKET))
    for (const { namespace, name } of ends) ports.push(openPort(backend, name, { namespace }))
  } catch (error) {
    close()
    throw error
  }
  const wired: Wired = { ports, links: [], devices: [], namespace: here, close }
  return rigOf(wired, { ...options, canRestart: false }, () => Promise.resolve(deviceElsewhere))
}

interface Standing extends Limits {
  readonly canRestart: boolean
}

async function rigOf(wired: Wired, standing: Standing, start: () => Promise<DeviceUnderTest>): Promise<Rig> {
  const rig = new WiredRig(wired, standing, start)
  try {
    await rig.restart()
    return rig
  } catch (error) {
    await rig.close()
    throw error
  }
}

class WiredRig implements Rig {
  readonly ports: readonly PacketPort[]
  readonly links: readonly string[]
  readonly canRestart: boolean
  readonly #wired: Wired
  readonly #standing: Standing
  readonly #start: () => Promise<DeviceUnderTest>
  #device: DeviceUnderTest | undefined
  #tester: Tester | undefined
  meaningless = 0
  #isOpen = true

  constructor(wired: Wired, standing: Standing, start: () => Promise<DeviceUnderTest>) {
    this.ports = wired.ports
    this.links = wired.links
    this.canRestart = standing.canRestart
    this.#wired = wired
    this.#standing = standing
    this.#start = start
  }

  get device(): DeviceUnderTest {
    if (this.#device === undefined) throw new Error('the device is not started')
    return this.#device
  }

  get tester(): Tester {
    if (this.#tester === undefined) throw new Error('the device is not started')
    return this.#tester
  }

  async restart(): Promise<void> {
    await this.end()
    this.#device = await this.#start()
    const { quiet, rateCap, signal } = this.#standing
    this.#tester = new Tester({ ports: this.ports, device: this.#device, quiet, rateCap, signal })
  }

  portReports(): readonly PortReport[] {
    return reportPorts(this.ports)
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.end()
    this.#wired.close()
  }

  async end(): Promise<void> {
    this.#tester?.close()
    this.#tester = undefined
    const device = this.#device
    this.#device = undefined
    const report = await device?.stop()
    this.meaningless += report?.counts?.meaningless ?? 0
  }
}

/** Refuses what has no ports of this machine, before anything is made. */
export function refuseUnwired({ ports, device, file, name, nodes }: Topology): TopologyNode {
  const [node] = nodes
  if (node === undefined || nodes.length > 1) {
    throw new InputError('one network function is under test at a time', { file, hint: 'a topology for each' })
  }
  if (ports.kind === 'sim') {
    const hint = 'such as two-port-veth; or ports: { kind: veth } in one of your own'
    throw new InputError(`the ports of topology ${name} are simulated`, { file, hint })
  }
  if (ports.kind === 'interfaces' && device.kind === 'wasm') {
    throw new InputError('these interfaces are those of the network function itself', {
      file,
      line: ports.line,
      hint: 'device: { kind: external } says that what is under test is cabled to them',
    })
  }
  return node
}

async function wire({ ports, file, nodes }: Topology, nf: LoadedNf): Promise<Wired> {
  if (ports.kind !== 'interfaces') return wirePairs(nf, ports.kind === 'veth' ? ports.mtu : 0)
  const interfaces = inPortOrder(nodes[0]?.name ?? '', nf.config.portCount, { file, interfaces: ports.interfaces })
  const opened = await openInterfaces({ ...ports, file, interfaces })
  const links = interfaces.map(({ interface: name }) => name)
  return { ports: opened.ports, links, devices: [], namespace: NetworkNamespace.present, close: opened.close }
}

function wirePairs({ config }: LoadedNf, mtu: number): Wired {
  const pairs = createPairs(config, mtu)
  const ports: PacketPort[] = []
  const close = (): void => {
    for (const port of ports) port.close()
    pairs.close()
  }
  try {
    for (const { name, namespace } of pairs.testers) ports.push(openAfPacket(name, { namespace }))
  } catch (error) {
    close()
    throw error
  }
  return { ports, links: [], devices: pairs.devices, namespace: pairs.namespace, close }
}
