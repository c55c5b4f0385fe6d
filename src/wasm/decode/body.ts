/** Function bodies (core 2.0, sections 3.3 and 5.4): decoded and validated in one pass. */
import type { Instruction } from '../module.js'
import type { FunctionType, ValueType } from '../types.js'
import type { Context } from './context.js'
import { Control } from './control.js'
import { malformed, unsupported } from './module-error.js'
import type { OpenInstruction } from './open-instruction.js'
import type { Reader } from './reader.js'
import { Straight } from './straight.js'
import { readValueType } from './types.js'

/** As many locals as engines allow. */
const MOST_LOCALS = 50_000

export interface Body {
  readonly locals: readonly ValueType[]
  readonly instructions: readonly Instruction[]
  readonly start: number
  readonly maxHeight: number
}

const none: readonly never[] = []

export function readBody(reader: Reader, context: Context, type: FunctionType): Body {
  const locals = readLocals(reader, type)
  const start = reader.at
  const control = new Control(context, type)
  const straight = new Straight(context, control.operands, locals)
  const instructions: OpenInstruction[] = []
  while (control.operands.depth > 0) {
    const offset = reader.at
    const opcode = readOpcode(reader)
    const instruction = { opcode, offset, a: 0, b: 0, wide: 0n, branches: none, targets: none }
    const position = instructions.push(instruction) - 1
    if (!control.read(instruction, position, reader)) straight.read(instruction, reader)
  }
  if (!reader.isDone) throw malformed(reader.at, 'section size mismatch: bytes after the end of a function')
  return { locals, instructions, start, maxHeight: control.operands.maxHeight }
}

function readLocals(reader: Reader, type: FunctionType): ValueType[] {
  const locals = [...type.params]
  let declared = 0
  for (let groups = reader.u32(); groups > 0; groups--) {
    const at = reader.at
    const count = reader.u32()
    declared += count
    if (declared > 0xffff_ffff) throw malformed(at, 'too many locals')
    const local = readValueType(reader)
    // The count costs no bytes, so it is checked before anything is made of it.
    if (declared > MOST_LOCALS) throw unsupported(at, `more than ${MOST_LOCALS} locals`)
    for (let index = 0; index < count; index++) locals.push(local)
  }
  return locals
}

const PREFIX = 0xfc

function readOpcode(reader: Reader): number {
  const at = reader.at
  const opcode = reader.byte()
  if (opcode !== PREFIX) return opcode
  const second = reader.u32()
  if (second > 0xff) throw malformed(at, `illegal opcode fc ${second.toString(16)}`)
  return (PREFIX << 8) | second
}
