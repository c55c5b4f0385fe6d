/** Choices that a specification leaves open by name: once for each packet, or once for each key. */
import { SpecError } from '../../spec/error.js'
import type { RecordLayout } from '../../spec/record.js'
import type { ChosenBy } from '../../spec/state.js'
import type { Retractable } from '../state.js'
import { ChoiceSite, type Choices, type Chooser } from './choices.js'
import { LearnedByKey } from './learned-by-key.js'

const FREE_CHOICE: Chooser = { showsLater: false, settle: () => undefined, other: () => -1 }

/** `choose(name, range)` of the specification: any number below `range`, another for each packet. */
export function freeChoice(choices: Choices): (name: string, range: number) => number {
  const sites = new Map<string, ChoiceSite>()
  return (name, range) => {
    if (!Number.isInteger(range) || range < 1)
      throw new SpecError(`choose("${name}", ${range}): there is nothing to choose from`)
    const known = sites.get(name)
    const site = known?.range === range ? known : new ChoiceSite(name, range, choices.lessons)
    sites.set(name, site)
    const wanted = choices.wanted(site)
    const value = wanted === -1 ? 0 : wanted
    choices.met(site, FREE_CHOICE, value, wanted !== -1 && !choices.isForced)
    return value
  }
}

/** A function from keys to numbers that the device made up; learned key by key from what shows. */
export class SpecChosenBy<K> implements ChosenBy<K>, Retractable {
  readonly #site: ChoiceSite
  readonly #key: RecordLayout<K>
  readonly #choices: Choices
  readonly #known: LearnedByKey<K, number>
  /** Keys of the packet at hand that have no value yet, with the one they were given. */
  readonly #fresh: { readonly key: K; readonly value: number }[] = []

  constructor(name: string, key: RecordLayout<K>, range: number, choices: Choices) {
    this.#site = new ChoiceSite(`${name}.of`, range, choices.lessons)
    this.#key = key
    this.#choices = choices
    this.#known = new LearnedByKey(key)
  }

  of(key: K): number {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const fresh = this.#fresh.find((given) => this.#key.equals(given.key, key))
    if (fresh !== undefined) return fresh.value
    const wanted = this.#choices.wanted(this.#site)
    const value = wanted === -1 ? 0 : wanted
    const chooser: Chooser = {
      showsLater: false,
      settle: (chosen, sure) => this.#remember(key, chosen, sure),
      other: () => -1,
    }
    this.#choices.met(this.#site, chooser, value, wanted !== -1 && !this.#choices.isForced)
    this.#fresh.push({ key, value })
    return value
  }

  begin(): void {
    this.#fresh.length = 0
    this.#known.begin()
  }

  rollback(): void {
    this.#fresh.length = 0
  }

  mark(): void {
    this.#fresh.length = 0
    this.#known.mark()
  }

  retract(): void {
    this.#known.retract()
  }

  forget(count: number): void {
    this.#known.forget(count)
  }

  #remember(key: K, value: number, sure: boolean): void {
    if (sure && this.#known.get(key) === undefined) this.#known.set(key, value)
  }
}
