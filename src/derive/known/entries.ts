/** Entries of a table, listed one by one: what a few packets from the empty state have left. */
import { type Integer, Integers } from '../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../smt/index.js'
import { currentPlace } from '../../spec/instrumented/index.js'

/** Where in the specification an entry got what it has, `line:column` each. */
export interface Marks {
  readonly made: string
  readonly timed: string
  /** Where its value last became another. */
  readonly valued: string
}

/** An entry before the packet at hand is all constants; the packet makes conditions of it. */
export interface KnownEntry {
  readonly present: Term
  readonly slot: Integer
  readonly time: Integer
  readonly marks: Marks
  /** The threshold by which the packet at hand had it expire, if it did. */
  readonly expired: Integer | undefined
}

/** An entry that a lookup asked for. */
export interface Asked {
  readonly table: string
  readonly at: string
  /** Whether it is asked for. */
  readonly isMeant: Term
  /** ... and there. */
  readonly isFound: Term
  readonly entry: KnownEntry
  /** The threshold of this packet; undefined where nothing expires. */
  readonly threshold: Integer | undefined
}

/** Hears of every lookup. */
export class Lookups {
  readonly asked: Asked[] = []
  /** While free slots are looked for. */
  isMuted = false
}

export function placeNow(): string {
  const place = currentPlace()
  return place === undefined ? '' : `${place.line}:${place.column}`
}

/** What maps and index sets have in common: entries at slots that expire. */
export abstract class KnownEntries<E extends KnownEntry> {
  readonly name: string
  readonly capacity: Integer
  readonly terms: Terms
  protected readonly integers: Integers
  protected list: readonly E[]
  readonly #lookups: Lookups
  #threshold: Integer | undefined

  constructor(name: string, terms: Terms, capacity: number, entries: readonly E[], lookups: Lookups) {
    this.name = name
    this.terms = terms
    this.integers = new Integers(terms)
    this.capacity = this.integers.of(BigInt(capacity))
    this.list = entries
    this.#lookups = lookups
  }

  /** Those that are there, where that is known; oldest first. */
  get entries(): readonly E[] {
    return this.list
      .filter(({ present }) => present !== this.terms.false)
      .map((entry) => ({ ...entry, expired: undefined }))
  }

  used(slot: Integer): Term {
    return this.#ask((entry) => this.integers.eq(slot, entry.slot))
  }

  timeAt(slot: Integer): Integer {
    return this.list.reduce(
      (rest, entry) => this.integers.select(this.at(entry, slot), entry.time, rest),
      this.integers.of(0n),
    )
  }

  count(): Integer {
    const { integers } = this
    const ones = this.list.map(({ present }) => integers.select(present, integers.of(1n), integers.of(0n)))
    return ones.reduce((sum, one) => integers.add(sum, one), integers.of(0n))
  }

  refresh(slot: Integer, time: Integer): void {
    const timed = placeNow()
    this.change(slot, (entry, isIt) => ({
      ...entry,
      time: this.integers.select(isIt, time, entry.time),
      marks: isIt === this.terms.true ? { ...entry.marks, timed } : entry.marks,
    }))
  }

  expire(threshold: Integer): void {
    this.#threshold = threshold
    this.list = this.list.map((entry) => {
      const isKept = this.integers.le(threshold, entry.time)
      const expired = entry.expired ?? (isKept === this.terms.true ? undefined : threshold)
      return { ...entry, present: this.terms.and(entry.present, isKept), expired }
    })
  }

  protected at(entry: E, slot: Integer): Term {
    return this.terms.and(entry.present, this.integers.eq(slot, entry.slot))
  }

  protected change(slot: Integer, changed: (entry: E, isIt: Term) => E): void {
    this.list = this.list.map((entry) => {
      const isIt = this.at(entry, slot)
      return isIt === this.terms.false ? entry : changed(entry, isIt)
    })
  }

  protected remove(slot: Integer): void {
    this.change(slot, (entry, isIt) => ({ ...entry, present: this.terms.and(entry.present, this.terms.not(isIt)) }))
  }

  /** Whether any entry is meant and there. */
  protected askFor(isMeant: (entry: E) => Term): Term {
    return this.#ask(isMeant)
  }

  #ask(isMeant: (entry: E) => Term): Term {
    const at = placeNow()
    const found = this.list.map((entry) => {
      const meant = isMeant(entry)
      const isFound = this.terms.and(entry.present, meant)
      if (!this.#lookups.isMuted && meant !== this.terms.false) {
        this.#lookups.asked.push({
          table: this.name,
          at,
          isMeant: meant,
          isFound,
          entry,
          threshold: entry.expired ?? this.#threshold,
        })
      }
      return isFound
    })
    return this.terms.any(found)
  }
}
