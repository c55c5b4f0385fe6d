/** A device under test between ports of the tester, and a wire of the tester alone. */
import { type DeviceUnderTest, deviceElsewhere, type PortReport, reportPorts, startDevice } from '../../device/index.js'
import { InputError } from '../../errors.js'
import { type LoadedNf, settingsOf } from '../../nf/index.js'
import type { PacketPort } from '../../packetio/index.js'
import { type AskedNf, DEFAULT_BURST, type Topology, type TopologyNode } from '../../testbed/index.js'
import { openOwnWire, openTesterSide, refuseOwn, type TesterSide, type WatchedLink } from '../../wires/index.js'
import { Tester, type TesterOptions } from './tester.js'

export interface Rig {
  /** Another one after a restart. */
  readonly tester: Tester
  readonly ports: readonly PacketPort[]
  readonly device: DeviceUnderTest
  /** Of these. */
  readonly links: readonly WatchedLink[]
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
  /** The version of IP of test frames. */
  readonly ip: 4 | 6
}

/** @throws VigilError for what is wrong with topology, machine or device; nothing is left then. */
export async function openRig(options: RigOptions): Promise<Rig> {
  const { topology, node, asked, nf, ip } = options
  const wired = await openTesterSide(topology, nf, { fills: 'identification' })
  refuseVersion(topology, wired, ip)
  const { device } = topology
  const canRestart = device.kind === 'wasm' || (device.kind === 'command' && device.teardown !== undefined)
  return rigOf(wired, { ...options, canRestart }, () =>
    startDevice({
      topology,
      node,
      asked,
      settings: settingsOf(nf.config),
      side: wired.device,
      burst: DEFAULT_BURST,
      polling: 'wait',
    }),
  )
}

/** @throws InputError where a port does not carry it; nothing stays open then. */
function refuseVersion({ file, ports }: Topology, wired: TesterSide, ip: 4 | 6): void {
  const without = wired.ports.findIndex(({ capabilities }) => !capabilities.versions.includes(ip))
  if (without === -1) return
  wired.close()
  throw new InputError(`the tester has no IPv${ip} address at port ${without}`, {
    file,
    ...(ports.kind === 'sim' ? {} : { line: ports.line }),
    hint: `by raw_ip it is a host there: ${ip === 6 ? 'ip6 and gateway6' : 'ip and gateway'} of hosts, or an address of the interface`,
  })
}

export interface AloneOptions extends Limits {
  readonly topology: Topology
  /** Bytes of the longest frame with its check sequence. */
  readonly size: number
}

/** Two ports of the tester at the ends of one wire: what it does without any device. */
export function openAlone({ topology, size, ...limits }: AloneOptions): Promise<Rig> {
  const standing = { ...limits, canRestart: false }
  return rigOf(openOwnWire(topology, size), standing, () => Promise.resolve(deviceElsewhere))
}

interface Standing extends Limits {
  readonly canRestart: boolean
}

async function rigOf(wired: TesterSide, standing: Standing, start: () => Promise<DeviceUnderTest>): Promise<Rig> {
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
  readonly links: readonly WatchedLink[]
  readonly canRestart: boolean
  readonly #wired: TesterSide
  readonly #standing: Standing
  readonly #start: () => Promise<DeviceUnderTest>
  #device: DeviceUnderTest | undefined
  #tester: Tester | undefined
  meaningless = 0
  #isOpen = true

  constructor(wired: TesterSide, standing: Standing, start: () => Promise<DeviceUnderTest>) {
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
export function refuseUnwired(topology: Topology): TopologyNode {
  const { ports, file, name, nodes } = topology
  const [node] = nodes
  if (node === undefined || nodes.length > 1) {
    throw new InputError('one network function is under test at a time', { file, hint: 'a topology for each' })
  }
  if (ports.kind === 'sim') {
    const hint = 'such as two-port-veth; or ports: { kind: veth } in one of your own'
    throw new InputError(`the ports of topology ${name} are simulated`, { file, hint })
  }
  if (ports.kind === 'pcap') {
    throw new InputError('captures take a network function at any rate', { file, line: ports.line, hint: 'name ports' })
  }
  if (ports.kind === 'interfaces') refuseOwn(topology, 'interfaces')
  if (ports.kind === 'dpdk' && ports.devices !== undefined) refuseOwn(topology, 'devices')
  return node
}
