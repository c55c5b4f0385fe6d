/** What a module can be linked to, in one domain: what JavaScript calls an import object, typed. */
import type { Memory, Value } from './domain.js'
import type { Instance } from './instance.js'
import type { FunctionCode } from './module.js'
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
