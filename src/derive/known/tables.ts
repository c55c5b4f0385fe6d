/** The structures of a specification's state where every entry is known. */

import type { IndexAllocatorState } from '../../domains/state.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import type { MapState } from '../../domains/symbolic/tables.js'
import type { Term } from '../../smt/index.js'
import { KnownEntries, type KnownEntry, placeNow } from './entries.js'

export interface KnownMapEntry extends KnownEntry {
  readonly key: Term
  readonly value: Term | undefined
}

export class KnownMap extends KnownEntries<KnownMapEntry> implements MapState {
  has(key: Term): Term {
    return this.askFor((entry) => this.terms.eq(key, entry.key))
  }

  slotOf(key: Term): Integer {
    return this.list.reduce(
      (rest, entry) =>
        this.integers.select(this.terms.and(entry.present, this.terms.eq(key, entry.key)), entry.slot, rest),
      this.integers.of(0n),
    )
  }

  keyAt(slot: Integer): Term {
    return this.#pick(slot, ({ key }) => key)
  }

  valueAt(slot: Integer): Term | undefined {
    if (this.list.every(({ value }) => value === undefined)) return undefined
    return this.#pick(slot, ({ key, value }) => value ?? key)
  }

  insert(slot: Integer, key: Term, time: Integer, value: Term | undefined): void {
    const at = placeNow()
    const marks = { made: at, timed: at, valued: at }
    this.list = [...this.list, { present: this.terms.true, slot, key, time, value, marks, expired: undefined }]
  }

  setValue(slot: Integer, value: Term | undefined): void {
    const valued = placeNow()
    this.change(slot, (entry, isIt) => {
      if (value === undefined || entry.value === undefined || value === entry.value) return entry
      const marks = isIt === this.terms.true ? { ...entry.marks, valued } : entry.marks
      return { ...entry, value: this.terms.ite(isIt, value, entry.value), marks }
    })
  }

  erase(slot: Integer): void {
    this.remove(slot)
  }

  /** There is an entry at the slot where it matters, so the last one may stand for what is nowhere. */
  #pick(slot: Integer, of: (entry: KnownMapEntry) => Term): Term {
    const [first, ...others] = this.list
    if (first === undefined) throw new RangeError(`${this.name} has no entries`)
    return others.reduce((rest, entry) => this.terms.ite(this.at(entry, slot), of(entry), rest), of(first))
  }
}

export class KnownSet extends KnownEntries<KnownEntry> implements IndexAllocatorState<Term, Integer, Integer> {
  allocate(index: Integer, time: Integer): void {
    const at = placeNow()
    const marks = { made: at, timed: at, valued: at }
    this.list = [...this.list, { present: this.terms.true, slot: index, time, marks, expired: undefined }]
  }

  free(index: Integer): void {
    this.remove(index)
  }
}
