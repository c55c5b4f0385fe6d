/** Every operation: our value of it, against the solvers' value of what we print for it. */
import test from 'ava'

import {
  arraySort,
  bitVecSort,
  cvc5,
  evaluate,
  intSort,
  Model,
  nativeZ3,
  type Op,
  openSolver,
  type Solver,
  type Term,
  Terms,
  type Value,
  versionOf,
} from '../../src/smt/index.js'

type Raw = Terms['raw']

/** Operations on one or two vectors of one width. */
const operations: Partial<Record<Op, (t: Raw, a: Term, b: Term) => Term>> = {
  bvadd: (t, a, b) => t.nary('bvadd', [a, b, a]),
  bvsub: (t, a, b) => t.sub(a, b),
  bvmul: (t, a, b) => t.nary('bvmul', [a, b, b]),
  bvudiv: (t, a, b) => t.udiv(a, b),
  bvurem: (t, a, b) => t.urem(a, b),
  bvsdiv: (t, a, b) => t.sdiv(a, b),
  bvsrem: (t, a, b) => t.srem(a, b),
  bvneg: (t, a) => t.neg(a),
  bvnot: (t, a) => t.bvnot(a),
  bvand: (t, a, b) => t.nary('bvand', [a, b, a]),
  bvor: (t, a, b) => t.nary('bvor', [a, b, a]),
  bvxor: (t, a, b) => t.nary('bvxor', [a, b, a]),
  bvshl: (t, a, b) => t.shl(a, b),
  bvlshr: (t, a, b) => t.lshr(a, b),
  bvashr: (t, a, b) => t.ashr(a, b),
  concat: (t, a, b) => t.concat(a, b, t.bv(1, 1), a),
  extract: (t, a) => t.extract(a.width - 1, a.width >> 1, a),
  zero_extend: (t, a) => t.zeroExtend(3, a),
  sign_extend: (t, a) => t.signExtend(3, a),
  bvult: (t, a, b) => t.ult(a, b),
  bvule: (t, a, b) => t.ule(a, b),
  bvslt: (t, a, b) => t.slt(a, b),
  bvsle: (t, a, b) => t.sle(a, b),
  eq: (t, a, b) => t.eq(a, b),
  ite: (t, a, b) => t.ite(t.ult(a, b), a, b),
  not: (t, a, b) => t.not(t.eq(a, b)),
  and: (t, a, b) => t.and(t.ult(a, b), t.slt(b, a), t.true),
  or: (t, a, b) => t.or(t.ult(a, b), t.slt(b, a), t.false),
  bv2nat: (t, a) => t.toInt(a),
  select: (t, a, b) => t.select(t.store(everywhereOne(t, a.width), a, t.bvnot(b)), t.neg(b)),
  store: (t, a, b) => t.eq(t.store(everywhereOne(t, a.width), a, b), everywhereOne(t, a.width)),
  const_array: (t, a) => t.select(everywhereOne(t, a.width), a),
}

function everywhereOne(t: Raw, width: number): Term {
  const sort = bitVecSort(width)
  return t.constArray(arraySort(sort, sort), t.bv(1, width))
}

const derived: Record<string, (t: Raw, a: Term, b: Term) => Term> = {
  rotl: (t, a, b) => t.rotl(a, b),
  rotr: (t, a, b) => t.rotr(a, b),
  distinct: (t, a, b) => t.distinct(a, b, t.bvnot(a)),
  toSignedInt: (t, a) => t.toSignedInt(a),
  implies: (t, a, b) => t.implies(t.ult(a, b), t.slt(a, b)),
  xor: (t, a, b) => t.xor(t.ult(a, b), t.slt(a, b)),
}

const integers: Record<string, (t: Raw, a: Term, divisor: bigint) => Term> = {
  'int.add': (t, a, d) => t.intSum([a, a, t.int(d)]),
  'int.mul': (t, a, d) => t.intMul(d, a),
  'int.div': (t, a, d) => t.intDiv(a, d),
  'int.mod': (t, a, d) => t.intMod(a, d),
  'int.le': (t, a, d) => t.intLe(a, t.int(d)),
}

function edges(width: number): bigint[] {
  const half = 1n << BigInt(width - 1)
  const all = [0n, 1n, 2n, BigInt(width), half - 1n, half, half + 1n, -2n, -1n].map((v) => BigInt.asUintN(width, v))
  return [...new Set(all)]
}

function constant(t: Raw, value: Value, like: Term): Term {
  if (typeof value === 'boolean') return t.bool(value)
  if (typeof value !== 'bigint') throw new RangeError('an array has no constant')
  return like.width > 0 ? t.bv(value, like.width) : t.int(value)
}

