/** Rules for Bool. Normal form: `and` and `not` only, `and` flat and in order of creation. */
import type { TermBuilder } from '../build.js'
import type { Op, Term } from '../term.js'
import { type Rule, rule } from './rule.js'
import { areOpposite, byId, negated, sameTerms } from './shape.js'

/** Longer conjunctions are not merged into others: a long one that grows term by term would cost its square. */
const maxMerged = 256
const maxSearched = 64

function flatten(op: Term['op'], args: readonly Term[]): Term[] {
  const flat: Term[] = []
  for (const arg of args) {
    if (arg.op === op && arg.args.length + args.length <= maxMerged) flat.push(...arg.args)
    else flat.push(arg)
  }
  return flat
}

function normalAnd(term: Term, t: TermBuilder): Term | undefined {
  const { args } = term
  const members = new Set<Term>()
  for (const arg of flatten('and', args)) {
    if (arg.op === 'false') return t.false
    if (arg.op !== 'true') members.add(arg)
  }
  for (const member of members) {
    const opposite = negated(member)
    if (opposite !== undefined && members.has(opposite)) return t.false
  }
  const sorted = [...members].sort(byId)
  return sameTerms(sorted, args) ? undefined : t.all(sorted)
}

/** `a and not (a and b)` is `a and not b`; `a and not (not a and b)` is `a`. */
function absorb(term: Term, t: TermBuilder): Term | undefined {
  const { args } = term
  if (args.length > maxSearched) return undefined
  const members = new Set(args)
  const denied = new Set(args.map(negated))
  const kept: Term[] = []
  let changed = false
  for (const arg of args) {
    const inner = negated(arg)
    if (inner?.op !== 'and' || inner.args.length > maxSearched) {
      kept.push(arg)
      continue
    }
    const isFalse = (part: Term) => {
      const opposite = negated(part)
      return denied.has(part) || (opposite !== undefined && members.has(opposite))
    }
    const open = inner.args.filter((part) => !members.has(part))
    if (inner.args.some(isFalse)) changed = true
    else if (open.length < inner.args.length) {
      changed = true
      kept.push(t.not(t.all(open)))
    } else kept.push(arg)
  }
  return changed ? t.all(kept) : undefined
}

/** With `x = 1` among them, `x = 2` is false and `not (x = 2)` need not be said. */
function useValues(term: Term, t: TermBuilder): Term | undefined {
  const values = new Map<Term, Term>()
  for (const arg of term.args) {
    const [subject, value] = arg.args
    if (arg.op !== 'eq' || subject === undefined || value?.isConstant !== true) continue
    if ((values.get(subject) ?? value) !== value) return t.false
    values.set(subject, value)
  }
  if (values.size === 0) return undefined
  const kept = term.args.filter((arg) => {
    const equation = negated(arg)
    const [subject, value] = equation?.args ?? []
    if (equation?.op !== 'eq' || subject === undefined || value?.isConstant !== true) return true
    return (values.get(subject) ?? value) === value
  })
  return kept.length === term.args.length ? undefined : t.all(kept)
}

/** An equation between slices of two terms, in order of creation of these. */
interface SlicesEqual {
  readonly equation: Term
  readonly a: Term
  readonly b: Term
}

function slicesEqual(equation: Term): SlicesEqual | undefined {
  const [x, y] = equation.args
  if (equation.op !== 'eq' || x?.op !== 'extract' || y?.op !== 'extract') return undefined
  const [inX] = x.args
  const [inY] = y.args
  if (inX === undefined || inY === undefined || inX === inY) return undefined
  return inX.id < inY.id ? { equation, a: x, b: y } : { equation, a: y, b: x }
}

/** Equal slices that lie next to each other, on both sides, are one: bytes that were compared one by one. */
function joinSlices({ args }: Term, t: TermBuilder): Term | undefined {
  if (args.length > maxMerged) return undefined
  const found = args.map(slicesEqual).filter((each) => each !== undefined)
  for (const [i, high] of found.entries()) {
    const { a, b } = high
    const below = found.find(
      (low, j) =>
        i !== j &&
        low.a.args[0] === a.args[0] &&
        low.b.args[0] === b.args[0] &&
        low.a.hi === a.lo - 1 &&
        low.b.hi === b.lo - 1,
    )
    const [inA] = a.args
    const [inB] = b.args
    if (below === undefined || inA === undefined || inB === undefined) continue
    const joined = t.eq(t.extract(a.hi, below.a.lo, inA), t.extract(b.hi, below.b.lo, inB))
    const others = args.filter((arg) => arg !== high.equation && arg !== below.equation)
    return t.all([...others, joined])
  }
  return undefined
}

