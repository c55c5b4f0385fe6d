/** One device under test behind ports of its own: cases run on it one after the other, each on empty tables. */
import { setTimeout as sleep } from 'node:timers/promises'

import { type DeviceUnderTest, startDevice } from '../../device/index.js'
import { InputError } from '../../errors.js'
import { Histogram } from '../../histogram.js'
import { addressTo, answeringHosts, askBy, portsOfHosts, resolveGateways } from '../../hosts/index.js'
import { type DescribedNf, macsOf, settingsOf } from '../../nf/index.js'
import { Oracle } from '../../oracle/index.js'
import type { Tally } from '../../oracle/tally.js'
import { Burst, CHECKSUM_OPEN, codeOf, type PacketPort, untaken } from '../../packetio/index.js'
import type { Violation } from '../../result/index.js'
import type { LoadedSpec } from '../../spec/load/index.js'
import { type AskedNf, carriesIpOnly, type Topology, type TopologyNode } from '../../testbed/index.js'
import { openTesterSide, refuseLost, type TesterSide } from '../../wires/index.js'
import { artefactOf, type Egress, hasTag } from '../classes/artefact.js'
import type { TimedPacket } from '../run-case.js'
import { sentByIp } from './by-ip.js'
import { type Bench, Lockstep, type Seen } from './lockstep.js'

export interface LaneOptions {
  readonly topology: Topology
  readonly node: TopologyNode
  readonly asked: AskedNf
  readonly nf: DescribedNf
  readonly spec: LoadedSpec
  /** Milliseconds. */
  readonly silence: number
  readonly patience: number
  /** The same for a packet, then the device does not come to an end with it. */
  readonly mostTime: number
  /** Nanoseconds. */
  readonly granularity: number
  readonly removesTrailers: boolean
  /** Whether a violation is a deviation that the device is known for. */
  readonly isKnown: (violation: Violation) => boolean
}

export interface SeenCase extends Seen {
  readonly tally: Tally
  /** What a wire or port did to the frame that the violation is about, in a line. */
  readonly artefact: string | undefined
}

/** Frames taken from a port at a time. */
const BURST = 64
/** Bytes beyond what a link says that a frame may have. */
const TAGS = 64
const HANG = 'it does not come to an end with the packet'

interface Running {
  readonly lockstep: Lockstep
  readonly oracle: Oracle
  readonly resolve: (seen: SeenCase) => void
  readonly reject: (error: unknown) => void
}

export class Lane {
  /** Frames that came when no case ran. */
  stray = 0
  readonly roundTrips = new Histogram()
  readonly ports: readonly PacketPort[]
  readonly #options: LaneOptions
  readonly #wired: TesterSide
  readonly #bench: Bench
  readonly #sending: Burst
  readonly #receiving: Burst
  /** Frames handed to each port since the device was started. */
  readonly #handed: number[]
  readonly #isIp: boolean
  /** Frames with a VLAN tag that came out of each. */
  readonly #tagged: number[]
  #started: Started
  #running: Running | undefined
  #isFresh = true

