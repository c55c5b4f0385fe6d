/**
 * Validation of one function body (core 2.0, appendix "Validation Algorithm"): the types of the operands at each
 * point, the blocks around it, and with them where branches go.
 */
import type { Branch } from '../module.js'
import type { ValueType } from '../types.js'
import { invalid, malformed } from './module-error.js'

/** undefined: any type, after an instruction that is never passed. */
export type OperandType = ValueType | undefined

export interface OpenBranch {
  target: number
  readonly arity: number
  readonly height: number
}

/** What waits for the position of an `end` or `else`. */
interface OpenJump {
  a: number
}

export interface Block {
  readonly opcode: number
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
  /** Operands below the block's own. */
  readonly height: number
  /** Of a loop: the position of its first instruction. */
  readonly start: number
  isUnreachable: boolean
  readonly openBranches: OpenBranch[]
  readonly openJumps: OpenJump[]
}

const LOOP = 0x03

export class OperandTypes {
  readonly #types: OperandType[] = []
  readonly #blocks: Block[] = []
  maxHeight = 0

  get height(): number {
    return this.#types.length
  }

  get depth(): number {
    return this.#blocks.length
  }

  push(type: OperandType): void {
    this.#types.push(type)
    if (this.#types.length > this.maxHeight) this.maxHeight = this.#types.length
  }

  pushAll(types: readonly OperandType[]): void {
    for (const type of types) this.push(type)
  }

  /** Whatever is on top. */
  popAny(at: number): OperandType {
    const block = this.block(0, at)
    if (this.#types.length > block.height) return this.#types.pop()
    if (block.isUnreachable) return undefined
    throw invalid(at, 'type mismatch: an operand is missing')
  }

  pop(expected: OperandType, at: number): OperandType {
    const found = this.popAny(at)
    if (found !== undefined && expected !== undefined && found !== expected) {
      throw invalid(at, `type mismatch: ${found} where ${expected} is expected`)
    }
    return found ?? expected
  }

  /** The last type is on top. What was there, from the first on. */
  popAll(expected: readonly OperandType[], at: number): OperandType[] {
    const found: OperandType[] = []
    for (let index = expected.length - 1; index >= 0; index--) found.push(this.pop(expected[index], at))
    return found.reverse()
  }

  /** The block that label `label` is of, 0 for the innermost. */
  block(label: number, at: number): Block {
    const block = this.#blocks[this.#blocks.length - 1 - label]
    if (block !== undefined) return block
    if (this.#blocks.length === 0) throw malformed(at, 'unexpected instruction after the last end')
    throw invalid(at, `unknown label ${label}`)
  }

  /** Operands of the block's parameters have been popped. `start`: the position after its first instruction. */
  enter(opcode: number, params: readonly ValueType[], results: readonly ValueType[], start: number): Block {
    const block: Block = {
      opcode,
      params,
      results,
      height: this.#types.length,
      start,
      isUnreachable: false,
      openBranches: [],
      openJumps: [],
    }
    this.#blocks.push(block)
    this.pushAll(params)
    return block
  }

  /** Leaves the innermost block; its results have been popped, and are not pushed again. */
  leave(at: number): Block {
    const block = this.block(0, at)
    this.popAll(block.results, at)
    if (this.#types.length !== block.height) throw invalid(at, 'type mismatch: values remaining at the end of a block')
    this.#blocks.pop()
    return block
  }

  /** What follows in this block is never reached. */
  markUnreachable(at: number): void {
    const block = this.block(0, at)
    this.#types.length = block.height
    block.isUnreachable = true
  }

  /** The types that a branch to a block takes along. */
  labelTypes(block: Block): readonly ValueType[] {
    return block.opcode === LOOP ? block.params : block.results
  }

  /** A branch to a block. Where the block goes on is filled in at its end, unless it is a loop. */
  branchTo(block: Block): Branch {
    const arity = this.labelTypes(block).length
    const branch: OpenBranch = { target: block.start, arity, height: block.height }
    if (block.opcode !== LOOP) block.openBranches.push(branch)
    return branch
  }
}

/** The block ends at `position`: branches out of it go there. */
export function closeBlock(block: Block, position: number): void {
  for (const branch of block.openBranches) branch.target = position
  for (const jump of block.openJumps) jump.a = position
}
