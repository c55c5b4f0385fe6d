/** Types of WebAssembly (core 2.0, section 2.3), as a decoded module has them. */

export type NumberType = 'i32' | 'i64' | 'f32' | 'f64'
export type ReferenceType = 'funcref' | 'externref'
export type ValueType = NumberType | ReferenceType

export interface FunctionType {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** In pages of 64 KiB for memories, in elements for tables. */
export interface Limits {
  readonly least: number
  readonly most: number | undefined
}

export interface TableType {
  readonly element: ReferenceType
  readonly limits: Limits
}

export interface GlobalType {
  readonly type: ValueType
  readonly isMutable: boolean
}

/** Bytes of a page of memory. */
export const PAGE = 65_536
/** Most pages a memory can have. */
export const MOST_PAGES = 65_536

/** Elements that a table may have: as many as engines allow. */
export const MOST_ELEMENTS = 10_000_000

/** Elements that a table may grow to. */
export function mostElements(most: number | undefined): number {
  return Math.min(most ?? MOST_ELEMENTS, MOST_ELEMENTS)
}

export function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index])
}

export function sameFunctionType(a: FunctionType, b: FunctionType): boolean {
  return sameTypes(a.params, b.params) && sameTypes(a.results, b.results)
}

/** `(i32, i64) -> (i32)` */
export function printFunctionType({ params, results }: FunctionType): string {
  return `(${params.join(', ')}) -> (${results.join(', ')})`
}
