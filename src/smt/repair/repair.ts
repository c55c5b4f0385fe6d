/**
 * From a model of some facts one of a few more, found by changing what is in the way: each fact that does not hold is made
 * to, which may break others, and where there are several ways they are tried in turn, up to some number of changes. Paths
 * of a program differ by one condition from one another, and mostly that is enough; where it is not, this says nothing.
 * What is found has been evaluated, so that nothing rests on how it was found.
 */
import type { Term } from '../term.js'
import type { Model } from '../value.js'
import { Draft } from './draft.js'

/** Values that are given before it is given up: as long as a solver takes to be asked. */
const PATIENCE = 150

/** Conditions within conditions, and parts within parts, that are still changed. */
const DEEPEST = 40

/** Bits of numbers of which every value is tried. */
const NARROW = 3

/** Each step is a way in which it is done; what was changed for it is undone when the next one is asked for. */
type Ways = Generator<undefined, void, undefined>

/** A model of all `facts` near `model`; undefined where none is found by giving `patience` values. */
export function repaired(model: Model, facts: readonly Term[], patience = PATIENCE): Model | undefined {
  const draft = new Draft(model, patience)
  return madeAll(draft, facts, 0).next().done === true ? undefined : draft.finished()
}

function* madeAll(draft: Draft, facts: readonly Term[], depth: number): Ways {
  const broken = facts.find((fact) => !draft.holds(fact))
  if (broken === undefined) yield
  else if (depth < DEEPEST) for (const _ of make(draft, broken, true, depth)) yield* madeAll(draft, facts, depth + 1)
}

/** Makes a condition true or false. */
function* make(draft: Draft, condition: Term, wanted: boolean, depth: number): Ways {
  if (draft.holds(condition) === wanted) yield
  else if (depth < DEEPEST) {
    for (const _ of ways(draft, condition, wanted, depth + 1)) {
      // What was made may have been unmade by what came after it.
      if (draft.holds(condition) === wanted) yield
    }
  }
}

function* ways(draft: Draft, condition: Term, wanted: boolean, depth: number): Ways {
  const { op, args } = condition
  const [first, second, third] = args
  if (op === 'var' || op === 'apply') yield* given(draft, condition, wanted, -1n, depth)
  if (first === undefined) return
  if (op === 'not') yield* make(draft, first, !wanted, depth)
  if (op === 'and' && wanted) yield* madeAll(draft, args, depth)
  if (op === 'and' && !wanted) for (const arg of args) yield* make(draft, arg, false, depth)
  if (second === undefined) return
  if (op === 'ite' && third !== undefined) {
    yield* eitherBranch(draft, [first, second, third], (branch) => make(draft, branch, wanted, depth), depth)
  }
  if (op === 'eq' || op === 'bvult' || op === 'bvslt') yield* compared(draft, op, [first, second], wanted, depth)
}

type Sides = readonly [Term, Term]

/** By the nearest values with which it is as wanted, of the side that was built last first: it is the less likely input. */
function* compared(draft: Draft, op: 'eq' | 'bvult' | 'bvslt', sides: Sides, wanted: boolean, depth: number): Ways {
  const [first, second] = sides
  const [a, b] = [draft.value(first), draft.value(second)]
  if (typeof a === 'boolean' && typeof b === 'boolean') {
    yield* make(draft, second, a === wanted, depth)
    yield* make(draft, first, b === wanted, depth)
  }
  if (typeof a !== 'bigint' || typeof b !== 'bigint' || first.width === 0) return
  const isBelow = op !== 'eq' && wanted
  const isApart = op === 'eq' && !wanted
  const nearest = [
    { term: first, value: isBelow ? b - 1n : isApart ? b + 1n : b },
    { term: second, value: isBelow || isApart ? a + 1n : a },
  ]
  if (second.id > first.id) nearest.reverse()
  for (const { term, value } of nearest) yield* assign(draft, term, value, -1n, depth)
}

