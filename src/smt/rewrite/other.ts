/** Rules for every operation, for arrays and for integers. */
import type { TermBuilder } from '../build.js'
import { meaning } from '../meaning.js'
import type { Op, Term } from '../term.js'
import type { Value } from '../value.js'
import { isNormalSum, isSummand, Linear } from './linear.js'
import { type Rule, rule } from './rule.js'
import { constantIte } from './shape.js'

/** Operations that constants can be put into; the value of each is a constant again. */
const foldable: readonly Op[] = [
  'not',
  'and',
  'or',
  'eq',
  'bvnot',
  'bvneg',
  'bvand',
  'bvor',
  'bvxor',
  'bvadd',
  'bvsub',
  'bvmul',
  'bvudiv',
  'bvurem',
  'bvsdiv',
  'bvsrem',
  'bvshl',
  'bvlshr',
  'bvashr',
  'concat',
  'extract',
  'zero_extend',
  'sign_extend',
  'bvult',
  'bvule',
  'bvslt',
  'bvsle',
  'int.add',
  'int.mul',
  'int.div',
  'int.mod',
  'int.le',
  'bv2nat',
]

function constantValue(term: Term): Value {
  return term.sort.kind === 'bool' ? term.op === 'true' : term.value
}

function fold(term: Term, t: TermBuilder): Term | undefined {
  const { op, args, sort } = term
  for (const arg of args) if (!arg.isConstant) return undefined
  if (op === 'var' || op === 'apply') return undefined
  const value = meaning(op, term, args.map(constantValue))
  if (typeof value === 'boolean') return t.bool(value)
  if (typeof value !== 'bigint') return undefined
  return sort.kind === 'bitvec' ? t.bv(value, sort.width) : t.int(value)
}

/** Operations of which one argument may be such an `ite` while the others are constants. */
const pushed: readonly Op[] = [
  'bvnot',
  'bvneg',
  'bvand',
  'bvor',
  'bvxor',
  'bvadd',
  'bvmul',
  'bvudiv',
  'bvurem',
  'bvsdiv',
  'bvsrem',
  'concat',
  'extract',
  'sign_extend',
  'bvult',
  'bvslt',
  'bv2nat',
]

/** An operation on constants and one `ite` between constants is an `ite` between constants. */
function pushIntoIte(term: Term, t: TermBuilder): Term | undefined {
  let at = -1
  for (let i = 0; i < term.args.length; i++) {
    const arg = term.args[i]
    if (arg === undefined || arg.isConstant) continue
    if (at !== -1 || constantIte(arg) === undefined) return undefined
    at = i
  }
  const ite = term.args[at]
  const found = ite === undefined ? undefined : constantIte(ite)
  if (found === undefined) return undefined
  const [condition, yes, no] = found
  const withBranch = (branch: Term) => again(t, term, term.args.with(at, branch))
  const [ofYes, ofNo] = [withBranch(yes), withBranch(no)]
  return ofYes === undefined || ofNo === undefined ? undefined : t.ite(condition, ofYes, ofNo)
}

/** The same operation on other arguments of the same sorts. */
function again(t: TermBuilder, { op, hi, lo }: Term, args: readonly Term[]): Term | undefined {
  const [a, b] = args
  if (a === undefined) return undefined
  switch (op) {
    case 'bvnot':
      return t.bvnot(a)
    case 'bvneg':
      return t.neg(a)
    case 'bvand':
    case 'bvor':
    case 'bvxor':
    case 'bvadd':
    case 'bvmul':
      return t.nary(op, args)
    case 'concat':
      return t.concat(...args)
    case 'extract':
      return t.extract(hi, lo, a)
    case 'sign_extend':
      return t.signExtend(hi, a)
    case 'bv2nat':
      return t.toInt(a)
    default:
      return b === undefined ? undefined : againBinary(t, op, a, b)
  }
}

function againBinary(t: TermBuilder, op: Op, a: Term, b: Term): Term | undefined {
  switch (op) {
    case 'bvudiv':
      return t.udiv(a, b)
    case 'bvurem':
      return t.urem(a, b)
    case 'bvsdiv':
      return t.sdiv(a, b)
    case 'bvsrem':
      return t.srem(a, b)
    case 'bvult':
      return t.ult(a, b)
    case 'bvslt':
      return t.slt(a, b)
    default:
      return undefined
  }
}

