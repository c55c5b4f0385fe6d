/** A module with its memory, tables and globals: what a run of its functions reads and changes. */
import type { Memory, Value } from './domain.js'
import type { External, FunctionInstance, GlobalInstance, Reference, TableInstance } from './host.js'
import type { Module } from './module.js'
import type { Store } from './store.js'

export interface Instance<V extends Value> {
  readonly store: Store<V>
  readonly module: Module
  /** In index space order, imports first; likewise the others. */
  readonly functions: readonly FunctionInstance<V>[]
  readonly tables: readonly TableInstance<V>[]
  readonly memory: Memory<V> | undefined
  readonly globals: readonly GlobalInstance<V>[]
  /** Data segments as they are now: empty once dropped. */
  readonly data: Uint8Array[]
  /** Element segments as they are now: empty once dropped. */
  readonly elements: (readonly Reference<V>[])[]
  readonly exports: ReadonlyMap<string, External<V>>
}
