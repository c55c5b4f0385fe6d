/** Loads and stores (core 2.0, sections 2.4.7 and 5.4.6), as data. */
import type { NumberType } from './types.js'

/** How many bytes an instruction reads or writes, and as what. Memory is little-endian. */
export interface Access {
  readonly opcode: number
  readonly name: string
  /** Of the value that is pushed or taken. */
  readonly type: NumberType
  readonly bytes: 1 | 2 | 4 | 8
  /** Of loads narrower than the type: copies of the top bit fill the rest, else zeros. Stores drop the rest. */
  readonly isSigned: boolean
}

type Row = readonly [opcode: number, name: string, type: NumberType, bytes: Access['bytes']]

const loadRows: readonly Row[] = [
  [0x28, 'i32.load', 'i32', 4],
  [0x29, 'i64.load', 'i64', 8],
  [0x2a, 'f32.load', 'f32', 4],
  [0x2b, 'f64.load', 'f64', 8],
  [0x2c, 'i32.load8_s', 'i32', 1],
  [0x2d, 'i32.load8_u', 'i32', 1],
  [0x2e, 'i32.load16_s', 'i32', 2],
  [0x2f, 'i32.load16_u', 'i32', 2],
  [0x30, 'i64.load8_s', 'i64', 1],
  [0x31, 'i64.load8_u', 'i64', 1],
  [0x32, 'i64.load16_s', 'i64', 2],
  [0x33, 'i64.load16_u', 'i64', 2],
  [0x34, 'i64.load32_s', 'i64', 4],
  [0x35, 'i64.load32_u', 'i64', 4],
]

const storeRows: readonly Row[] = [
  [0x36, 'i32.store', 'i32', 4],
  [0x37, 'i64.store', 'i64', 8],
  [0x38, 'f32.store', 'f32', 4],
  [0x39, 'f64.store', 'f64', 8],
  [0x3a, 'i32.store8', 'i32', 1],
  [0x3b, 'i32.store16', 'i32', 2],
  [0x3c, 'i64.store8', 'i64', 1],
  [0x3d, 'i64.store16', 'i64', 2],
  [0x3e, 'i64.store32', 'i64', 4],
]

function index(rows: readonly Row[]): ReadonlyMap<number, Access> {
  return new Map(
    rows.map(([opcode, name, type, bytes]) => [
      opcode,
      Object.freeze({ opcode, name, type, bytes, isSigned: name.endsWith('_s') }),
    ]),
  )
}

/** By opcode. */
export const loads = index(loadRows)
/** By opcode. */
export const stores = index(storeRows)