export const boolRules: readonly Rule[] = [
  rule('or.de-morgan', ['or'], [], (term, t) => t.not(t.all(term.args.map((arg) => t.not(arg))))),
  rule('not.not', ['not'], ['not'], ({ args: [a] }) => (a?.op === 'not' ? a.args[0] : undefined)),
  rule('and.normal', ['and'], ['and', 'not'], normalAnd, 2),
  rule('and.absorb', ['and'], ['and', 'not'], absorb, 3),
  rule('and.slices', ['and'], ['eq', 'extract'], joinSlices, 2),
  rule('and.values', ['and'], ['eq', 'not'], useValues, 2),
]

function branches(term: Term): readonly [Term, Term, Term] | undefined {
  const [condition, yes, no] = term.args
  return condition === undefined || yes === undefined || no === undefined ? undefined : [condition, yes, no]
}

/** A rule for `ite`, given its three arguments. */
function iteRule(
  name: string,
  sees: readonly Op[],
  rewrite: (t: TermBuilder, condition: Term, yes: Term, no: Term) => Term | undefined,
): Rule {
  return rule(name, ['ite'], sees, (term, t) => {
    const found = branches(term)
    return found === undefined ? undefined : rewrite(t, ...found)
  })
}

/** A branch that is an `ite` with the same condition is one of its branches. */
function sameCondition(t: TermBuilder, condition: Term, yes: Term, no: Term): Term | undefined {
  const inYes = branches(yes)
  if (yes.op === 'ite' && inYes?.[0] === condition) return t.ite(condition, inYes[1], no)
  const inNo = branches(no)
  if (no.op === 'ite' && inNo?.[0] === condition) return t.ite(condition, yes, inNo[2])
  return undefined
}

/** An `ite` in a branch that shares a value with the other branch. */
function sharedBranch(t: TermBuilder, c: Term, yes: Term, no: Term): Term | undefined {
  const inNo = no.op === 'ite' ? branches(no) : undefined
  if (inNo !== undefined) {
    const [d, x, y] = inNo
    if (x === yes) return t.ite(t.or(c, d), yes, y)
    if (y === yes) return t.ite(t.and(t.not(c), d), x, yes)
  }
  const inYes = yes.op === 'ite' ? branches(yes) : undefined
  if (inYes !== undefined) {
    const [d, x, y] = inYes
    if (y === no) return t.ite(t.and(c, d), x, no)
    if (x === no) return t.ite(t.and(c, t.not(d)), y, no)
  }
  return undefined
}

/** `ite` of sort Bool with a branch that is a constant, the condition, or its opposite. */
function boolBranch(t: TermBuilder, c: Term, yes: Term, no: Term): Term | undefined {
  if (yes.sort.kind !== 'bool') return undefined
  const isYesTrue = yes.op === 'true' || yes === c
  const isYesFalse = yes.op === 'false' || areOpposite(yes, c)
  const isNoTrue = no.op === 'true' || areOpposite(no, c)
  const isNoFalse = no.op === 'false' || no === c
  if (isYesTrue && isNoFalse) return c
  if (isYesFalse && isNoTrue) return t.not(c)
  if (isYesTrue) return t.or(c, no)
  if (isYesFalse) return t.and(t.not(c), no)
  if (isNoTrue) return t.or(t.not(c), yes)
  return isNoFalse ? t.and(c, yes) : undefined
}

export const iteRules: readonly Rule[] = [
  iteRule('ite.decided', [], (_, c, yes, no) => (c.op === 'true' ? yes : c.op === 'false' ? no : undefined)),
  iteRule('ite.same', [], (_, __, yes, no) => (yes === no ? yes : undefined)),
  iteRule('ite.not', ['not'], (t, c, yes, no) => {
    const opposite = negated(c)
    return opposite === undefined ? undefined : t.ite(opposite, no, yes)
  }),
  iteRule('ite.bool', ['not'], boolBranch),
  iteRule('ite.same-condition', ['ite'], sameCondition),
  iteRule('ite.shared-branch', ['ite'], sharedBranch),
  // ite(x = y, x, y) is y, and so is ite(x = y, y, x) for x.
  iteRule('ite.equal', ['eq'], (_, c, yes, no) =>
    c.op === 'eq' && c.args.includes(yes) && c.args.includes(no) ? no : undefined,
  ),
]