/** Gives a bit vector a value: the bits of `mask`. */
function* assign(draft: Draft, term: Term, value: bigint, mask: bigint, depth: number): Ways {
  if (depth > DEEPEST) return
  const { op, args, width, lo } = term
  const bits = BigInt.asUintN(width, mask)
  const wanted = BigInt.asUintN(width, value) & bits
  const isDone = (): boolean => {
    const present = draft.value(term)
    return typeof present === 'bigint' && (present & bits) === wanted
  }
  const [first, second, third] = args
  if (op === 'var' || op === 'apply') yield* given(draft, term, value, bits, depth)
  else if (first === undefined) {
    if (isDone()) yield
  } else if (op === 'concat') {
    let shift = 0n
    const parts = args.toReversed().map((part) => {
      const slice = { part, value: value >> shift, mask: bits >> shift }
      shift += BigInt(part.width)
      return slice
    })
    yield* inTurn(parts, ({ part, ...slice }) => assign(draft, part, slice.value, slice.mask, depth + 1))
  } else if (op === 'extract') yield* assign(draft, first, value << BigInt(lo), bits << BigInt(lo), depth + 1)
  else if (op === 'zero_extend' || op === 'sign_extend') {
    for (const _ of assign(draft, first, value, bits, depth + 1)) if (isDone()) yield
  } else if (op === 'ite' && second !== undefined && third !== undefined) {
    const waysOf = (branch: Term): Ways => assign(draft, branch, value, bits, depth + 1)
    yield* eitherBranch(draft, [first, second, third], waysOf, depth + 1)
  } else if (op === 'bvneg') yield* assign(draft, first, -value, -1n, depth + 1)
  else if (op === 'bvnot') yield* assign(draft, first, ~value, bits, depth + 1)
  else if (op === 'bvmul' && first.op === 'bv' && second !== undefined) {
    // What lies beside it may do: whether it does is for the condition to say.
    const quotient = BigInt.asIntN(width, value) / BigInt.asIntN(width, first.value)
    for (const aside of [0n, 1n, -1n]) yield* assign(draft, second, quotient + aside, -1n, depth + 1)
  } else if (op === 'bvadd') {
    for (const arg of args.toSorted((a, b) => b.id - a.id)) {
      const [sum, part] = [draft.value(term), draft.value(arg)]
      if (arg.isConstant || typeof sum !== 'bigint' || typeof part !== 'bigint') continue
      yield* assign(draft, arg, part + value - sum, -1n, depth + 1)
    }
  }
}

/** By the branch that is taken now, then by the other. */
function* eitherBranch(
  draft: Draft,
  [condition, whenTrue, whenFalse]: readonly [Term, Term, Term],
  waysOf: (branch: Term) => Ways,
  depth: number,
): Ways {
  const isTrue = draft.holds(condition)
  const [present, other] = isTrue ? [whenTrue, whenFalse] : [whenFalse, whenTrue]
  yield* waysOf(present)
  for (const _ of make(draft, condition, !isTrue, depth)) yield* waysOf(other)
}

/** Where the function is at its arguments now, and then where it is at others: two keys may have had one slot. */
function* given(draft: Draft, place: Term, value: boolean | bigint, mask: bigint, depth: number): Ways {
  const before = draft.size
  if (draft.set(place, value, mask)) yield
  draft.backTo(before)
  // Not for each of its parts: all ways to move each would be tried with one another.
  if (BigInt.asUintN(place.width, mask + 1n) !== 0n) return
  for (const arg of place.args) {
    const present = draft.value(arg)
    if (typeof present !== 'bigint' || arg.width === 0) continue
    for (const other of others(present, arg.width)) {
      for (const _ of assign(draft, arg, other, -1n, depth + 1)) {
        const moved = draft.size
        if (draft.set(place, value, mask)) yield
        draft.backTo(moved)
      }
    }
  }
}

/** The next value, or every other one where there are few. */
function others(value: bigint, width: number): bigint[] {
  const count = width <= NARROW ? 2 ** width - 1 : 1
  return Array.from({ length: count }, (_, i) => BigInt.asUintN(width, value + BigInt(i + 1)))
}

function* inTurn<T>(all: readonly T[], waysOf: (each: T) => Ways, at = 0): Ways {
  const next = all[at]
  if (next === undefined) yield
  else for (const _ of waysOf(next)) yield* inTurn(all, waysOf, at + 1)
}
