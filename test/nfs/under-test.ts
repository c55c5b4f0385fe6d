/** A network function's real binary with its specification as judge, one packet at a time. */
import { loadNf, NfTrap } from '../../src/nf/index.js'
import { MAX_PACKET } from '../../src/nf/memory-map.js'
import { loadSpec, OK, Oracle, UNDECIDED } from '../../src/oracle/index.js'

/** What became of one packet. */
export interface Sent {
  /** The ports that it left by, in order. */
  readonly ports: readonly number[]
  /** Its bytes afterwards. */
  readonly frame: Uint8Array
  /** Why the specification does not allow this; undefined where it does. */
  readonly violation: string | undefined
}

export interface UnderTestOptions {
  readonly ports?: number
  /** An AssemblyScript source to be judged in place of the network function's own. */
  readonly source?: string
  /** A specification to judge by in place of the network function's own. */
  readonly spec?: string
  /** Whether properties are to look at the state; see `OracleOptions`. */
  readonly watched?: boolean
}

type LoadedNf = Awaited<ReturnType<typeof loadNf>>
type LoadedSpec = Awaited<ReturnType<typeof loadSpec>>

export class UnderTest {
  readonly oracle: Oracle
  readonly portCount: number
  readonly #instance: ReturnType<LoadedNf['instantiate']>
  /** Frames are sent from one place: the views that a new one needs cost more than the packet. */
  readonly #input = new Uint8Array(MAX_PACKET)
  #trapped = false

  /** `after`: one that is used no more, whose memory it takes; a new one of 128 MiB keeps the collector busy. */
  constructor(nf: LoadedNf, spec: LoadedSpec, watched = false, after?: UnderTest) {
    const { name } = nf.manifest
    this.oracle = new Oracle({ nf: name, instance: name, spec, config: nf.config, watched })
    this.portCount = nf.config.portCount
    this.#instance = nf.instantiate(after === undefined ? {} : { after: after.#instance })
  }

  /** Sends a frame in by `port` at `now`, nanoseconds, which never falls. */
  send(port: number, frame: Uint8Array, now: bigint): Sent {
    const violation = this.violationBy(port, frame, now)
    const device = this.#instance
    const at = device.frameBuffer(0)
    const egress = this.#trapped ? 0 : device.verdict(0)
    const ports = Array.from({ length: this.portCount }, (_, i) => i).filter((i) => egress > 0 && (egress >> i) & 1)
    return { ports, frame: device.bytes.slice(at, at + frame.length), violation }
  }

  /** The same, but tells only the violation: much quicker. */
  violationBy(port: number, frame: Uint8Array, now: bigint): string | undefined {
    const device = this.#instance
    const { length } = frame
    const input = this.#input
    input.set(frame)
    device.setFrame(0, input, 0, length, port, now)
    const trap = this.#run()
    this.#trapped = trap !== undefined
    if (trap !== undefined) return trap
    const at = device.frameBuffer(0)
    const egress = device.verdict(0)
    if (egress < 0) return `result ${device.result(0)} means nothing`
    const judgement = this.oracle.judge(port, now, input, 0, length, egress, device.bytes, at, length)
    return judgement === OK ? undefined : this.#why(judgement === UNDECIDED)
  }

  #run(): string | undefined {
    try {
      this.#instance.run(1)
      return undefined
    } catch (error) {
      if (error instanceof NfTrap) return error.message
      throw error
    }
  }

  #why(undecided: boolean): string {
    return undecided ? 'undecided' : this.oracle.violation().violation.summary
  }
}

/** Loads a network function and its specification; each call of what it gives starts it anew, its tables empty. */
export async function nfUnderTest(
  nf: string,
  config: Readonly<Record<string, unknown>> = {},
  options: UnderTestOptions = {},
): Promise<(after?: UnderTest) => UnderTest> {
  const { ports, source, watched } = options
  const loaded = await loadNf(nf, {
    config,
    ...(ports === undefined ? {} : { portCount: ports }),
    ...(source === undefined ? {} : { binary: source }),
  })
  const { spec = loaded.manifest.spec } = options
  if (spec === undefined) throw new Error(`${nf} has no specification`)
  const loadedSpec = await loadSpec(spec)
  return (after) => new UnderTest(loaded, loadedSpec, watched, after)
}
