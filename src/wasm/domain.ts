/**
 * What the stepper asks of a domain. The stepper owns control: operands, locals, frames, branches, calls, limits. A
 * domain says what values are and what operators, memory and decisions mean. There is one stepper for all of them.
 *
 * One run follows one path. A domain that cannot know a condition decides it (`truth`, `choose`, `index`), remembers
 * the decision, and the run goes on; whoever wants the other path runs again from the start with other decisions. So
 * the stepper never forks, and a domain whose decisions are a function of what it was told before gives the same run
 * again. For that, whatever a run can change (memory, globals, tables) has to be made anew for each run: instantiate
 * again, or restore it.
 *
 * Values of all types are of one type `V`. The stepper only hands a value to operations of its own type (it runs
 * validated code), and never looks inside. References are values too: i32 constants that the store numbers, 0 for null;
 * a domain needs nothing for them.
 *
 * Any of these methods may throw
 * - `Trap`, and the run ends as trapped, at this instruction;
 * - `Unsupported`, and the run ends as unsupported, at this instruction;
 * - anything else, and it passes through the stepper untouched: how a domain abandons a path (an infeasible one, or
 *   one whose outcome it cannot decide).
 * What instruction is running, any of them can ask of `Stepper.position`.
 */
import type { Access } from './accesses.js'
import type { FloatBinary, FloatUnary, IntegerBinary, IntegerUnary } from './operators.js'
import type { Limits } from './types.js'

/** A value: anything but undefined and null, which the stepper keeps for "no operand", its own fault. */
export type Value = number | bigint | string | object

export interface Domain<V extends Value> {
  /** A constant of 32 bits, given as a signed number. */
  i32(value: number): V
  /** A constant of 64 bits, given as a signed bigint. */
  i64(value: bigint): V
  /** `operators.ts` says the type of operand and result of each opcode (`operators.get(opcode)`). Never traps. */
  unary(opcode: IntegerUnary, operand: V): V
  /**
   * Comparisons give an i32 that is 0 or 1. Shifts and rotations take their count modulo the width. Never traps: before
   * a division or remainder the stepper has asked `truth` whether the divisor is 0, and before `div_s` whether the
   * quotient overflows, and has trapped if so. `rem_s` of the least number by -1 is 0 (core 2.0, section 4.3.2).
   */
  binary(opcode: IntegerBinary, left: V, right: V): V

  /** Whether an i32 is not 0. Asked by `if`, `br_if` and the checks before a division. */
  truth(condition: V): boolean
  /** The first where the condition, an i32, is not 0, else the second: one value, or a decision. */
  select(condition: V, ifNotZero: V, ifZero: V): V
  /**
   * Where `br_table` goes: for an index, an i32 without sign, `targets[index]`, or the last target where the index is
   * at or past it. Equal numbers are the same label, so that a domain can decide between targets, not indices.
   */
  choose(index: V, targets: readonly number[]): number
  /**
   * The number below `count` that an i32 without sign is, or `count` where it is not below. Asked for elements of tables
   * (call_indirect and the table instructions) and their lengths, never for memory.
   */
  index(value: V, count: number): number

  /** The memory of a module that defines one. Its bytes are 0. An imported one is given to the linker instead. */
  memory(limits: Limits): Memory<V>

  /** Absent in a domain without floating point: each such instruction then ends the run as unsupported. */
  readonly floats?: Floats<V>
}

/** Floating point (core 2.0, section 4.3.3), on bit patterns: what NaN a value is may matter, and is kept. */
export interface Floats<V extends Value> {
  /** A constant by its bits, as a signed number. */
  f32(bits: number): V
  /** A constant by its bits, as a signed bigint. */
  f64(bits: bigint): V
  /** Throws `Trap` where a truncation to an integer has no result. */
  unary(opcode: FloatUnary, operand: V): V
  /** Comparisons give an i32 that is 0 or 1. */
  binary(opcode: FloatBinary, left: V, right: V): V
}

/**
 * One linear memory. Addresses and lengths are i32 without sign; `offset`, below 2^32, is added to an address without
 * wrapping. What lies out of bounds is for the memory to say, which then throws `Trap('out of bounds memory access')`.
 */
export interface Memory<V extends Value> {
  /** Pages now, for the linker to compare with what an import asks. */
  readonly pages: number
  /** Most pages it may grow to, as declared. */
  readonly most: number | undefined
  load(access: Access, address: V, offset: number): V
  store(access: Access, address: V, offset: number, value: V): void
  /** memory.size: pages, as an i32. */
  size(): V
  /** memory.grow by so many pages: the size before, or -1 where it cannot. */
  grow(pages: V): V
  /** memory.copy, as if through a buffer in between. Traps before it writes anything. */
  copy(to: V, from: V, length: V): void
  /** memory.fill with the low byte of `value`. Traps before it writes anything. */
  fill(to: V, value: V, length: V): void
  /** memory.init from the bytes of a data segment (none, once dropped); active segments too. Traps before it writes. */
  init(to: V, bytes: Uint8Array, from: V, length: V): void
}
