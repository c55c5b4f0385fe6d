/**
 * Random terms as recipes: lists of numbers that say which operation to apply to which of the terms made so far. One
 * recipe can be followed by any builder, so that terms as written and terms as simplified can be compared.
 */
import fc from 'fast-check'

import {
  type ArraySort,
  ArrayValue,
  arraySort,
  bitVecSort,
  boolSort,
  type FunctionSymbol,
  intSort,
  Model,
  type Term,
  type Terms,
} from '../../src/smt/index.js'

/** What both `Terms` and `RawTerms` are. */
export type Builder = Terms['raw'] | Terms

export interface Step {
  readonly op: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly constant: bigint
}

export interface Recipe {
  /** The width that most terms have. */
  readonly width: number
  readonly steps: readonly Step[]
  readonly values: readonly bigint[]
}

const special = [0n, 1n, 2n, 3n, 4n, 7n, 8n, 15n, 16n, 31n, 0x7fn, 0x80n, 0xffn, 0xff00n, 0xffffn, -1n, -2n, -16n]

export const step: fc.Arbitrary<Step> = fc.record({
  op: fc.nat(63),
  a: fc.nat(15),
  b: fc.nat(15),
  c: fc.nat(15),
  constant: fc.oneof(fc.constantFrom(...special), fc.bigInt(-(1n << 64n), 1n << 64n)),
})

export const recipe: fc.Arbitrary<Recipe> = fc.record({
  width: fc.constantFrom(1, 2, 3, 4, 7, 8, 16, 32, 64),
  steps: fc.array(step, { minLength: 1, maxLength: 24 }),
  values: fc.array(fc.oneof(fc.constantFrom(...special), fc.bigInt(0n, (1n << 64n) - 1n)), {
    minLength: 8,
    maxLength: 8,
  }),
})

/** Terms made so far, by sort. */
export class Kitchen {
  readonly t: Builder
  readonly width: number
  readonly bits: Term[] = []
  readonly truths: Term[] = []
  readonly arrays: Term[] = []
  readonly ints: Term[] = []
  readonly f: FunctionSymbol
  readonly arraySort: ArraySort

  constructor(t: Builder, width: number) {
    const sort = bitVecSort(width)
    this.t = t
    this.width = width
    this.arraySort = arraySort(sort, bitVecSort(8))
    for (const name of ['x', 'y', 'z']) this.bits.push(t.variable(name, sort))
    for (const name of ['p', 'q']) this.truths.push(t.variable(name, boolSort))
    for (const name of ['h', 'l']) this.bits.push(t.zeroExtendTo(width + 8, t.variable(name, bitVecSort(8))))
    this.arrays.push(t.variable('m', this.arraySort))
    this.ints.push(t.variable('i', intSort))
    this.f = t.declareFunction('f', [sort, bitVecSort(8)], sort)
  }

  bit(at: number): Term {
    return this.fit(pick(this.bits, at), this.width)
  }

  truth(at: number): Term {
    return pick(this.truths, at)
  }

  /** A term of the width, cut or extended. */
  fit(term: Term, width: number): Term {
    if (term.width === width) return term
    return term.width > width ? this.t.extract(width - 1, 0, term) : this.t.zeroExtendTo(width, term)
  }

