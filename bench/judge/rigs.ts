/** The two ways that traffic runs: through the simulator with the oracle as judge, and through the bare function. */
import type { NfInstance } from '../../src/nf/index.js'
import { Oracle } from '../../src/oracle/index.js'
import {
  createSimulator,
  DEFAULT_BURST,
  JudgedNode,
  type Observer,
  type Origin,
  type Simulator,
  wire,
} from '../../src/testbed/index.js'
import { FRAME } from './kinds.js'
import { PlantingDevice } from './planting.js'
import type { Subject } from './subject.js'
import { type Chunk, STRIDE, type Traffic } from './traffic.js'

export interface Rig {
  /** Runs the frames of a chunk, numbered from `base`. Only this is timed. */
  run(chunk: Chunk, base: number): void
}

/** The simulator's path of `vigil replay`: one network function, judged, no links behind it. */
export class JudgedRig implements Rig, Observer {
  readonly oracle: Oracle
  readonly node: JudgedNode
  readonly device: PlantingDevice
  readonly #simulator: Simulator
  readonly #traffic: Traffic
  #chunk: Chunk | undefined
  #base = 0

  constructor(subject: Subject, traffic: Traffic) {
    const { nf, spec, kind } = subject
    const { portCount } = nf.config
    this.#traffic = traffic
    this.oracle = new Oracle({ nf: kind.nf, instance: 'dut', spec, config: nf.config })
    this.device = new PlantingDevice(nf.instantiate())
    this.node = new JudgedNode('dut', this.device, this.oracle, this, 10_000)
    const inputs = Array.from({ length: portCount }, (_, port) => ({
      name: `port${port}`,
      at: { kind: 'port' as const, node: 0, port },
      line: 0,
    }))
    const nodes = [{ name: 'dut', nf: kind.nf, ports: portCount, config: {}, line: 0 }]
    const network = wire(
      {
        file: '',
        name: '',
        title: '',
        ports: { kind: 'sim' },
        device: { kind: 'wasm' },
        nodes,
        hosts: [],
        links: [],
        inputs,
      },
      [this.node],
      0,
    )
    this.#simulator = createSimulator(network, this)
    if (!this.#simulator.counts.isDirect) throw new Error('not the direct simulator')
  }

  run(chunk: Chunk, base: number): void {
    this.#chunk = chunk
    this.#base = base
    this.device.begin(chunk, base)
    const { bytes, count, ports, times } = chunk
    const simulator = this.#simulator
    for (let i = 0; i < count; i++) simulator.send(ports[i] ?? 0, bytes, i * STRIDE, FRAME, times[i] ?? 0n, i)
    simulator.flush()
  }

  left(tag: number, bytes: Uint8Array, start: number): void {
    const unit = this.#chunk?.opens[tag] ?? -1
    if (unit !== -1) this.#traffic.emitted(unit, bytes, start)
  }

  gone(): void {}

  origin(tag: number): Origin {
    return { trace: '', packet: this.#base + tag }
  }
}

/** The network function by itself: the same frames, in bursts of the same size. */
export class BareRig implements Rig {
  readonly #nf: NfInstance
  readonly #traffic: Traffic

  constructor(subject: Subject, traffic: Traffic) {
    this.#nf = subject.nf.instantiate()
    this.#traffic = traffic
  }

  run(chunk: Chunk): void {
    const { bytes, count, ports, times, opens } = chunk
    const nf = this.#nf
    for (let first = 0; first < count; first += DEFAULT_BURST) {
      const size = Math.min(DEFAULT_BURST, count - first)
      for (let i = 0; i < size; i++) {
        const packet = first + i
        nf.setFrame(i, bytes, packet * STRIDE, FRAME, ports[packet] ?? 0, times[packet] ?? 0n)
      }
      nf.run(size)
      for (let i = 0; i < size; i++) {
        const unit = opens[first + i] ?? -1
        if (unit !== -1 && nf.verdict(i) > 0) this.#traffic.emitted(unit, nf.bytes, nf.frameBuffer(i))
      }
    }
  }
}
