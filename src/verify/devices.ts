/** The real binary, in the configurations that models are about. */
import type { Model, Terms } from '../smt/index.js'
import { type RealNf, realNf } from './real-nf.js'
import { type ConfiguredAs, configuredIn, type Subject } from './subject.js'

export interface Device extends ConfiguredAs {
  readonly real: RealNf
}

export class Devices {
  readonly #subject: Subject
  readonly #terms: Terms
  #last: Device | undefined

  /** Models are of these terms. */
  constructor(subject: Subject, terms: Terms) {
    this.#subject = subject
    this.#terms = terms
  }

  /** The one that ran last is at hand. Undefined where a model's configuration is none that nf.yaml allows. */
  in(model: Model): Device | undefined {
    const found = configuredIn(this.#subject, this.#terms, model)
    if (found === undefined) return undefined
    if (this.#last !== undefined && this.#last.words.join('\n') === found.words.join('\n')) return this.#last
    this.#last = { ...found, real: realNf(this.#subject, found.config) }
    return this.#last
  }
}
