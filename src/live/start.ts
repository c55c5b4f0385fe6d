/** Makes a live network of a topology: its wires, what is behind them, and the ports that traces are sent by. */
import { type DeviceReport, type DeviceUnderTest, deviceElsewhere, type Fault, startDevice } from '../device/index.js'
import { InputError } from '../errors.js'
import { answeringHosts, askBy, resolveGateways } from '../hosts/index.js'
import { type DescribedNf, macsOf, settingsOf } from '../nf/index.js'
import type { Oracle } from '../oracle/index.js'
import type { PacketPort } from '../packetio/index.js'
import type { Violation } from '../result/types.js'
import { type AskedNf, type Beat, carriesIpOnly, type Observer, type Topology } from '../testbed/index.js'
import { elsewhere, kernelLink, offeredEnds, openEnds, openTesterSide, type TesterSide } from '../wires/index.js'
import { entriesOf } from './entries.js'
import { Losses } from './losses.js'
import { LiveNetwork } from './network.js'
import type { PaceOptions } from './pace.js'

export interface LiveNetworkOptions extends PaceOptions {
  readonly topology: Topology
  readonly asked: AskedNf
  /** The one whose specification judges. */
  readonly nf: DescribedNf
  readonly oracle: Oracle
  readonly beats: readonly Beat[]
  readonly observer: Observer
  readonly burst: number
  readonly violationLimit: number
  /** Whether a violation is a deviation that the device is known for. */
  readonly isKnown: (violation: Violation) => boolean
  /** Milliseconds after which a frame that did not come out is taken to be dropped, where nothing tells earlier. */
  readonly patience?: number
  /** The process of a `vigil run` whose ports are used. */
  readonly attach?: number
}

export interface Live {
  readonly network: LiveNetwork
  readonly ports: readonly PacketPort[]
  /** Ends the device; it says what it has counted, and what it did wrong in the end. */
  stop(): Promise<Ended>
  /** Gives everything back. */
  close(): Promise<void>
}

export interface Ended extends DeviceReport {
  readonly fault?: Fault
}

/** The patience of who says nothing of it. */
const PATIENCE = 1000

/** Ends the device. Answers that name no port leave nothing that could be seen. */
async function ended(device: DeviceUnderTest, { record, hasHung }: LiveNetwork): Promise<Ended> {
  const before = device.fault
  // What hangs had time enough.
  const report = await device.stop(hasHung ? 0 : undefined)
  const meaningless = report.counts?.meaningless ?? 0
  if (meaningless > 0) record.badEnd(`${meaningless} answers of the network function name no port`, 'bad verdict')
  // What was known before has ended the run already.
  if (device.fault === undefined || before !== undefined) return report
  if (device.fault.kind !== undefined) record.badEnd(device.fault.cause, device.fault.kind)
  return { ...report, fault: device.fault }
}

function capOf({ ports }: Topology): { mostPerSecond?: number } {
  return 'mostPerSecond' in ports ? { mostPerSecond: ports.mostPerSecond } : {}
}

/** @throws VigilError for what is wrong with topology, machine or device; nothing is left then. */
export async function startLive(options: LiveNetworkOptions): Promise<Live> {
  const { topology, asked, nf, burst, attach } = options
  const entries = entriesOf(topology)
  const [node] = topology.nodes
  if (node === undefined) throw new Error('a topology without a node')
  const wired = attach === undefined ? await openTesterSide(topology, nf) : await offeredSide(topology, nf, attach)
  let device: DeviceUnderTest | undefined
  let network: LiveNetwork | undefined
  const close = async (): Promise<void> => {
    network?.close()
    await device?.stop(network?.hasHung === true ? 0 : undefined)
    wired.close()
  }
  try {
    const { ports, links, deviceLinks } = wired
    device =
      attach === undefined
        ? await startDevice({
            topology,
            node,
            asked,
            settings: settingsOf(nf.config),
            side: wired.device,
            burst,
            polling: 'wait',
          })
        : deviceElsewhere
    const losses = new Losses({ ports, device, testerLinks: links, deviceLinks })
    const running = new LiveNetwork({
      ...options,
      ...capOf(topology),
      name: node.name,
      ports,
      links,
      answering: answeringHosts(topology),
      gateways: resolveGateways(topology, entries.hosts, askBy(ports), macsOf(nf.config, 'deviceMac')),
      chatters: topology.device.kind !== 'wasm' || attach !== undefined,
      device,
      losses,
      entries,
      patience: options.patience ?? PATIENCE,
      granularity: Number(nf.manifest.timeGranularity),
      removesTrailers: nf.manifest.removesTrailers,
    })
    const started = device
    network = running
    return {
      network: running,
      ports,
      stop: () => ended(started, running),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The other ends of the ports of a network function that another process runs. */
async function offeredSide(topology: Topology, { config }: DescribedNf, pid: number): Promise<TesterSide> {
  const { ports, file } = topology
  if (ports.kind !== 'veth') throw new InputError('--attach is for a topology whose ports are veth pairs', { file })
  if (carriesIpOnly(topology)) {
    throw new InputError('--attach is for network functions, which raw_ip does not reach', { file, line: ports.line })
  }
  const testers = await offeredEnds(pid)
  const held = testers[0]?.namespace
  try {
    if (testers.length !== config.portCount) {
      throw new InputError(
        `process ${pid} runs a network function with ${testers.length} ports, not ${config.portCount}`,
      )
    }
    const opened = openEnds(testers)
    const close = (): void => {
      for (const port of opened) port.close()
      held?.close()
    }
    const links = testers.map((end) => kernelLink(end, false))
    return { ports: opened, links, device: elsewhere, deviceLinks: [], close }
  } catch (error) {
    held?.close()
    throw error
  }
}