/** For all edge values at once: whether variables of these values can make a term differ from our value of it. */
function differences(t: Raw, width: number, build: (t: Raw, a: Term, b: Term) => Term): Term {
  const sort = bitVecSort(width)
  const [x, y] = [t.variable(`x${width}`, sort), t.variable(`y${width}`, sort)]
  const cases: Term[] = []
  for (const a of edges(width)) {
    for (const b of edges(width)) {
      const [ca, cb] = [t.bv(a, width), t.bv(b, width)]
      const term = build(t, x, y)
      const value = constant(t, evaluate(build(t, ca, cb), new Model()), term)
      cases.push(t.and(t.eq(x, ca), t.eq(y, cb), t.not(t.eq(term, value))))
    }
  }
  return t.any(cases)
}

/** What a solver is asked in one query. */
const TOGETHER = 8

const solvers = [
  { name: 'z3-embedded', isHere: true },
  { name: 'z3', isHere: versionOf(nativeZ3) !== undefined },
  { name: 'cvc5', isHere: versionOf(cvc5) !== undefined },
] as const

for (const { name, isHere } of solvers) {
  const onlyHere = isHere ? test : test.skip

  onlyHere(`every operation has the value that ${name} gives to its print, at edge values`, async (t) => {
    const solver = await openSolver({ backends: [name], cache: false })
    t.teardown(() => solver.close())
    for (const width of [1, 4, 13]) {
      const { raw } = new Terms()
      const all = Object.entries({ ...operations, ...derived }).map(
        ([op, build]) => [`${op} ${width}`, differences(raw, width, build)] as const,
      )
      t.deepEqual(await thatDiffer(solver, raw, all), [])
    }
    const { raw } = new Terms()
    const i = raw.variable('i', intSort)
    const all = Object.entries(integers).map(([op, build]) => {
      const cases = [-9n, -8n, -1n, 0n, 1n, 7n, 8n].flatMap((value) =>
        [-8n, -3n, 1n, 8n, 65535n].map((divisor) => {
          const term = build(raw, i, divisor)
          const ours = constant(raw, evaluate(build(raw, raw.int(value), divisor), new Model()), term)
          return raw.and(raw.eq(i, raw.int(value)), raw.not(raw.eq(term, ours)))
        }),
      )
      return [op, raw.any(cases)] as const
    })
    t.deepEqual(await thatDiffer(solver, raw, all), [])
  })
}

/** Names of the operations that can differ: asked several at once, and one by one where that does not decide it. */
async function thatDiffer(solver: Solver, raw: Raw, all: readonly (readonly [string, Term])[]): Promise<string[]> {
  const found: string[] = []
  for (let i = 0; i < all.length; i += TOGETHER) {
    const some = all.slice(i, i + TOGETHER)
    if ((await solver.check([raw.any(some.map(([, term]) => term))])).status === 'unsat') continue
    for (const [name, term] of some) {
      const { status } = await solver.check([term])
      if (status !== 'unsat') found.push(`${name}: ${status}`)
    }
  }
  return found
}

test('the list above has every operation', (t) => {
  const covered = new Set([...Object.keys(operations), ...Object.keys(integers)])
  const all: Record<Op, true> = {
    true: true,
    false: true,
    bv: true,
    int: true,
    var: true,
    apply: true,
    not: true,
    and: true,
    or: true,
    eq: true,
    ite: true,
    bvnot: true,
    bvneg: true,
    bvand: true,
    bvor: true,
    bvxor: true,
    bvadd: true,
    bvsub: true,
    bvmul: true,
    bvudiv: true,
    bvurem: true,
    bvsdiv: true,
    bvsrem: true,
    bvshl: true,
    bvlshr: true,
    bvashr: true,
    concat: true,
    extract: true,
    zero_extend: true,
    sign_extend: true,
    bvult: true,
    bvule: true,
    bvslt: true,
    bvsle: true,
    select: true,
    store: true,
    const_array: true,
    'int.add': true,
    'int.mul': true,
    'int.div': true,
    'int.mod': true,
    'int.le': true,
    bv2nat: true,
  }
  // Constants, variables and functions are in every other one, and in the tests of the doors.
  for (const op of ['true', 'false', 'bv', 'int', 'var', 'apply']) covered.add(op)
  t.deepEqual(
    Object.keys(all).filter((op) => !covered.has(op)),
    [],
  )
})

test('division by zero is as SMT-LIB has it', (t) => {
  const { raw } = new Terms()
  const of = (term: Term) => evaluate(term, new Model())
  const [zero, five, minusFive] = [raw.bv(0, 8), raw.bv(5, 8), raw.bv(-5, 8)]
  t.is(of(raw.udiv(five, zero)), 0xffn)
  t.is(of(raw.urem(five, zero)), 5n)
  t.is(of(raw.sdiv(five, zero)), 0xffn)
  t.is(of(raw.sdiv(minusFive, zero)), 1n)
  t.is(of(raw.srem(minusFive, zero)), 0xfbn)
  t.is(of(raw.sdiv(raw.bv(-128, 8), raw.bv(-1, 8))), 0x80n)
  t.is(of(raw.shl(five, raw.bv(8, 8))), 0n)
  t.is(of(raw.ashr(minusFive, raw.bv(200, 8))), 0xffn)
})