  follow({ op, a, b, c, constant }: Step): void {
    const { t, width } = this
    const [x, y] = [this.bit(a), this.bit(b)]
    const number = t.bv(BigInt.asUintN(width, constant), width)
    const small = t.bv(BigInt.asUintN(width, BigInt(c)), width)
    const i = pick(this.ints, a)
    const j = pick(this.ints, b)
    const array = pick(this.arrays, a)
    const makers: (() => Term)[] = [
      () => t.add(x, y),
      () => t.add(x, number),
      () => t.sub(x, y),
      () => t.mul(x, y),
      () => t.mul(number, x),
      () => t.udiv(x, y),
      () => t.udiv(x, number),
      () => t.urem(x, y),
      () => t.urem(x, number),
      () => t.sdiv(x, y),
      () => t.srem(x, y),
      () => t.neg(x),
      () => t.bvnot(x),
      () => t.bvand(x, y),
      () => t.bvand(x, number),
      () => t.bvor(x, y),
      () => t.bvor(x, number),
      () => t.bvxor(x, y),
      () => t.bvxor(x, number),
      () => t.shl(x, y),
      () => t.shl(x, small),
      () => t.lshr(x, y),
      () => t.lshr(x, small),
      () => t.ashr(x, y),
      () => t.ashr(x, small),
      () => t.rotl(x, small),
      () => t.rotr(x, small),
      () => t.rotl(x, y),
      () => t.concat(x, pick(this.bits, b)),
      () => t.concat(number, x),
      () => t.concat(x, number),
      () => t.extract(...bounds(pick(this.bits, a).width, b, c), pick(this.bits, a)),
      () => t.zeroExtend(b, x),
      () => t.signExtend(b, x),
      () => t.signExtendTo(width, t.extract(...bounds(width, b, c), x)),
      () => t.zeroExtendTo(width, t.extract(...bounds(width, b, c), x)),
      () => t.ite(this.truth(c), x, y),
      () => t.ite(this.truth(c), number, small),
      () => t.fromBool(this.truth(a), width),
      () => t.apply(this.f, x, this.fit(y, 8)),
      () => t.select(array, y),
      () => t.store(array, y, this.fit(pick(this.bits, c), 8)),
      () => t.store(array, small, this.fit(number, 8)),
      () => t.ite(this.truth(c), array, pick(this.arrays, b)),
      () => t.constArray(this.arraySort, this.fit(y, 8)),
      () => t.eq(x, y),
      () => t.eq(x, number),
      () => t.eq(array, pick(this.arrays, b)),
      () => t.ult(x, y),
      () => t.ule(x, number),
      () => t.ugt(x, number),
      () => t.slt(x, y),
      () => t.sle(number, x),
      () => t.slt(t.signExtend(4, x), t.signExtend(4, y)),
      () => t.isNonZero(x),
      () => t.and(this.truth(a), this.truth(b), this.truth(c)),
      () => t.or(this.truth(a), this.truth(b)),
      () => t.not(this.truth(a)),
      () => t.eq(this.truth(a), this.truth(b)),
      () => t.ite(this.truth(c), this.truth(a), this.truth(b)),
      () => t.toInt(x),
      () => t.ite(this.truth(c), t.intAdd(i, j), t.intSub(i, t.intMul(constant % 8n, j))),
      () => (c < 8 ? t.intMod(i, BigInt(c) - 9n) : t.intDiv(i, BigInt(c) - 7n)),
      () => (c < 8 ? t.intLe(i, j) : t.eq(i, t.intAdd(j, t.int(c)))),
    ]
    this.keep(pick(makers, op)())
  }

  keep(term: Term): void {
    const { kind } = term.sort
    const shelf =
      kind === 'bool' ? this.truths : kind === 'int' ? this.ints : kind === 'array' ? this.arrays : this.bits
    if (term.width <= 256) shelf.push(term)
  }
}

function bounds(width: number, a: number, b: number): [number, number] {
  const [first, second] = [a % width, b % width]
  return first > second ? [first, second] : [second, first]
}

/** Counted from the newest, so that terms grow. */
export function pick<T>(shelf: readonly T[], at: number): T {
  const found = shelf[shelf.length - 1 - (at % shelf.length)]
  if (found === undefined) throw new RangeError('nothing to pick from')
  return found
}

/** Everything that a recipe makes. */
export function cook(t: Builder, { width, steps }: Recipe): Term[] {
  const kitchen = new Kitchen(t, width)
  const made: Term[] = []
  for (const one of steps) {
    kitchen.follow(one)
    const { truths, bits, arrays, ints } = kitchen
    made.push(pick(truths, 0), pick(bits, 0), pick(arrays, 0), pick(ints, 0))
  }
  return made
}

/** A model of the variables that recipes use. */
export function modelOf(t: Builder, { width, values }: Recipe): Model {
  const model = new Model()
  const kitchen = new Kitchen(t, width)
  const value = (at: number, bits: number) => BigInt.asUintN(bits, values[at] ?? 0n)
  const assign = (name: string, bits: number, at: number) => {
    const { symbol } = t.variable(name, bitVecSort(bits))
    if (symbol !== undefined) model.variables.set(symbol, value(at, bits))
  }
  assign('x', width, 0)
  assign('y', width, 1)
  assign('z', width, 2)
  assign('h', 8, 3)
  assign('l', 8, 4)
  for (const [i, name] of ['p', 'q'].entries()) {
    const { symbol } = t.variable(name, boolSort)
    if (symbol !== undefined) model.variables.set(symbol, ((values[5] ?? 0n) >> BigInt(i)) % 2n === 1n)
  }
  const { symbol: number } = t.variable('i', intSort)
  if (number !== undefined) model.variables.set(number, (values[6] ?? 0n) - 20n)
  const { symbol: array } = t.variable('m', kitchen.arraySort)
  const pairs = values.map((index, i) => [BigInt.asUintN(width, index), value(7 - i, 8)] as const)
  if (array !== undefined) model.variables.set(array, new ArrayValue(kitchen.arraySort, value(7, 8), pairs))
  const table = model.table(kitchen.f)
  for (const [i] of values.entries()) table.define([value(i, width), value(7 - i, 8)], value((i + 3) % 8, width))
  return model
}
