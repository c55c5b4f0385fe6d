import type { Memory, Value } from './domain.js'
import type { Instance, WasmFunction } from './instance.js'
import type { FunctionCode, Instruction } from './module.js'

/** One call in progress. */
export class Frame<V extends Value> {
  readonly code: FunctionCode
  readonly instructions: readonly Instruction[]
  readonly instance: Instance<V>
  /** Index in the operand stack of local 0. */
  readonly locals: number
  /** Index in the operand stack of the first operand. */
  readonly operands: number
  /** Index of the next instruction. Kept here only while another frame runs. */
  next = 0

  constructor({ code, instance }: WasmFunction<V>, locals: number) {
    this.code = code
    this.instructions = code.instructions
    this.instance = instance
    this.locals = locals
    this.operands = locals + code.locals.length
  }

  get memory(): Memory<V> {
    if (this.instance.memory === undefined) throw new Error('an access without memory in a validated module')
    return this.instance.memory
  }
}
