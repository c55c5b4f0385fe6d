/**
 * The suites that judge mutants of a network function: of its default configuration, and of that in which a mutant was
 * killed, where that is another one. Each is derived once in a campaign, and kept as a folder.
 */
import { join } from 'node:path'

import { derive } from '../derive/derive.js'
import { writeSuite } from '../derive/suite/folder.js'
import { findNf, readManifest } from '../nf/index.js'
import { loadTopology } from '../testbed/index.js'
import type { Kill } from './outcome.js'

export interface DerivedSuite {
  readonly folder: string
  readonly config: readonly string[]
  readonly cases: number
  /** Whether nothing was left to look for when the time was over. */
  readonly isComplete: boolean
  /** That it took to derive. */
  readonly seconds: number
}

export interface SuitesOptions {
  /** Suites are folders in it. */
  readonly folder: string
  readonly seed: number
  readonly signal: AbortSignal
  readonly onProgress: (what: string) => void
}

/** Seconds: several times what the longest takes, so that time does not decide what is in a suite. */
const BUDGET = 600

/** Of one network function. */
export class Suites {
  readonly #nf: string
  readonly #options: SuitesOptions
  readonly #derived = new Map<string, DerivedSuite>()

  constructor(nf: string, options: SuitesOptions) {
    this.#nf = nf
    this.#options = options
  }

  get all(): readonly DerivedSuite[] {
    return [...this.#derived.values()]
  }

  /** @throws InputError, SpecError where there is none of the specification. */
  async of(config: readonly string[]): Promise<DerivedSuite> {
    const name = config.join(' ')
    const derived = this.#derived.get(name) ?? (await this.#derive(config))
    this.#derived.set(name, derived)
    return derived
  }

  async #derive(config: readonly string[]): Promise<DerivedSuite> {
    const { seed, signal, onProgress } = this.#options
    const begun = performance.now()
    const suite = await derive({
      nf: this.#nf,
      config,
      seed,
      budget: BUDGET,
      signal,
      onProgress: (what) => onProgress(`the suite of ${[this.#nf, ...config].join(' ')}: ${what}`),
    })
    const folder = join(this.#options.folder, `${suite.nf}-suite-${this.#derived.size + 1}`)
    writeSuite(suite, folder)
    const { cases, isComplete } = suite
    return { folder, config, cases: cases.length, isComplete, seconds: (performance.now() - begun) / 1000 }
  }
}

/** Settings in which a mutant was killed, `name=value` each; none is the default configuration. */
export function configOf(nf: string, { replay = [] }: Kill): readonly string[] {
  const [topology] = valuesOf(replay, '--topology')
  const ports = topology === undefined ? undefined : loadTopology(topology).nodes[0]?.ports
  const isDefault = ports === undefined || ports === readManifest(findNf(nf)).ports.count
  return [...valuesOf(replay, '--config'), ...(isDefault ? [] : [`portCount=${ports}`])]
}

function valuesOf(words: readonly string[], option: string): string[] {
  return words.flatMap((word, at) => (words[at - 1] === option ? [word] : []))
}
