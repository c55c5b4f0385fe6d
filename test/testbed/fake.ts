import type { Violation } from '../../src/result/types.js'
import type { Device, Judge, Observer, Origin } from '../../src/testbed/index.js'
import { createSimulator, JudgedNode, parseTopology, type Simulator, wire } from '../../src/testbed/index.js'

/** A device in a few lines: `answer` says for each frame by which ports it leaves, -1 for nonsense; it may throw. */
export class FakeDevice implements Device {
  readonly portCount: number
  readonly burst = 256
  readonly memory = new Uint8Array(256 * 2048)
  trapText = 'trapped'
  readonly trapKind = 'trap'
  readonly #answer: (frame: Uint8Array, port: number, now: bigint) => number
  readonly #length: number[] = []
  readonly #port: number[] = []
  readonly #now: bigint[] = []
  readonly #egress: number[] = []

  constructor(portCount: number, answer: (frame: Uint8Array, port: number, now: bigint) => number) {
    this.portCount = portCount
    this.#answer = answer
  }

  setFrame(i: number, bytes: Uint8Array, start: number, length: number, port: number, now: bigint): void {
    this.memory.set(bytes.subarray(start, start + length), i * 2048)
    this.#length[i] = length
    this.#port[i] = port
    this.#now[i] = now
  }

  run(count: number): number {
    for (let i = 0; i < count; i++) {
      const frame = this.memory.subarray(i * 2048, i * 2048 + this.frameLength(i))
      try {
        this.#egress[i] = this.#answer(frame, this.#port[i] ?? 0, this.#now[i] ?? 0n)
      } catch {
        return i
      }
    }
    return count
  }

  stopped(): undefined {}

  egress(i: number): number {
    return this.#egress[i] ?? 0
  }

  badText(): string {
    return 'nonsense'
  }

  frameAt(i: number): number {
    return i * 2048
  }

  frameLength(i: number): number {
    return this.#length[i] ?? 0
  }
}

/** Writes down what it is asked to judge. */
export class FakeJudge implements Judge {
  readonly log: string[] = []

  judge(ingress: number, now: bigint, input: Uint8Array, start: number, length: number, egress: number): number {
    const frame = input.subarray(start, start + length)
    this.log.push(`${now} in ${ingress} out ${egress} [${frame[0]}] ${length}`)
    return 0
  }

  judgeBad(ingress: number, now: bigint, input: Uint8Array, start: number, _: number, kind: string, text: string) {
    this.log.push(`${now} in ${ingress} ${kind}: ${text} [${input[start]}]`)
    return 1
  }

  violation(): { violation: Violation } {
    const nothing = { text: '', ports: [] }
    return {
      violation: {
        nf: 'fake',
        instance: 'fake',
        summary: this.log.at(-1) ?? '',
        kind: 'trap',
        time: '0',
        ingress: 0,
        expected: nothing,
        actual: nothing,
        input: '',
        differences: [],
      },
    }
  }
}

/** Writes down what leaves the network. */
export class FakeObserver implements Observer {
  readonly left_: string[] = []
  readonly gone_: number[] = []

  left(tag: number, bytes: Uint8Array, start: number): void {
    this.left_.push(`${tag} [${bytes[start]}]`)
  }

  gone(tag: number): void {
    this.gone_.push(tag)
  }

  origin(tag: number): Origin {
    return { trace: 'trace', packet: tag + 1 }
  }
}

export interface Rig {
  readonly simulator: Simulator
  readonly judges: readonly FakeJudge[]
  readonly nodes: readonly JudgedNode[]
  readonly observer: FakeObserver
}

/** A topology of fake devices, one for each node in order. */
export function rig(
  yaml: string,
  devices: readonly FakeDevice[],
  options: { seed?: number; burst?: number } = {},
): Rig {
  const observer = new FakeObserver()
  const judges = devices.map(() => new FakeJudge())
  const nodes = devices.map((device, i) => {
    return new JudgedNode(`node${i}`, device, judges[i] ?? new FakeJudge(), observer, 10)
  })
  const network = wire(parseTopology(yaml, 'rig.yaml'), nodes, options.seed ?? 0)
  const burst = options.burst === undefined ? {} : { burst: options.burst }
  return { simulator: createSimulator(network, observer, burst), judges, nodes, observer }
}

/** A frame told by its first byte. */
export function frame(id: number, length = 60): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes[0] = id
  return bytes
}
