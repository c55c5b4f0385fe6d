/** Instructions without control: variables, memory, tables, references, numbers (core 2.0, sections 3.3.1 to 3.3.7). */
import { type Access, loads, stores } from '../accesses.js'
import { operators } from '../operators.js'
import type { ReferenceType, ValueType } from '../types.js'
import type { Context } from './context.js'
import { invalid, malformed, unsupported } from './module-error.js'
import type { OpenInstruction } from './open-instruction.js'
import type { OperandTypes } from './operand-types.js'
import type { Reader } from './reader.js'
import { readReferenceType, readValueType } from './types.js'

/** First bytes of instructions of later versions. */
const laterOpcodes: ReadonlyMap<number, string> = new Map([
  [0x06, 'exception handling'],
  [0x07, 'exception handling'],
  [0x08, 'exception handling'],
  [0x09, 'exception handling'],
  [0x0a, 'exception handling'],
  [0x18, 'exception handling'],
  [0x19, 'exception handling'],
  [0x1f, 'exception handling'],
  [0x12, 'tail calls'],
  [0x13, 'tail calls'],
  [0x14, 'typed function references'],
  [0x15, 'typed function references'],
  [0xd4, 'typed function references'],
  [0xd5, 'typed function references'],
  [0xd6, 'typed function references'],
  [0xd3, 'garbage collection'],
  [0xfb, 'garbage collection'],
  [0xfd, 'SIMD'],
  [0xfe, 'threads'],
])

export class Straight {
  readonly #context: Context
  readonly #operands: OperandTypes
  readonly #locals: readonly ValueType[]

  constructor(context: Context, operands: OperandTypes, locals: readonly ValueType[]) {
    this.#context = context
    this.#operands = operands
    this.#locals = locals
  }

  read(instruction: OpenInstruction, reader: Reader): void {
    const { opcode, offset } = instruction
    const operator = operators.get(opcode)
    if (operator !== undefined) {
      const isBinary = operator.kind === 'integerBinary' || operator.kind === 'floatBinary'
      this.#type(isBinary ? [operator.operand, operator.operand] : [operator.operand], [operator.result], offset)
      return
    }
    const load = loads.get(opcode)
    const store = stores.get(opcode)
    if (load !== undefined) {
      this.#access(instruction, load, reader)
      this.#type(['i32'], [load.type], offset)
    } else if (store !== undefined) {
      this.#access(instruction, store, reader)
      this.#type(['i32', store.type], [], offset)
    } else this.#readOther(instruction, reader)
  }