  private constructor(options: LaneOptions, wired: TesterSide, begun: Started) {
    const { topology, silence, patience, granularity, removesTrailers } = options
    const { ports } = wired
    const longest = Math.max(2048, ...ports.map(({ capabilities }) => capabilities.longestTagged + TAGS))
    this.#options = options
    this.#wired = wired
    this.#started = begun
    this.ports = ports
    this.#sending = new Burst(1, longest)
    this.#receiving = new Burst(BURST, longest)
    this.#handed = ports.map(() => 0)
    this.#isIp = carriesIpOnly(topology)
    this.#tagged = ports.map(() => 0)
    this.#bench = {
      portCount: ports.length,
      addressed: (port, bytes) => this.#addressed(port, bytes),
      send: (port, bytes) => this.#send(port, bytes),
      isPast: (port) => this.#isPast(port),
      answering: answeringHosts(topology),
      chatters: topology.device.kind !== 'wasm',
      silence,
      patience,
      granularity,
      removesTrailers,
      isKnown: options.isKnown,
      roundTrips: this.roundTrips,
    }
  }

  /** @throws VigilError for what is wrong with topology, machine or device; nothing is left then. */
  static async open(options: LaneOptions): Promise<Lane> {
    const wired = await openTesterSide(options.topology, options.nf)
    try {
      return new Lane(options, wired, await started(options, wired))
    } catch (error) {
      wired.close()
      throw error
    }
  }

  /** Runs a case on an empty device; to be driven by `step`. */
  async run(name: string, packets: readonly TimedPacket[]): Promise<SeenCase> {
    refuseLost(this.#wired.links)
    await this.#empty()
    const { spec, nf, node } = this.#options
    const hasMacs = !this.#isIp
    const oracle = new Oracle({ nf: nf.manifest.name, instance: node.name, spec, config: nf.config, hasMacs })
    const lockstep = new Lockstep(this.#bench, oracle, name, packets)
    const seen = await new Promise<SeenCase>((resolve, reject) => {
      this.#running = { lockstep, oracle, resolve, reject }
    })
    if (this.#device.fault !== undefined || seen.violation?.kind === 'hang') await this.#restart()
    return seen
  }

  /** Does what is due. @returns Milliseconds until there is something to do, unless a frame comes. */
  step(): number {
    this.#receive()
    const running = this.#running
    if (running === undefined) return IDLE
    const { lockstep, resolve, reject, oracle } = running
    try {
      const wait = this.#isBroken(lockstep) ? 0 : lockstep.step(process.hrtime.bigint())
      if (!lockstep.isOver) return wait
      this.#running = undefined
      const { seen } = lockstep
      const { violation, open } = seen
      const artefact = violation && artefactOf(violation, this.#egress, open)
      resolve({ ...seen, tally: oracle.tally, artefact })
    } catch (error) {
      this.#running = undefined
      reject(error)
    }
    return 0
  }

  /** Ends the device and gives everything back. */
  async close(): Promise<void> {
    await this.#device.stop()
    this.#wired.close()
  }

  #isBroken(lockstep: Lockstep): boolean {
    const { fault } = this.#device
    const late = lockstep.underWay > this.#options.mostTime
    if (fault === undefined && !late) return false
    lockstep.broke(fault?.kind ?? (late ? 'hang' : 'trap'), fault?.cause ?? HANG)
    return true
  }

  async #empty(): Promise<void> {
    if (this.#isFresh) {
      this.#isFresh = false
      return
    }
    const { topology } = this.#options
    const { device } = topology
    if (device.kind !== 'wasm' && device.forgets !== undefined) await sleep(Number(device.forgets) / 1e6)
    else if (this.#device.reset === undefined) throw nothingEmpties(topology)
    else await this.#device.reset()
    if (this.#device.fault !== undefined) await this.#restart()
    this.#receive()
  }

  get #device(): DeviceUnderTest {
    return this.#started.device
  }

  get #egress(): Egress[] {
    return this.ports.map(({ capabilities }, at) => {
      const { pads = false, takesTags = false } = this.#wired.links[at]?.does() ?? {}
      return { ...capabilities, pads, takesTags, tagged: this.#tagged[at] ?? 0 }
    })
  }

  #addressed(port: number, bytes: Uint8Array): Uint8Array {
    const gateway = this.#started.gateways[port]
    if (this.#isIp) return sentByIp(bytes, gateway)
    if (gateway === undefined) return bytes
    const frame = bytes.slice()
    addressTo(gateway, frame)
    return frame
  }

  async #restart(): Promise<void> {
    await this.#device.stop()
    this.#started = await started(this.#options, this.#wired)
    this.#handed.fill(0)
    this.#isFresh = true
  }

  #receive(): void {
    for (const [egress, port] of this.ports.entries()) {
      for (let count = BURST; count === BURST; ) {
        count = port.receive(this.#receiving)
        const now = process.hrtime.bigint()
        for (let i = 0; i < count; i++) {
          const frame = this.#receiving.frame(i)
          if (hasTag(frame)) this.#tagged[egress] = (this.#tagged[egress] ?? 0) + 1
          if (this.#running === undefined) this.stray += 1
          else this.#running.lockstep.came(egress, now, frame, (this.#receiving.flags(i) & CHECKSUM_OPEN) !== 0)
        }
      }
    }
  }

  #send(port: number, bytes: Uint8Array): string | undefined {
    const burst = this.#sending
    if (bytes.length > burst.bytes.length) return untaken('EMSGSIZE')
    burst.bytes.set(bytes)
    burst.set(0, 0, bytes.length)
    const until = performance.now() + this.#options.patience
    try {
      while (this.ports[port]?.send(burst, 0, 1) === 0) {
        if (performance.now() > until) return untaken('ENOBUFS')
      }
    } catch (error) {
      const code = codeOf(error)
      if (code === undefined) throw error
      return untaken(code)
    }
    this.#handed[port] = (this.#handed[port] ?? 0) + 1
    return undefined
  }

  #isPast(port: number): boolean | undefined {
    const { processed } = this.#device
    if (processed === undefined) return undefined
    if ((processed[port] ?? 0) < (this.#handed[port] ?? 0)) return false
    // What came out is in the port by now.
    this.#receive()
    return true
  }
}

/** Milliseconds that a lane without a case need not be looked at. */
const IDLE = 20

interface Started {
  readonly device: DeviceUnderTest
  /** Its MAC address by port, where it is sent to as a router. */
  readonly gateways: readonly (number | undefined)[]
}

async function started(options: LaneOptions, wired: TesterSide): Promise<Started> {
  const { topology, node, asked, nf } = options
  const device = await startDevice({
    topology,
    node,
    asked,
    side: wired.device,
    settings: settingsOf(nf.config),
    burst: 1,
    polling: 'wait',
  })
  try {
    const specified = macsOf(nf.config, 'deviceMac')
    return { device, gateways: resolveGateways(topology, portsOfHosts(topology), askBy(wired.ports), specified) }
  } catch (error) {
    await device.stop()
    throw error
  }
}

function nothingEmpties({ file, device }: Topology): InputError {
  return new InputError('each case begins with empty tables, and nothing empties those of this device', {
    file,
    ...(device.kind === 'wasm' ? {} : { line: device.line }),
    hint: "say after how long it has forgotten all: 'forgets: 300 s' under device",
  })
}
