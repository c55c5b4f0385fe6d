/** State as properties see it: tables that can be looked at and not changed, at two moments of one packet. */
import type { ExpiringMapDeclaration, IndexSetDeclaration, StateDeclaration, StateDeclarations } from './state.js'
import type { Slot, Time } from './units.js'

/** An expiring map at one moment. What has expired at this packet's time is not in it. */
export interface ExpiringMapView<K, V> {
  readonly capacity: number
  /** How many keys are there. */
  readonly size: number
  /** The slot of `key`. */
  get(key: K): Slot | undefined
  /** The key at `slot`; undefined where it is free or out of range. */
  keyAt(slot: number): K | undefined
  /** The value at a slot in use. */
  valueAt(slot: Slot): V
  /** When the key at a slot in use was last used. */
  timeAt(slot: Slot): Time
}

/** A set of numbers at one moment. What has expired at this packet's time is not in it. */
export interface IndexSetView {
  readonly capacity: number
  readonly size: number
  has(index: number): boolean
  /** When a number that is in was last used. */
  timeAt(index: number): Time
}

export type StateView<D> =
  D extends ExpiringMapDeclaration<infer K, infer V>
    ? ExpiringMapView<K, V>
    : D extends IndexSetDeclaration
      ? IndexSetView
      : never

/** The tables among the declarations; choices (`maglev`, `chosenBy`) hold nothing that could be looked at. */
export type StateViews<S extends StateDeclarations> = {
  readonly [Name in keyof S as S[Name] extends Visible<S[Name]> ? Name : never]: StateView<S[Name]>
}

type Visible<D> = D extends StateDeclaration & { readonly kind: 'expiringMap' | 'indexSet' } ? D : never
