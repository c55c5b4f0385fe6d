/** A decoded and validated module (core 2.0, section 2.5): plain data, the same for every domain. */
import type { FunctionType, GlobalType, Limits, ReferenceType, TableType, ValueType } from './types.js'

export type ExternalKind = 'function' | 'table' | 'memory' | 'global'

export type ImportType =
  | { readonly kind: 'function'; readonly type: FunctionType }
  | { readonly kind: 'table'; readonly type: TableType }
  | { readonly kind: 'memory'; readonly type: Limits }
  | { readonly kind: 'global'; readonly type: GlobalType }

export interface Import {
  readonly module: string
  readonly name: string
  readonly what: ImportType
}

export interface Export {
  readonly name: string
  readonly kind: ExternalKind
  /** In the index space of its kind, imports first. */
  readonly index: number
}

/** Where a branch goes, resolved. */
export interface Branch {
  /** Index into `FunctionCode.instructions`. */
  readonly target: number
  /** How many values it takes along. */
  readonly arity: number
  /** Operands that stay below them, counted from the frame's first operand. */
  readonly height: number
}

/**
 * One instruction, decoded. All have the same shape, so that the stepper reads them fast; which fields mean something
 * follows from the opcode. `block`, `loop`, and `end` of a block stay in the list and do nothing.
 */
export interface Instruction {
  /** 0xfc00 + n for those with the prefix 0xfc. */
  readonly opcode: number
  /** Byte offset in the file, as in source maps and `wasm-objdump -d`. */
  readonly offset: number
  /**
   * First immediate: an index; the bits of an i32 or f32 constant; the static offset of an access. Of `if`, where it goes
   * on when the condition is 0, and of `else`, past its end, as an index into the instructions. Of `end`, 1 where it
   * ends the function.
   */
  readonly a: number
  /** Second immediate: the table of call_indirect and table.init, the source of table.copy. */
  readonly b: number
  /** The i64 constant, or the bits of the f64 constant. */
  readonly wide: bigint
  /** Of br and br_if, one; of br_table, each distinct label. */
  readonly branches: readonly Branch[]
  /** br_table: for every entry, then the default, the index into `branches`. Equal labels have equal indices. */
  readonly targets: readonly number[]
}

export interface FunctionCode {
  readonly module: Module
  /** In the function index space, imports first. */
  readonly index: number
  /** From the name section, else the first name it is exported under. */
  readonly name: string | undefined
  readonly type: FunctionType
  /** Parameters first. */
  readonly locals: readonly ValueType[]
  /** The last is the `end` of the function. */
  readonly instructions: readonly Instruction[]
  /** Byte offset in the file of the first instruction. */
  readonly start: number
  /** Most operands it ever has. */
  readonly maxHeight: number
}

/** An initial value (core 2.0, section 3.3.10). */
export type Constant =
  | { readonly kind: 'i32' | 'f32'; readonly bits: number }
  | { readonly kind: 'i64' | 'f64'; readonly bits: bigint }
  | { readonly kind: 'global' | 'function'; readonly index: number }
  | { readonly kind: 'null'; readonly type: ReferenceType }

export interface Global {
  readonly type: GlobalType
  readonly initial: Constant
}

export interface ElementSegment {
  /** A declarative one only makes references to its functions legal. */
  readonly mode: 'passive' | 'declarative' | { readonly table: number; readonly offset: Constant }
  readonly type: ReferenceType
  readonly items: readonly Constant[]
}

export interface DataSegment {
  readonly mode: 'passive' | { readonly offset: Constant }
  readonly bytes: Uint8Array
}

export interface Module {
  /** From the name section. */
  readonly name: string | undefined
  readonly types: readonly FunctionType[]
  readonly imports: readonly Import[]
  /** Types of the whole function index space, imports first; likewise for the others. */
  readonly functionTypes: readonly FunctionType[]
  readonly tables: readonly TableType[]
  /** At most one. */
  readonly memories: readonly Limits[]
  readonly globalTypes: readonly GlobalType[]
  /** Those that the module defines. */
  readonly code: readonly FunctionCode[]
  readonly globals: readonly Global[]
  readonly exports: readonly Export[]
  /** The start function. */
  readonly start: number | undefined
  readonly elements: readonly ElementSegment[]
  readonly data: readonly DataSegment[]
  /** Names of functions, imported ones included, as far as the name section has them. */
  readonly functionNames: ReadonlyMap<number, string>
  readonly customSections: readonly CustomSection[]
}

export interface CustomSection {
  readonly name: string
  /** Byte offset in the file of its contents after the name. */
  readonly offset: number
  readonly bytes: Uint8Array
}
