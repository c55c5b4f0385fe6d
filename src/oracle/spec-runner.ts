import type { ChoiceSite } from '../domains/concrete/choices.js'
import type { FeatureVector } from '../domains/concrete/features.js'
import { ConcreteReading } from '../domains/concrete/reading.js'
import { VigilError } from '../errors.js'
import { SpecError } from '../spec/error.js'
import { type LoadedSpec, placeOf } from '../spec/load/index.js'
import type { SpecConfig } from '../spec/values.js'
import type { Verdict } from '../spec/verdict.js'
import { egressOf, noSuchPort, sameForms } from './match.js'
import { probe, searchChoices, type Trial } from './search.js'

export interface RunnerOptions {
  readonly spec: Pick<LoadedSpec, 'spec' | 'file'>
  readonly config: SpecConfig
  /** Whether the state before each packet is kept for properties to look at; a little slower. */
  readonly watched?: boolean
  /** Whether the MAC addresses of frames that leave are seen; else they are taken to be as specified. Default: they are. */
  readonly hasMacs?: boolean
}

/**
 * Runs a specification on the packet at hand until its outcome is what was seen, or no choice that it leaves open makes
 * it so; and tells its structures which of their choices showed.
 */
export class SpecRunner implements Trial {
  readonly reading: ConcreteReading
  readonly #options: RunnerOptions
  readonly #everyPort: number
  #ingress = 0
  #expectedPorts = 0
  #isMatch = false
  #hasSearched = false
  #unforced: readonly number[] = []
  /** Whether runs of the packet at hand pass over points that have not shown for long; all that are compared must agree. */
  #quiet = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.reading = this.#start()
    this.#everyPort = 2 ** options.config.portCount - 1
  }

  /** The ports that the last run expects the packet to leave by, as a set. */
  get expectedPorts(): number {
    return this.#expectedPorts
  }

  /** Whether the outcome of the last run is what was seen. */
  get isMatch(): boolean {
    return this.#isMatch
  }

  /** Whether choices of the packet at hand were looked for. */
  get hasSearched(): boolean {
    return this.#hasSearched
  }

  /** What is seen of the packet that comes next, by `ingress`. */
  see(ingress: number, egress: number, output: Uint8Array, outStart: number, outLength: number): void {
    this.#ingress = ingress
    this.#hasSearched = false
    this.reading.seen.set(egress, output, outStart, outLength)
  }

  /** Runs the packet that the reading was started on, and settles its choices where `isMatch` is true then. */
  decide(): Verdict {
    const { choices } = this.reading
    this.#quiet = true
    const verdict = this.#run(this.#unforced)
    this.#isMatch = this.matches(verdict)
    if (!this.#isMatch) return this.#decideAloud(verdict)
    return choices.count === 0 && choices.openRooms.length === 0 ? verdict : this.#settle(verdict)
  }

  /** Runs that packet once, whatever was seen. */
  runOnce(): Verdict {
    this.#quiet = false
    return this.#run(this.#unforced)
  }

  /** None of the choices of the last run is known to be the device's. */
  forgetChoices(): void {
    const { choices } = this.reading
    for (let index = 0; index < choices.count; index++) {
      choices.choosers[index]?.settle(choices.values[index] ?? 0, false)
    }
  }

  run(forced: readonly number[]): Verdict {
    this.reading.rollback()
    return this.#run(forced)
  }

  matches(verdict: Verdict): boolean {
    const { seen, choices } = this.reading
    if (choices.invalid) return false
    const expected = this.#portsOf(verdict)
    if (verdict.kind === 'any') return true
    if (seen.egress !== expected) return false
    if (expected === 0) return true
    return sameForms(verdict, seen, this.reading.pool, this.#options.hasMacs === false)
  }

  features(verdict: Verdict, into: FeatureVector): void {
    const ports = this.#portsOf(verdict)
    const { packet } = verdict
    if (packet === undefined || ports === 0) into.read(this.reading.packet.layers, 0, this.reading.seen.bytes, 0, 0)
    else {
      const { bytes, start, end } = this.reading.pool.layersOf(packet)
      into.read(this.reading.packet.layers, ports, bytes, start, end - start)
    }
  }

  #start(): ConcreteReading {
    const { spec, config, watched } = this.#options
    try {
      return new ConcreteReading(spec.spec, config, spec.file, watched)
    } catch (error) {
      throw this.#specFailed(error)
    }
  }

  #run(forced: readonly number[]): Verdict {
    try {
      const verdict = this.reading.run(forced, this.#quiet)
      this.#expectedPorts = this.#portsOf(verdict)
      return verdict
    } catch (error) {
      throw this.#specFailed(error)
    }
  }

  #portsOf(verdict: Verdict): number {
    const ports = egressOf(verdict, this.#ingress, this.#everyPort)
    if (ports === undefined) throw noSuchPort(verdict, this.#options)
    return ports
  }

  /**
   * The outcome is what was seen: tells each structure, and each site, whether its choice showed in it. None is told
   * before all are probed: what it is told changes which points the next run meets.
   */
  #settle(verdict: Verdict): Verdict {
    const { choices } = this.reading
    const values = choices.values.slice(0, choices.count)
    const choosers = choices.choosers.slice(0, choices.count)
    const sure = choices.fromOutput.slice(0, choices.count)
    const probed: { readonly site: ChoiceSite; readonly shows: boolean }[] = []
    let last = verdict
    for (const index of values.keys()) {
      const site = choices.sites[index]
      if (sure[index] || verdict.kind === 'any' || !site?.isProbed) continue
      const { shows, isSure } = probe(this, site, index)
      probed.push({ site, shows })
      sure[index] = isSure
      last = this.run(values)
    }
    if (choices.openRooms.length > 0) last = this.#lookIntoRooms(values)
    for (const { site, shows } of probed) site.showed(shows)
    for (const [index, chooser] of choosers.entries()) chooser.settle(values[index] ?? 0, sure[index] ?? false)
    return last
  }

  /** Whether insertions that might have come out the other way show in the outcome; leaves the same run in place. */
  #lookIntoRooms(values: readonly number[]): Verdict {
    const { choices } = this.reading
    const rooms = [...choices.openRooms]
    choices.isOpposite = true
    const isHidden = this.matches(this.run(this.#unforced))
    choices.isOpposite = false
    if (isHidden) for (const room of rooms) room.hide()
    return this.run(values)
  }

  /** The quiet run did not match: runs again where that passed over points, and looks for other choices. */
  #decideAloud(quiet: Verdict): Verdict {
    const { choices } = this.reading
    this.#quiet = false
    let verdict = quiet
    if (choices.passedOver) {
      verdict = this.run(this.#unforced)
      this.#isMatch = this.matches(verdict)
    }
    if (this.#isMatch) return this.#settle(verdict)
    return choices.count === 0 ? verdict : this.#search(verdict)
  }

  #search(first: Verdict): Verdict {
    this.#hasSearched = true
    const { verdict, matched } = searchChoices(this, first)
    this.#isMatch = matched
    return matched ? this.#settle(verdict) : verdict
  }

  #specFailed(error: unknown): unknown {
    if (error instanceof VigilError && (error.where.file !== undefined || !(error instanceof SpecError))) return error
    const what = error instanceof Error ? error.message : String(error)
    return new SpecError(`the specification failed: ${what}`, placeOf(error, this.#options.spec.file), { cause: error })
  }
}
