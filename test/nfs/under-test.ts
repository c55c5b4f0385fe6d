/** A network function's real binary with its specification as judge, one packet at a time. */
import { loadNf, NfTrap } from '../../src/nf/index.js'
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

  constructor(nf: LoadedNf, spec: LoadedSpec, watched = false) {
    const { name } = nf.manifest
    this.oracle = new Oracle({ nf: name, instance: name, spec, config: nf.config, watched })
    this.portCount = nf.config.portCount
    this.#instance = nf.instantiate()
  }

  /** Sends a frame in by `port` at `now`, nanoseconds, which never falls. */
  send(port: number, frame: Uint8Array, now: bigint): Sent {
    const device = this.#instance
    device.setFrame(0, frame, 0, frame.length, port, now)
    const trap = this.#run()
    const at = device.frameBuffer(0)
    const egress = device.verdict(0)
    const after = device.bytes.slice(at, at + frame.length)
    const ports = Array.from({ length: this.portCount }, (_, i) => i).filter((i) => egress > 0 && (egress >> i) & 1)
    if (trap !== undefined) return { ports: [], frame: after, violation: trap }
    if (egress < 0) return { ports, frame: after, violation: `result ${device.result(0)} means nothing` }
    const { length } = frame
    const judgement = this.oracle.judge(port, now, frame, 0, length, egress, device.bytes, at, length)
    return { ports, frame: after, violation: judgement === OK ? undefined : this.#why(judgement === UNDECIDED) }
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
): Promise<() => UnderTest> {
  const { ports, source, watched } = options
  const loaded = await loadNf(nf, {
    config,
    ...(ports === undefined ? {} : { portCount: ports }),
    ...(source === undefined ? {} : { binary: source }),
  })
  const { spec = loaded.manifest.spec } = options
  if (spec === undefined) throw new Error(`${nf} has no specification`)
  const loadedSpec = await loadSpec(spec)
  return () => new UnderTest(loaded, loadedSpec, watched)
}
