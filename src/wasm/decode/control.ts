/** Blocks, branches and calls (core 2.0, section 3.3.8), with every branch resolved to a position. */
import type { Branch } from '../module.js'
import { type FunctionType, sameTypes, type ValueType } from '../types.js'
import type { Context } from './context.js'
import { invalid, malformed } from './module-error.js'
import type { OpenInstruction } from './open-instruction.js'
import { type Block, closeBlock, OperandTypes } from './operand-types.js'
import type { Reader } from './reader.js'
import { valueTypeOf } from './types.js'

const BLOCK = 0x02
const LOOP = 0x03
const IF = 0x04
const ELSE = 0x05

export class Control {
  readonly operands = new OperandTypes()
  readonly #context: Context
  readonly #results: readonly ValueType[]

  constructor(context: Context, type: FunctionType) {
    this.#context = context
    this.#results = type.results
    // The body is a block; its label is the function's end.
    this.operands.enter(BLOCK, [], type.results, 0)
  }

  /** Reads and checks an instruction of this group; false where it is of another. */
  read(instruction: OpenInstruction, position: number, reader: Reader): boolean {
    const { operands } = this
    const { opcode, offset } = instruction
    switch (opcode) {
      case 0x00: // unreachable
        operands.markUnreachable(offset)
        return true
      case 0x01: // nop
        return true
      case BLOCK:
      case LOOP:
      case IF:
        this.#open(instruction, position, reader)
        return true
      case ELSE:
        this.#else(instruction, position)
        return true
      case 0x0b: // end
        this.#end(instruction, position)
        return true
      case 0x0c: // br
        this.#branch(instruction, reader.u32())
        return true
      case 0x0d: // br_if
        this.#branchIf(instruction, reader.u32())
        return true
      case 0x0e: // br_table
        this.#branchTable(instruction, reader)
        return true
      case 0x0f: // return
        operands.popAll(this.#results, offset)
        operands.markUnreachable(offset)
        return true
      case 0x10: // call
        instruction.a = reader.u32()
        this.#call(this.#context.function(instruction.a, offset), offset)
        return true
      case 0x11: // call_indirect
        instruction.a = reader.u32()
        instruction.b = reader.u32()
        this.#callIndirect(instruction)
        return true
      default:
        return false
    }
  }

  /** Section 5.4.1: a block type is empty, one value type, or the index of a function type. */
  #blockType(reader: Reader): FunctionType {
    const at = reader.at
    const code = reader.s33()
    if (code >= 0) return this.#context.type(code, at)
    if (code === -64) return { params: [], results: [] }
    if (code < -64) throw malformed(at, 'malformed block type')
    return { params: [], results: [valueTypeOf(code & 0x7f, at)] }
  }

  #open(instruction: OpenInstruction, position: number, reader: Reader): void {
    const { opcode, offset } = instruction
    const { params, results } = this.#blockType(reader)
    if (opcode === IF) this.operands.pop('i32', offset)
    this.operands.popAll(params, offset)
    const block = this.operands.enter(opcode, params, results, position + 1)
    // Where the condition is 0: past the else, or to the end.
    if (opcode === IF) block.openJumps.push(instruction)
  }

  #else(instruction: OpenInstruction, position: number): void {
    const { offset } = instruction
    const opened = this.operands.block(0, offset)
    if (opened.opcode !== IF) throw malformed(offset, 'else without if')
    this.operands.leave(offset)
    for (const jump of opened.openJumps) jump.a = position + 1
    const block = this.operands.enter(ELSE, opened.params, opened.results, position + 1)
    block.openBranches.push(...opened.openBranches)
    block.openJumps.push(instruction)
  }

  #end(instruction: OpenInstruction, position: number): void {
    const { offset } = instruction
    const block = this.operands.leave(offset)
    // Without an else, what goes in comes out.
    if (block.opcode === IF && !sameTypes(block.params, block.results)) {
      throw invalid(offset, 'type mismatch: if without else must give what it takes')
    }
    closeBlock(block, position)
    if (this.operands.depth === 0) instruction.a = 1
    else this.operands.pushAll(block.results)
  }

  #branch(instruction: OpenInstruction, label: number): void {
    const { offset } = instruction
    const block = this.operands.block(label, offset)
    this.operands.popAll(this.operands.labelTypes(block), offset)
    instruction.branches = [this.operands.branchTo(block)]
    this.operands.markUnreachable(offset)
  }

  #branchIf(instruction: OpenInstruction, label: number): void {
    const { offset } = instruction
    const block = this.operands.block(label, offset)
    const types = this.operands.labelTypes(block)
    this.operands.pop('i32', offset)
    this.operands.popAll(types, offset)
    this.operands.pushAll(types)
    instruction.branches = [this.operands.branchTo(block)]
  }

  #branchTable(instruction: OpenInstruction, reader: Reader): void {
    const { offset } = instruction
    const labels = reader.list(() => reader.u32())
    const fallback = reader.u32()
    labels.push(fallback)
    this.operands.pop('i32', offset)
    const arity = this.operands.labelTypes(this.operands.block(fallback, offset)).length
    const branches: Branch[] = []
    const indices = new Map<number, number>()
    const targets: number[] = []
    for (const label of labels) {
      let index = indices.get(label)
      if (index === undefined) {
        const block = this.operands.block(label, offset)
        this.#checkTableLabel(block, arity, offset)
        index = branches.push(this.operands.branchTo(block)) - 1
        indices.set(label, index)
      }
      targets.push(index)
    }
    instruction.branches = branches
    instruction.targets = targets
    this.operands.markUnreachable(offset)
  }

  #checkTableLabel(block: Block, arity: number, offset: number): void {
    const types = this.operands.labelTypes(block)
    if (types.length !== arity)
      throw invalid(offset, 'type mismatch: labels of br_table take different numbers of values')
    // What was there goes back, not what was asked for: after an unreachable one label must not decide for the next.
    this.operands.pushAll(this.#popAsFound(types, offset))
  }

  #popAsFound(types: readonly ValueType[], offset: number): (ValueType | undefined)[] {
    const found: (ValueType | undefined)[] = []
    for (let index = types.length - 1; index >= 0; index--) {
      const operand = this.operands.popAny(offset)
      const expected = types[index]
      if (operand !== undefined && operand !== expected) {
        throw invalid(offset, `type mismatch: ${operand} where ${expected} is expected`)
      }
      found.push(operand)
    }
    return found.reverse()
  }

  #call({ params, results }: FunctionType, offset: number): void {
    this.operands.popAll(params, offset)
    this.operands.pushAll(results)
  }

  #callIndirect({ a, b, offset }: OpenInstruction): void {
    if (this.#context.table(b, offset).element !== 'funcref') {
      throw invalid(offset, 'type mismatch: call_indirect needs a table of functions')
    }
    const type = this.#context.type(a, offset)
    this.operands.pop('i32', offset)
    this.#call(type, offset)
  }
}
