import type { Allocatable, Ambient, ContractAlgebra, Sorts, StateOf } from './sorts.js'

/**
 * What a parameter is. `u32` and `i32` are the same 32 bits read without or with a sign; `time` is signed nanoseconds
 * in 64 bits; `key`, `bytes` (as many as `length` or the parameter of that name says) and `ipHeader` (20 bytes where the version is 4,
 * else 40) point at bytes that the call only reads; `out` points at four bytes that it may write. `ambient` and `lent`
 * are not passed: state that the call uses, and the bytes now in the cell that is given back.
 */
export type Parameter =
  | { readonly kind: 'handle'; readonly structure: Allocatable }
  | { readonly kind: 'ambient'; readonly structure: Ambient }
  | { readonly kind: 'key' }
  | { readonly kind: 'ipHeader' }
  | { readonly kind: 'lent' }
  | { readonly kind: 'u32' }
  | { readonly kind: 'i32' }
  | { readonly kind: 'time' }
  | { readonly kind: 'out' }
  | { readonly kind: 'bytes'; readonly length: string | number }

/** In the order in which they are passed. At most one is an `out`, and it has that name. */
export type Parameters = Readonly<Record<string, Parameter>>

/** The value of a parameter. */
export type Argument<P, D extends Sorts> = P extends {
  readonly kind: 'handle' | 'ambient'
  readonly structure: infer S extends keyof StateOf<D>
}
  ? StateOf<D>[S]
  : P extends { readonly kind: 'key' }
    ? D['key']
    : P extends { readonly kind: 'bytes' | 'ipHeader' | 'lent' }
      ? D['value']
      : P extends { readonly kind: 'u32' | 'i32' }
        ? D['number']
        : P extends { readonly kind: 'time' }
          ? D['wide']
          : never

/** A call as contracts see it: abstract states for handles, sorts for the rest. Nothing is known of an out. */
export type Call<P extends Parameters, D extends Sorts> = {
  readonly [Name in keyof P as P[Name] extends { readonly kind: 'out' } ? never : Name]: Argument<P[Name], D>
}

/** `boolean` is exactly 0 or 1; `address` is that of a loan. `time` has 64 bits, the others 32. */
export type ResultKind = 'none' | 'boolean' | 'u32' | 'i32' | 'time' | 'address'

/** What the caller has to see to. */
export interface Precondition<P extends Parameters> {
  readonly text: string
  holds<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): D['truth']
}

/** A number that the implementation is free to choose, within `allows`, and where the caller sees it. */
export interface Choice<P extends Parameters> {
  readonly text: string
  readonly seenIn: 'result' | 'out'
  allows<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>, chosen: D['number']): D['truth']
}

/**
 * The address of bytes inside a structure, given to the caller. For one structure, part and index it is always the
 * same, and no two overlap. The bytes are those of the abstract state; where the access is `write`, what the caller
 * stores there is the abstract state from then on (for a vector's cell, from `vector_return` on).
 */
export interface Loan<P extends Parameters> {
  readonly seenIn: 'result' | 'out'
  /** The parameter that is the handle of the structure. */
  readonly from: Extract<keyof P, string>
  readonly part: 'cell' | 'key' | 'value'
  readonly access: 'read' | 'write'
  index<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): D['number']
}

/** A structure that the call makes; its handle, never 0, is written to the out. */
export interface Creation<P extends Parameters> {
  readonly structure: Allocatable
  /** The sizes that make it, in the order of the parameters. */
  sizes<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): readonly D['number'][]
}

/** One way a call can go. Everything is evaluated in the state before the call; then `update` is done. */
export interface Outcome<P extends Parameters> {
  readonly name: string
  when<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): D['truth']
  readonly choice?: Choice<P>
  readonly loan?: Loan<P>
  readonly creates?: Creation<P>
  /** Absent where there is no result, or where choice or loan says what it is. */
  result?<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): D['number']
  /** The result, where it is a time. */
  timeResult?<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): D['wide']
  /** Written to the out. Absent where choice, loan or creation say it; else an out is left unchanged. */
  out?<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>): D['number']
  update?<D extends Sorts>(algebra: ContractAlgebra<D>, call: Call<P, D>, chosen: D['number']): void
}

/**
 * The contract of one libVig export. Where all preconditions hold, exactly one outcome's `when` does.
 *
 * Understood for every call, and not repeated in each: a handle is one that an allocator gave; what a pointer points at
 * lies in the caller's memory or in the packet, never in libVig's; an out overlaps nothing else that is passed.
 * The call writes the out and libVig's own memory, and nothing else.
 */
export interface Operation<P extends Parameters = Parameters> {
  readonly name: string
  /** Where the promise comes from. */
  readonly source: string
  readonly parameters: P
  readonly result: ResultKind
  readonly requires: readonly Precondition<P>[]
  readonly outcomes: readonly Outcome<P>[]
}

export type Promised<P extends Parameters> = Omit<Operation<P>, 'name' | 'parameters'>

export const handle = <const S extends Allocatable>(structure: S) => ({ kind: 'handle', structure }) as const
export const ambient = <const S extends Ambient>(structure: S) => ({ kind: 'ambient', structure }) as const
export const bytes = (length: string | number) => ({ kind: 'bytes', length }) as const
export const key = { kind: 'key' } as const
export const ipHeader = { kind: 'ipHeader' } as const
export const lent = { kind: 'lent' } as const
export const u32 = { kind: 'u32' } as const
export const i32 = { kind: 'i32' } as const
export const time = { kind: 'time' } as const
export const out = { kind: 'out' } as const

/** Writes a contract down. The parameters come first, so that the rest is typed by them. */
export function operation<const P extends Parameters>(
  name: string,
  parameters: P,
  promised: Promised<NoInfer<P>>,
): Operation<P> {
  return Object.freeze({ name, parameters, ...promised })
}

export type WasmType = 'i32' | 'i64'

/** The type of an export, as WebAssembly sees it. */
export interface Signature {
  readonly parameters: readonly WasmType[]
  readonly results: readonly WasmType[]
}

export function signatureOf({ parameters, result }: Operation): Signature {
  const passed = Object.values(parameters).filter(({ kind }) => kind !== 'ambient' && kind !== 'lent')
  const results: readonly WasmType[] = result === 'none' ? [] : [result === 'time' ? 'i64' : 'i32']
  return { parameters: passed.map(({ kind }) => (kind === 'time' ? 'i64' : 'i32')), results }
}