  #type(taken: readonly ValueType[], given: readonly ValueType[], offset: number): void {
    this.#operands.popAll(taken, offset)
    this.#operands.pushAll(given)
  }

  #access(instruction: OpenInstruction, access: Access, reader: Reader): void {
    const { offset } = instruction
    const alignment = reader.u32()
    if (alignment >= 32) throw malformed(offset, 'malformed memop flags')
    instruction.a = reader.u32()
    this.#context.memory(offset)
    if (2 ** alignment > access.bytes) throw invalid(offset, 'alignment must not be larger than natural')
  }

  #readOther(instruction: OpenInstruction, reader: Reader): void {
    const { opcode, offset } = instruction
    switch (opcode) {
      case 0x1a: // drop
        this.#operands.popAny(offset)
        return
      case 0x1b: // select
        this.#select(offset)
        return
      case 0x1c: {
        // select with types
        const types = reader.list(() => readValueType(reader))
        const [type] = types
        if (type === undefined || types.length !== 1) throw invalid(offset, 'invalid result arity')
        this.#type([type, type, 'i32'], [type], offset)
        return
      }
      case 0x20:
      case 0x21:
      case 0x22:
        instruction.a = reader.u32()
        this.#local(opcode, instruction.a, offset)
        return
      case 0x23:
      case 0x24:
        instruction.a = reader.u32()
        this.#global(opcode, instruction.a, offset)
        return
      case 0x3f: // memory.size
        this.#memoryIndex(reader)
        this.#type([], ['i32'], offset)
        return
      case 0x40: // memory.grow
        this.#memoryIndex(reader)
        this.#type(['i32'], ['i32'], offset)
        return
      case 0x41:
        instruction.a = reader.s32()
        this.#operands.push('i32')
        return
      case 0x42:
        instruction.wide = reader.s64()
        this.#operands.push('i64')
        return
      case 0x43:
        instruction.a = reader.f32()
        this.#operands.push('f32')
        return
      case 0x44:
        instruction.wide = reader.f64()
        this.#operands.push('f64')
        return
      default:
        if (opcode > 0xff) this.#readBulk(instruction, reader)
        else this.#readReference(instruction, reader)
    }
  }

  #select(offset: number): void {
    this.#operands.pop('i32', offset)
    const second = this.#operands.popAny(offset)
    const first = this.#operands.pop(second, offset)
    if (isReference(first) || isReference(second)) {
      throw invalid(offset, 'type mismatch: a select of references must name its type')
    }
    this.#operands.push(first ?? second)
  }

  #local(opcode: number, index: number, offset: number): void {
    const type = this.#locals[index]
    if (type === undefined) throw invalid(offset, `unknown local ${index}`)
    this.#type(opcode === 0x20 ? [] : [type], opcode === 0x21 ? [] : [type], offset)
  }

  #global(opcode: number, index: number, offset: number): void {
    const { type, isMutable } = this.#context.global(index, offset)
    if (opcode === 0x23) this.#operands.push(type)
    else if (isMutable) this.#operands.pop(type, offset)
    else throw invalid(offset, `global is immutable: ${index}`)
  }

  #memoryIndex(reader: Reader): void {
    const at = reader.at
    if (reader.byte() !== 0) throw malformed(at, 'zero byte expected')
    this.#context.memory(at)
  }

  #table(index: number, offset: number): ReferenceType {
    return this.#context.table(index, offset).element
  }

  #readReference(instruction: OpenInstruction, reader: Reader): void {
    const { opcode, offset } = instruction
    switch (opcode) {
      case 0x25: // table.get
        instruction.a = reader.u32()
        this.#type(['i32'], [this.#table(instruction.a, offset)], offset)
        return
      case 0x26: // table.set
        instruction.a = reader.u32()
        this.#type(['i32', this.#table(instruction.a, offset)], [], offset)
        return
      case 0xd0: // ref.null
        this.#operands.push(readReferenceType(reader))
        return
      case 0xd1: {
        // ref.is_null
        const type = this.#operands.popAny(offset)
        if (type !== undefined && !isReference(type)) throw invalid(offset, `type mismatch: ${type} is no reference`)
        this.#operands.push('i32')
        return
      }
      case 0xd2: // ref.func
        instruction.a = reader.u32()
        this.#context.function(instruction.a, offset)
        if (!this.#context.declared.has(instruction.a)) {
          throw invalid(offset, `undeclared function reference ${instruction.a}`)
        }
        this.#operands.push('funcref')
        return
      default: {
        const feature = laterOpcodes.get(opcode)
        if (feature !== undefined) throw unsupported(offset, feature)
        throw malformed(offset, `illegal opcode ${opcode.toString(16)}`)
      }
    }
  }

  #readBulk(instruction: OpenInstruction, reader: Reader): void {
    const { opcode, offset } = instruction
    switch (opcode) {
      case 0xfc08: // memory.init
        instruction.a = this.#dataIndex(reader)
        this.#memoryIndex(reader)
        break
      case 0xfc09: // data.drop
        instruction.a = this.#dataIndex(reader)
        return
      case 0xfc0a: // memory.copy
        this.#memoryIndex(reader)
        this.#memoryIndex(reader)
        break
      case 0xfc0b: // memory.fill
        this.#memoryIndex(reader)
        break
      case 0xfc0c: // table.init
        instruction.a = reader.u32()
        instruction.b = reader.u32()
        this.#sameElements(this.#table(instruction.b, offset), this.#context.elementType(instruction.a, offset), offset)
        break
      case 0xfc0d: // elem.drop
        instruction.a = reader.u32()
        this.#context.elementType(instruction.a, offset)
        return
      case 0xfc0e: // table.copy
        instruction.a = reader.u32()
        instruction.b = reader.u32()
        this.#sameElements(this.#table(instruction.a, offset), this.#table(instruction.b, offset), offset)
        break
      case 0xfc0f: // table.grow
        instruction.a = reader.u32()
        this.#type([this.#table(instruction.a, offset), 'i32'], ['i32'], offset)
        return
      case 0xfc10: // table.size
        instruction.a = reader.u32()
        this.#table(instruction.a, offset)
        this.#operands.push('i32')
        return
      case 0xfc11: // table.fill
        instruction.a = reader.u32()
        this.#type(['i32', this.#table(instruction.a, offset), 'i32'], [], offset)
        return
      default:
        throw malformed(offset, `illegal opcode fc ${(opcode & 0xff).toString(16)}`)
    }
    this.#type(['i32', 'i32', 'i32'], [], offset)
  }

  #sameElements(to: ReferenceType, from: ReferenceType, offset: number): void {
    if (to !== from) throw invalid(offset, `type mismatch: ${from} elements where ${to} is expected`)
  }

  #dataIndex(reader: Reader): number {
    const at = reader.at
    const index = reader.u32()
    const { dataCount } = this.#context
    if (dataCount === undefined) throw malformed(at, 'data count section required')
    if (index >= dataCount) throw invalid(at, `unknown data segment ${index}`)
    return index
  }
}

function isReference(type: ValueType | undefined): type is ReferenceType {
  return type === 'funcref' || type === 'externref'
}
