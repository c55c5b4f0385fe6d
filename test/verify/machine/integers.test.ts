import test from 'ava'
import fc from 'fast-check'

import { integerBinary, integerUnary } from '../../../src/verify/machine/integers.js'
import { type ConcreteValue, concreteDomain, type Operator, operators } from '../../../src/wasm/index.js'
import { KnownPath } from '../../domains/symbolic/known-path.js'

const edges = [0n, 1n, 2n, 31n, 32n, 63n, 64n, 0x7fn, 0x80n, 0xffn, 0x8000n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn]
const wide = [...edges, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn]
const word = fc.oneof(fc.constantFrom(...wide), fc.bigInt(0n, 2n ** 64n - 1n))

const widthOf = (type: Operator['operand']): number => (type === 'i64' ? 64 : 32)

/** A value of the concrete domain. */
function concrete(value: bigint, width: number): ConcreteValue {
  return width === 32 ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value)
}

function unsigned(value: ConcreteValue, width: number): bigint {
  return BigInt.asUintN(width, BigInt(value))
}

/** Those that would trap are not asked for: the stepper has seen to it. */
function traps(name: string, left: bigint, right: bigint, width: number): boolean {
  if (!/div|rem/.test(name)) return false
  const isOverflow = name.includes('div_s') && left === 1n << BigInt(width - 1) && right === (1n << BigInt(width)) - 1n
  return right === 0n || isOverflow
}

for (const operator of operators.values()) {
  if (operator.kind !== 'integerUnary' && operator.kind !== 'integerBinary') continue
  test(`${operator.name} is the same function of terms as of numbers`, (t) => {
    const width = widthOf(operator.operand)
    const result = widthOf(operator.result)
    fc.assert(
      fc.property(word, word, fc.boolean(), fc.boolean(), (x, y, isXKnown, isYKnown) => {
        const [left, right] = [BigInt.asUintN(width, x), BigInt.asUintN(width, y)]
        const path = new KnownPath()
        const { terms } = path
        const a = isXKnown ? terms.bv(left, width) : path.variable('a', width, left)
        const b = isYKnown ? terms.bv(right, width) : path.variable('b', width, right)
        if (operator.kind === 'integerUnary') {
          const expected = concreteDomain.unary(operator.opcode, concrete(left, width))
          const got = integerUnary(terms, operator.opcode, a)
          t.is(got.width, result)
          t.is(path.number(got), unsigned(expected, result))
        } else if (!traps(operator.name, left, right, width)) {
          const expected = concreteDomain.binary(operator.opcode, concrete(left, width), concrete(right, width))
          const got = integerBinary(terms, operator.opcode, a, b)
          t.is(got.width, result)
          t.is(path.number(got), unsigned(expected, result))
        }
      }),
      { numRuns: 60 },
    )
  })
}
