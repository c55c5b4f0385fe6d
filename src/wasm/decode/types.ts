/** Types in the binary format (core 2.0, section 5.3). */
import type { FunctionType, GlobalType, Limits, ReferenceType, TableType, ValueType } from '../types.js'
import { MOST_ELEMENTS, MOST_PAGES } from '../types.js'
import { invalid, malformed, unsupported } from './module-error.js'
import type { Reader } from './reader.js'

const valueTypes: ReadonlyMap<number, ValueType> = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
])

/** Types of later proposals, by the byte they start with. */
const laterTypes: ReadonlyMap<number, string> = new Map([
  [0x7b, 'SIMD'],
  [0x69, 'exception handling'],
  [0x6a, 'garbage collection'],
  [0x6b, 'garbage collection'],
  [0x6c, 'garbage collection'],
  [0x6d, 'garbage collection'],
  [0x6e, 'garbage collection'],
  [0x63, 'typed function references'],
  [0x64, 'typed function references'],
])

export function valueTypeOf(byte: number, at: number): ValueType {
  const type = valueTypes.get(byte)
  if (type !== undefined) return type
  const feature = laterTypes.get(byte)
  if (feature !== undefined) throw unsupported(at, feature)
  throw malformed(at, `malformed value type 0x${byte.toString(16)}`)
}

export function readValueType(reader: Reader): ValueType {
  const at = reader.at
  return valueTypeOf(reader.byte(), at)
}

export function readReferenceType(reader: Reader): ReferenceType {
  const at = reader.at
  const type = readValueType(reader)
  if (type !== 'funcref' && type !== 'externref') throw malformed(at, 'malformed reference type')
  return type
}

export function readFunctionType(reader: Reader): FunctionType {
  const at = reader.at
  const form = reader.byte()
  if (form === 0x5f || form === 0x5e || form === 0x50 || form === 0x4e || form === 0x4f) {
    throw unsupported(at, 'garbage collection')
  }
  if (form !== 0x60) throw malformed(at, `malformed function type 0x${form.toString(16)}`)
  const params = reader.list(() => readValueType(reader))
  return { params, results: reader.list(() => readValueType(reader)) }
}

function readLimits(reader: Reader, range: number, what: string): Limits {
  const at = reader.at
  const flags = reader.byte()
  if (flags === 2 || flags === 3) throw unsupported(at, 'threads')
  if (flags >= 4 && flags <= 7) throw unsupported(at, 'memory64')
  if (flags > 1) throw malformed(at, 'malformed limits flags')
  const least = reader.u32()
  const most = flags === 1 ? reader.u32() : undefined
  if (least > range || (most ?? 0) > range) throw invalid(at, `${what} must be at most ${range}`)
  if (most !== undefined && least > most) throw invalid(at, 'size minimum must not be greater than maximum')
  return { least, most }
}

export function readTableType(reader: Reader): TableType {
  const at = reader.at
  const element = readReferenceType(reader)
  const limits = readLimits(reader, 0xffff_ffff, 'table size')
  if (limits.least > MOST_ELEMENTS) throw unsupported(at, `a table of ${limits.least} elements`)
  return { element, limits }
}

export function readMemoryType(reader: Reader): Limits {
  return readLimits(reader, MOST_PAGES, 'memory size in pages')
}

export function readGlobalType(reader: Reader): GlobalType {
  const type = readValueType(reader)
  const at = reader.at
  const mutability = reader.byte()
  if (mutability > 1) throw malformed(at, 'malformed mutability')
  return { type, isMutable: mutability === 1 }
}
