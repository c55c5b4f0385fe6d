/** Every operator over terms gives what JavaScript's own gives, at the edges and between. */
import test from 'ava'
import fc from 'fast-check'

import { Integer, Integers, widthOf } from '../../../src/domains/symbolic/integer.js'
import { SymbolicOperators } from '../../../src/domains/symbolic/operators.js'
import { Run } from '../../../src/domains/symbolic/run.js'
import { SymbolicBigint, SymbolicNumber, SymbolicTruth } from '../../../src/domains/symbolic/values.js'
import { bitVecSort } from '../../../src/smt/index.js'
import { SpecError } from '../../../src/spec/error.js'
import { type SymbolicValue, withOperators } from '../../../src/spec/instrumented/index.js'
import { div, hooksOf, max, min, wide } from '../../../src/spec/instrumented/language.js'
import { EvaluatingPath } from './evaluating-path.js'

const MOST = Number.MAX_SAFE_INTEGER
const edges = [0, 1, -1, 2, 5, 7, -7, 31, 32, 33, 63, 255, -255, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1]
const wideEdges = [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, -(2 ** 32), 2 ** 40 + 3, MOST, -MOST, MOST - 1]
const numbers = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...edges, ...wideEdges) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
  { weight: 1, arbitrary: fc.integer({ min: -100, max: 100 }) },
)
const bigints = fc.oneof(
  numbers.map(BigInt),
  fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
  fc.constantFrom(2n ** 64n - 1n, 2n ** 64n, -(2n ** 63n), 2n ** 127n),
)

/** How far the bounds that are known of a value lie from it. */
const slack = fc.constantFrom(0n, 1n, 255n, 2n ** 33n)

interface Operand {
  readonly value: number | bigint
  readonly below: bigint
  readonly above: bigint
  readonly isSymbolic: boolean
}

function operand(values: fc.Arbitrary<number | bigint>): fc.Arbitrary<Operand> {
  return fc.record({ value: values, below: slack, above: slack, isSymbolic: fc.boolean() })
}

const hooks = hooksOf('x.ts', [[1, 1]])

class Bench {
  readonly path = new EvaluatingPath()
  readonly #run = new Run(this.path, 2, new Integers(this.path.terms).of(0n))
  #count = 0

  /** The value as a specification would hold it, with such bounds. */
  given({ value, below, above, isSymbolic }: Operand): number | bigint | SymbolicValue {
    if (!isSymbolic) return value
    const exact = BigInt(value)
    const isNumber = typeof value === 'number'
    const lo = isNumber && exact - below < -BigInt(MOST) ? -BigInt(MOST) : exact - below
    const hi = isNumber && exact + above > BigInt(MOST) ? BigInt(MOST) : exact + above
    const width = widthOf(lo, hi)
    const term = this.path.constant(`v${this.#count++}`, bitVecSort(width), BigInt.asUintN(width, exact))
    const integer = new Integer(term, lo, hi)
    return isNumber ? new SymbolicNumber(integer) : new SymbolicBigint(integer)
  }

  /** What `compute` gives, as JavaScript's value; `refused` where it is an error or breaks an obligation. */
  result(compute: () => unknown): unknown {
    try {
      const result = withOperators(new SymbolicOperators(this.#run), compute)
      return this.path.failed.length > 0 ? 'refused' : this.#valueOf(result)
    } catch (error) {
      if (error instanceof SpecError) return 'refused'
      throw error
    }
  }

  #valueOf(result: unknown): unknown {
    if (result instanceof SymbolicTruth) return this.path.holds(result.term)
    if (!(result instanceof SymbolicNumber || result instanceof SymbolicBigint)) return result
    const { term, lo, hi } = result.integer
    const bits = this.path.bits(term)
    const value = lo < 0n ? BigInt.asIntN(term.width, bits) : bits
    if (value < lo || value > hi) throw new Error(`${value} is not between its bounds ${lo} and ${hi}`)
    return result.type === 'number' ? Number(value) : value
  }
}

type Native = (a: never, b: never) => unknown

function agrees(
  values: fc.Arbitrary<number | bigint>,
  amounts: fc.Arbitrary<number | bigint>,
  native: Native,
  ours: (a: unknown, b: unknown) => unknown,
  numRuns = 1500,
): void {
  const property = fc.property(operand(values), operand(amounts), (a, b) => {
    const bench = new Bench()
    const [x, y] = [bench.given(a), bench.given(b)]
    const result = bench.result(() => ours(x, y))
    const expected = outcome(native, a.value, b.value)
    if (!Object.is(result, expected)) throw new Error(`${a.value} and ${b.value}: ${result}, not ${expected}`)
  })
  fc.assert(property, { numRuns })
}

/** What JavaScript gives where the language has it: whole numbers of at most 53 bits; -0 is 0. */
function outcome(native: Native, a: number | bigint, b: number | bigint): unknown {
  try {
    const result: unknown = Reflect.apply(native, undefined, [a, b])
    if (typeof result === 'number') return Number.isSafeInteger(result) ? result + 0 : 'refused'
    return result
  } catch {
    return 'refused'
  }
}

const binary: Readonly<Record<string, Native>> = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '%': (a: number, b: number) => a % b,
  '&': (a: number, b: number) => a & b,
  '|': (a: number, b: number) => a | b,
  '^': (a: number, b: number) => a ^ b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '===': (a: number, b: number) => a === b,
  '!==': (a: number, b: number) => a !== b,
}

const shifts: Readonly<Record<string, Native>> = {
  '<<': (a: number, b: number) => a << b,
  '>>': (a: number, b: number) => a >> b,
  '>>>': (a: number, b: number) => a >>> b,
}

