import type { Domain } from '../domain.js'
import type { Limits } from '../types.js'
import { floatBinary, floatUnary } from './floats.js'
import { integerBinary, integerUnary } from './integers.js'
import { ConcreteMemory } from './memory.js'
import { type ConcreteValue, word } from './value.js'

/** Plain values: what a WebAssembly engine computes. NaNs that an operator makes are always the same canonical one. */
export const concreteDomain: Domain<ConcreteValue> = {
  i32: (value) => value,
  i64: (value) => value,
  unary: integerUnary,
  binary: integerBinary,
  truth: (condition) => condition !== 0,
  select: (condition, ifNotZero, ifZero) => (condition === 0 ? ifZero : ifNotZero),
  choose: (index, targets) => targets[Math.min(word(index) >>> 0, targets.length - 1)] ?? 0,
  index: (value, count) => Math.min(word(value) >>> 0, count),
  memory: (limits: Limits) => new ConcreteMemory(limits),
  floats: { f32: (bits) => bits, f64: (bits) => bits, unary: floatUnary, binary: floatBinary },
}
