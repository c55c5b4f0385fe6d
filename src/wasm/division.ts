/** When a division or remainder traps (core 2.0, section 4.3.2): asked before it, so that no domain has to know. */
import type { Domain, Value } from './domain.js'
import type { IntegerBinary } from './operators.js'
import { Trap } from './outcome.js'

const I32_EQZ = 0x45
const I32_EQ = 0x46
const I32_AND = 0x71
const I64_EQZ = 0x50
const I64_EQ = 0x51
const I32_DIV_S = 0x6d
const I64_DIV_S = 0x7f
const I64_DIVISIONS = 0x7f
const I32_LEAST = -0x8000_0000
const I64_LEAST = -0x8000_0000_0000_0000n

export function isDivision(opcode: IntegerBinary): boolean {
  return (opcode >= 0x6d && opcode <= 0x70) || (opcode >= I64_DIVISIONS && opcode <= 0x82)
}

export function checkDivision<V extends Value>(domain: Domain<V>, opcode: IntegerBinary, left: V, right: V): void {
  const isZero = domain.unary(opcode >= I64_DIVISIONS ? I64_EQZ : I32_EQZ, right)
  if (domain.truth(isZero)) throw new Trap('integer divide by zero')
  if (opcode === I32_DIV_S) {
    const isLeast = domain.binary(I32_EQ, left, domain.i32(I32_LEAST))
    const isMinusOne = domain.binary(I32_EQ, right, domain.i32(-1))
    if (domain.truth(domain.binary(I32_AND, isLeast, isMinusOne))) throw new Trap('integer overflow')
  } else if (opcode === I64_DIV_S) {
    const isLeast = domain.binary(I64_EQ, left, domain.i64(I64_LEAST))
    const isMinusOne = domain.binary(I64_EQ, right, domain.i64(-1n))
    if (domain.truth(domain.binary(I32_AND, isLeast, isMinusOne))) throw new Trap('integer overflow')
  }
}
