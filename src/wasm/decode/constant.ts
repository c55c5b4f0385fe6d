/** Initial values: constant expressions (core 2.0, sections 3.3.10 and 5.4.9). */
import type { Constant } from '../module.js'
import type { ValueType } from '../types.js'
import type { Context } from './context.js'
import { invalid } from './module-error.js'
import type { Reader } from './reader.js'
import { readReferenceType } from './types.js'

const END = 0x0b

/** One instruction and `end`, of the type asked for. */
export function readConstant(reader: Reader, context: Context, type: ValueType): Constant {
  const at = reader.at
  let constant: Constant | undefined
  for (;;) {
    const start = reader.at
    const opcode = reader.byte()
    if (opcode === END) break
    const next = readInstruction(reader, context, opcode, start)
    if (constant !== undefined) throw invalid(start, 'type mismatch: more than one value')
    constant = next
  }
  if (constant === undefined) throw invalid(at, `type mismatch: nothing where ${type} is expected`)
  const found = context.constantType(constant, at)
  if (found !== type) throw invalid(at, `type mismatch: ${found} where ${type} is expected`)
  return constant
}

function readInstruction(reader: Reader, context: Context, opcode: number, at: number): Constant {
  switch (opcode) {
    case 0x41:
      return { kind: 'i32', bits: reader.s32() }
    case 0x42:
      return { kind: 'i64', bits: reader.s64() }
    case 0x43:
      return { kind: 'f32', bits: reader.f32() }
    case 0x44:
      return { kind: 'f64', bits: reader.f64() }
    case 0x23:
      return readGlobal(reader, context, at)
    case 0xd0:
      return { kind: 'null', type: readReferenceType(reader) }
    case 0xd2: {
      const index = reader.u32()
      context.function(index, at)
      context.declared.add(index)
      return { kind: 'function', index }
    }
    default:
      throw invalid(at, `constant expression required, not opcode 0x${opcode.toString(16)}`)
  }
}

function readGlobal(reader: Reader, context: Context, at: number): Constant {
  const index = reader.u32()
  const { isMutable } = context.global(index, at)
  if (index >= context.importedGlobals) throw invalid(at, `unknown global ${index}: only imported ones are constant`)
  if (isMutable) throw invalid(at, `constant expression required, but global ${index} is mutable`)
  return { kind: 'global', index }
}