for (const [operator, native] of Object.entries({ ...binary, ...shifts })) {
  test(`numbers: ${operator} is JavaScript's`, (t) => {
    agrees(numbers, numbers, native, (a, b) => hooks.binary(0, operator, a, b))
    t.pass()
  })
}

for (const [operator, native] of Object.entries(binary)) {
  test(`bigints: ${operator} is JavaScript's`, (t) => {
    agrees(bigints, bigints, native, (a, b) => hooks.binary(0, operator, a, b))
    t.pass()
  })
}

for (const operator of ['<<', '>>']) {
  test(`bigints: ${operator} by a constant is JavaScript's, negative amounts too`, (t) => {
    const property = fc.property(operand(bigints), fc.integer({ min: -70, max: 200 }), (a, amount) => {
      const bench = new Bench()
      const given = bench.given(a)
      const by = BigInt(amount)
      const expected = operator === '<<' ? BigInt(a.value) << by : BigInt(a.value) >> by
      return Object.is(
        bench.result(() => hooks.binary(0, operator, given, by)),
        expected,
      )
    })
    fc.assert(property, { numRuns: 1000 })
    t.pass()
  })
}

for (const operator of ['-', '~'] as const) {
  test(`${operator} of a number and of a bigint is JavaScript's`, (t) => {
    const native: Native = operator === '-' ? (a: number) => -a : (a: number) => ~a
    agrees(numbers, fc.constant(0), native, (a) => hooks.unary(0, operator, a))
    agrees(bigints, fc.constant(0n), native, (a) => hooks.unary(0, operator, a))
    t.pass()
  })
}

test('div truncates, min and max choose, wide keeps the value', (t) => {
  const quotient = (a: number | bigint, b: number | bigint) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return a / b
    if (b === 0) throw new RangeError()
    return typeof a === 'number' && typeof b === 'number' ? Number(BigInt(a) / BigInt(b)) : undefined
  }
  const [smaller, larger] = [1, -1].map((sign) => (a: number, b: number) => {
    const isFirst = sign === 1 ? a < b : a > b
    return isFirst ? a : b
  })
  if (smaller === undefined || larger === undefined) return t.fail()
  for (const values of [numbers, bigints]) {
    agrees(values, values, quotient, div)
    agrees(values, values, smaller, min, 1000)
    agrees(values, values, larger, max, 1000)
  }
  agrees(numbers, numbers, (a: number) => BigInt(a), wide, 1000)
  t.pass()
})

test('-0 is 0 wherever JavaScript would make it', (t) => {
  t.is(hooks.binary(0, '*', 0, -5), 0)
  t.is(hooks.binary(0, '%', -5, 5), 0)
  t.is(hooks.unary(0, '-', 0), 0)
  t.is(div(-1, 2), 0)
  t.is(div(0, -5), 0)
})

test('a truth value is joined to another without a decision, and only where nothing else can happen', (t) => {
  const bench = new Bench()
  const symbolic = (value: number) => bench.given({ value, below: 10n, above: 10n, isSymbolic: true })
  const [a, b] = [symbolic(3), symbolic(4)]
  const less = (x: unknown, y: unknown) => hooks.binary(0, '<', x, y)
  t.is(
    bench.result(() => hooks.connect(0, '&&', less(a, 9), () => less(b, 9), true)),
    true,
  )
  t.is(
    bench.result(() => hooks.connect(0, '||', less(9, a), () => less(b, 2), true)),
    false,
  )
  t.is(bench.path.decisions.length, 0)
  t.is(
    bench.result(() => hooks.connect(0, '&&', less(a, 9), () => less(b, 9), false)),
    true,
  )
  t.is(bench.path.decisions.length, 1)
  t.is(
    bench.result(() => hooks.connect(0, '&&', less(9, a), () => fail(), true)),
    false,
  )
  t.is(bench.path.decisions.length, 2)
})

test('what a joined operand must keep it must keep only where it would have been run', (t) => {
  const bench = new Bench()
  const large = bench.given({ value: 5, below: 5n, above: BigInt(MOST) - 5n, isSymbolic: true })
  const isSmall = () => hooks.binary(0, '<', large, 4)
  const overflows = () => hooks.binary(0, '>', hooks.binary(0, '*', large, MOST), 0)
  t.is(
    bench.result(() => hooks.connect(0, '&&', isSmall(), overflows, true)),
    false,
  )
  t.is(bench.path.decisions.length, 0)
  t.is(bench.path.obligations.length, 1)
  t.is(
    bench.result(() => hooks.connect(0, '||', isSmall(), overflows, true)),
    'refused',
  )
})

test('a variable that is set under a condition is one of two values, without a decision', (t) => {
  const bench = new Bench()
  const a = bench.given({ value: 3, below: 3n, above: 10n, isSymbolic: true })
  const isSmall = (most: number) => hooks.binary(0, '<', a, most)
  const sum = () => hooks.binary(0, '+', a, 1)
  t.is(
    bench.result(() => hooks.set(0, isSmall(9), sum, () => a)),
    4,
  )
  t.is(
    bench.result(() => hooks.set(0, isSmall(2), sum, () => a)),
    3,
  )
  t.is(
    bench.result(() =>
      hooks.set(
        0,
        isSmall(2),
        () => isSmall(1),
        () => true,
      ),
    ),
    true,
  )
  t.is(bench.path.decisions.length, 0)
  t.is(
    bench.result(() => hooks.set(0, isSmall(9), sum, () => undefined)),
    4,
  )
  t.is(
    bench.result(() => hooks.set(0, isSmall(2), fail, () => 8)),
    8,
  )
  t.is(bench.path.decisions.length, 2)
})

function fail(): never {
  throw new SpecError('this operand does not run')
}
