/**
 * What runs: instances, what they are linked to, and the store they share (core 2.0, section 4.2), in one domain.
 */
import type { Domain, Memory, Value } from './domain.js'
import type { FunctionCode, Module } from './module.js'
import type { Location } from './outcome.js'
import type { FunctionType, GlobalType, ReferenceType } from './types.js'

/** A function of the host. It takes and gives values of the domain, and may throw `Trap` or `Unsupported`. */
export interface HostFunction<V extends Value> {
  readonly kind: 'host'
  readonly type: FunctionType
  /** `at`: the call instruction; undefined where the host itself called. Gives as many values as the type says. */
  call(args: readonly V[], at: Location | undefined): readonly V[]
}

export interface WasmFunction<V extends Value> {
  readonly kind: 'wasm'
  readonly type: FunctionType
  readonly code: FunctionCode
  readonly instance: Instance<V>
}

export type FunctionInstance<V extends Value> = HostFunction<V> | WasmFunction<V>

/** A global variable. `value` may be set from outside between runs. */
export interface GlobalInstance<V extends Value> {
  readonly kind: 'global'
  readonly type: GlobalType
  value: V
}

/** Elements are references: a function, anything of the host's, or null. */
export interface TableInstance<V extends Value> {
  readonly kind: 'table'
  readonly element: ReferenceType
  readonly most: number | undefined
  readonly elements: Reference<V>[]
}

export interface MemoryInstance<V extends Value> {
  readonly kind: 'memory'
  readonly memory: Memory<V>
}

/** A reference to something of the host's; two with the same value are the same. */
export interface ExternReference {
  readonly kind: 'extern'
  readonly value: unknown
}

export type Reference<V extends Value> = FunctionInstance<V> | ExternReference | null

export type External<V extends Value> = FunctionInstance<V> | TableInstance<V> | MemoryInstance<V> | GlobalInstance<V>

/** Exports by module name and name, as imports find them. */
export type Imports<V extends Value> = ReadonlyMap<string, ReadonlyMap<string, External<V>>>

/** A module with its memory, tables and globals: what a run of its functions reads and changes. */
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

/** What linked instances share: the domain, and numbers for references. */
export class Store<V extends Value> {
  readonly domain: Domain<V>
  readonly #references: Reference<V>[] = [null]
  readonly #numbers = new Map<unknown, number>()

  constructor(domain: Domain<V>) {
    this.domain = domain
  }

  /** A reference as a value. The same reference is always the same number; null is 0. */
  valueOf(reference: Reference<V>): V {
    return this.domain.i32(this.#numberOf(reference))
  }

  /** The reference that a value is. */
  referenceOf(value: V): Reference<V> {
    return this.#references[this.domain.index(value, this.#references.length)] ?? null
  }

  #numberOf(reference: Reference<V>): number {
    if (reference === null) return 0
    // What the host refers to is the same where its value is.
    const identity = reference.kind === 'extern' ? reference.value : reference
    const known = this.#numbers.get(identity)
    if (known !== undefined) return known
    this.#numbers.set(identity, this.#references.length)
    return this.#references.push(reference) - 1
  }
}
