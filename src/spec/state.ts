/** The abstract state that specifications keep: what they declare, and what they then work with. */
import { SpecError } from './error.js'
import type { RecordLayout } from './record.js'
import type { Slot, Time } from './units.js'

export interface ExpiringMapDeclaration<K, V> {
  readonly kind: 'expiringMap'
  readonly key: RecordLayout<K>
  readonly value: RecordLayout<V> | undefined
  readonly capacity: number
  readonly sample?: V
}

/**
 * Keys, each at a slot, with a time of last use and a value. A slot below `capacity` is free or holds one key. Which
 * free slot a new key takes is the implementation's choice.
 */
export interface ExpiringMap<K, V> {
  readonly capacity: number
  /** How many keys are there. */
  readonly size: number
  /** Removes every key last used before `threshold`. */
  expireOlderThan(threshold: Time): void
  /** The slot of `key`, not refreshing it. */
  get(key: K): Slot | undefined
  /** The slot of `key`, refreshed to `now`. */
  touch(key: K, now: Time): Slot | undefined
  /** Puts a key that is not there at a free slot of the implementation's choice; undefined when full. */
  insert(key: K, now: Time, ...value: [V] extends [undefined] ? [] : [value: V]): Slot | undefined
  /** The key at `slot`; undefined where it is free or out of range. */
  keyAt(slot: number): K | undefined
  /** The value at a slot in use. */
  valueAt(slot: Slot): V
  setValue(slot: Slot, value: V): void
  refresh(slot: Slot, now: Time): void
  erase(slot: Slot): void
}

export interface IndexSetDeclaration {
  readonly kind: 'indexSet'
  readonly capacity: number
}

/** Some of the numbers below `capacity`, each with a time of last use. */
export interface IndexSet {
  readonly capacity: number
  readonly size: number
  expireOlderThan(threshold: Time): void
  has(index: number): boolean
  /** Puts `index` in, or refreshes it where it is in already. Requires index < capacity. */
  touch(index: number, now: Time): void
}

export interface MaglevDeclaration<K> {
  readonly kind: 'maglev'
  readonly key: RecordLayout<K>
  readonly backends: number
  readonly height: number
}

/**
 * Consistent hashing (Eisenbud et al., "Maglev", NSDI 2016, section 3.4): each key has a row, each row ranks all
 * backends; the first live one is picked. Which row a key has is the implementation's choice, the same for ever.
 */
export interface Maglev<K> {
  /** The first live backend of the row of `key`; undefined when none is live. */
  pick(key: K, live: IndexSet): number | undefined
}

export interface ChosenByDeclaration<K> {
  readonly kind: 'chosenBy'
  readonly key: RecordLayout<K>
  readonly range: number
}

/** A function from keys to the numbers below `range`: the implementation's choice, the same for ever (a hash, say). */
export interface ChosenBy<K> {
  of(key: K): number
}

export type StateDeclaration =
  | ExpiringMapDeclaration<object, object | undefined>
  | IndexSetDeclaration
  | MaglevDeclaration<object>
  | ChosenByDeclaration<object>

export type StateDeclarations = Readonly<Record<string, StateDeclaration>>

export type StateValue<D> =
  D extends ExpiringMapDeclaration<infer K, infer V>
    ? ExpiringMap<K, V>
    : D extends IndexSetDeclaration
      ? IndexSet
      : D extends MaglevDeclaration<infer K>
        ? Maglev<K>
        : D extends ChosenByDeclaration<infer K>
          ? ChosenBy<K>
          : never

export type StateValues<S> = { readonly [Name in keyof S]: StateValue<S[Name]> }

export function expiringMap<K extends object>(
  key: RecordLayout<K>,
  capacity: number,
): ExpiringMapDeclaration<K, undefined>
export function expiringMap<K extends object, V extends object>(
  key: RecordLayout<K>,
  capacity: number,
  value: RecordLayout<V>,
): ExpiringMapDeclaration<K, V>
export function expiringMap<K extends object, V extends object>(
  key: RecordLayout<K>,
  capacity: number,
  value?: RecordLayout<V>,
): ExpiringMapDeclaration<K, V> {
  return Object.freeze({ kind: 'expiringMap', key, value, capacity: checked(capacity, 'expiringMap capacity') })
}

export function indexSet(capacity: number): IndexSetDeclaration {
  return Object.freeze({ kind: 'indexSet', capacity: checked(capacity, 'indexSet capacity') })
}

export function maglev<K extends object>(key: RecordLayout<K>, backends: number, height: number): MaglevDeclaration<K> {
  if (checked(height, 'maglev height') <= checked(backends, 'maglev backends')) {
    throw new SpecError(`maglev height ${height} must exceed its ${backends} backends`)
  }
  return Object.freeze({ kind: 'maglev', key, backends, height })
}

export function chosenBy<K extends object>(key: RecordLayout<K>, range: number): ChosenByDeclaration<K> {
  return Object.freeze({ kind: 'chosenBy', key, range: checked(range, 'chosenBy range') })
}

function checked(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 1 || value > 2 ** 24) {
    throw new SpecError(`${what} must be a whole number from 1 to 16,777,216, not ${value}`)
  }
  return value
}