/** Two constants that are not the same. (Of terms in normal form, equal constants are one term.) */
function areDifferent(a: Term, b: Term): boolean {
  return a.isConstant && b.isConstant && a !== b
}

/** How many stores a `select` looks through. */
const maxStores = 64

/** Reads over writes, as far as indices are known to be equal or different. */
function readOverWrite(term: Term, t: TermBuilder): Term | undefined {
  const [array, index] = term.args
  if (array === undefined || index === undefined) return undefined
  let at = array
  for (let passed = 0; passed < maxStores; passed++) {
    const [below, written, element] = at.args
    if (at.op === 'const_array') return below
    if (at.op !== 'store' || below === undefined || written === undefined) break
    if (written === index) return element
    if (!areDifferent(written, index)) break
    at = below
  }
  return at === array ? undefined : t.select(at, index)
}

/** A store over a store of the same index, and a store of what is there. */
function storeOverStore(term: Term, t: TermBuilder): Term | undefined {
  const [array, index, element] = term.args
  if (array === undefined || index === undefined || element === undefined) return undefined
  const [below, written] = array.args
  if (array.op === 'store' && written === index && below !== undefined) return t.store(below, index, element)
  if (element.op === 'select' && element.args[0] === array && element.args[1] === index) return array
  // Constant indices are written in rising order.
  const [, , other] = array.args
  if (array.op !== 'store' || below === undefined || written === undefined || other === undefined) return undefined
  const isOutOfOrder = areDifferent(written, index) && index.value < written.value && index.width > 0
  return isOutOfOrder ? t.store(t.store(below, index, element), written, other) : undefined
}

function integerSum(term: Term, t: TermBuilder): Term | undefined {
  if (isNormalSum(term)) return undefined
  const sum = new Linear(0)
  for (const arg of term.args) sum.addTerm(arg, 1n)
  return sum.build(t)
}

function integerMultiple(term: Term, t: TermBuilder): Term | undefined {
  const [factor, a] = term.args
  if (factor?.op !== 'int' || a === undefined) return undefined
  if (factor.value === 1n) return a
  if (factor.value === 0n) return t.int(0)
  if (!isSummand(a)) return undefined
  const sum = new Linear(0)
  sum.addTerm(a, factor.value)
  return sum.build(t)
}

/** a <= b with everything on the left but the constant. */
function integerOrder(term: Term, t: TermBuilder): Term | undefined {
  const [a, b] = term.args
  if (a === undefined || b === undefined) return undefined
  const difference = new Linear(0)
  difference.addTerm(a, 1n)
  difference.addTerm(b, -1n)
  const constant = difference.constant
  if (difference.atoms().length === 0) return t.bool(constant <= 0n)
  difference.constant = 0n
  const isNormal = b.op === 'int' && (a.op !== 'int.add' || a.args.at(-1)?.op !== 'int') && a.op !== 'int'
  return isNormal ? undefined : t.intLe(difference.build(t), t.int(-constant))
}

function naturalOfZeros({ args: [a] }: Term, t: TermBuilder): Term | undefined {
  const [first, ...rest] = a?.args ?? []
  return a?.op === 'concat' && first?.op === 'bv' && first.value === 0n ? t.toInt(t.concat(...rest)) : undefined
}

export const foldingRules: readonly Rule[] = [
  rule('fold', foldable, [], fold),
  rule('constant-ite', pushed, ['ite'], pushIntoIte),
]

export const otherRules: readonly Rule[] = [
  rule('select', ['select'], ['store', 'const_array'], readOverWrite, maxStores),
  rule('store', ['store'], ['store', 'select'], storeOverStore),
  rule('int.sum', ['int.add'], isSummand, integerSum, 3),
  rule('int.multiple', ['int.mul'], isSummand, integerMultiple, 3),
  rule('int.order', ['int.le'], isSummand, integerOrder, 3),
  rule('bv2nat.zeros', ['bv2nat'], ['concat'], naturalOfZeros),
]
