/** Choices that a specification leaves open by name: once for each packet, or once for each key. */
import { SpecError } from '../../spec/error.js'
import type { RecordLayout } from '../../spec/record.js'
import type { ChosenBy } from '../../spec/state.js'
import { ChoiceSite, type Choices } from './choices.js'
import { ConcreteExpiringMap } from './expiring-map.js'
import type { StateObject } from './tables.js'

/** Keys whose values are remembered; older ones are forgotten, which only makes the check weaker for them. */
const REMEMBERED_KEYS = 131_072

const FREE_CHOICE = { settle: () => undefined, other: () => -1 }

/** `choose(name, range)` of the specification: any number below `range`, another for each packet. */
export function freeChoice(choices: Choices): (name: string, range: number) => number {
  const sites = new Map<string, ChoiceSite>()
  return (name, range) => {
    if (!Number.isInteger(range) || range < 1)
      throw new SpecError(`choose("${name}", ${range}): there is nothing to choose from`)
    const known = sites.get(name)
    const site = known?.range === range ? known : new ChoiceSite(name, range)
    sites.set(name, site)
    const wanted = choices.wanted(site)
    const value = wanted === -1 ? 0 : wanted
    choices.met(site, FREE_CHOICE, value, wanted !== -1 && !choices.isForced)
    return value
  }
}

/** A function from keys to numbers that the device made up; learned key by key from what shows. */
export class SpecChosenBy<K> implements ChosenBy<K>, StateObject {
  readonly #site: ChoiceSite
  readonly #key: RecordLayout<K>
  readonly #choices: Choices
  readonly #known: ConcreteExpiringMap<K, number>
  /** Keys of the packet at hand that have no value yet, with the one they were given. */
  readonly #fresh: { readonly key: K; readonly value: number }[] = []
  #clock = 0n

  constructor(name: string, key: RecordLayout<K>, range: number, choices: Choices) {
    this.#site = new ChoiceSite(`${name}.of`, range)
    this.#key = key
    this.#choices = choices
    this.#known = new ConcreteExpiringMap(REMEMBERED_KEYS, key)
  }

  of(key: K): number {
    const slot = this.#known.find(key)
    if (slot !== -1) return this.#known.valueAt(slot)
    const fresh = this.#fresh.find((given) => this.#key.equals(given.key, key))
    if (fresh !== undefined) return fresh.value
    const wanted = this.#choices.wanted(this.#site)
    const value = wanted === -1 ? 0 : wanted
    const chooser = { settle: (chosen: number, sure: boolean) => this.#remember(key, chosen, sure), other: () => -1 }
    this.#choices.met(this.#site, chooser, value, wanted !== -1 && !this.#choices.isForced)
    this.#fresh.push({ key, value })
    return value
  }

  begin(): void {
    this.#fresh.length = 0
  }

  /** What is known of a key grows only when a packet is settled. */
  rollback(): void {
    this.#fresh.length = 0
  }

  #remember(key: K, value: number, sure: boolean): void {
    if (!sure || this.#known.find(key) !== -1) return
    this.#clock += 1n
    this.#known.begin()
    if (this.#known.count() === this.#known.capacity) this.#known.expire(this.#clock - BigInt(this.#known.capacity / 2))
    this.#known.insert(this.#known.lowestFree(), key, this.#clock, value)
  }
}
