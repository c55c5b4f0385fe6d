/** Entries picked by a number that is not known: the first that matches, or any value where none does. */
import type { Integer, Integers } from '../../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../../smt/index.js'
import type { Naming } from '../naming.js'

/** For each index whether `index` is it. */
export function isIndex(integers: Integers, index: Integer, at: number): Term {
  return integers.eq(index, integers.of(BigInt(at)))
}

/** Whether `index` is that of a name. */
export function isNamed(integers: Integers, names: Naming, index: Integer, name: number): Term {
  const isWord = index.lo >= 0n && index.hi < 1n << 32n
  if (!isWord) return integers.eq(index, integers.unsigned(names.index(name)))
  return names.is(integers.bits(index, 32), name)
}

/** The value of the first case that holds; where none does, that of the last. Of the same width all. */
export function picked(terms: Terms, cases: readonly (readonly [Term, Term])[]): Term {
  const last = cases.at(-1)
  if (last === undefined) throw new RangeError('nothing to pick from')
  return cases.slice(0, -1).reduceRight((otherwise, [when, value]) => terms.ite(when, value, otherwise), last[1])
}

/** How many of the conditions hold. */
export function howMany(integers: Integers, conditions: readonly Term[]): Integer {
  const one = integers.of(1n)
  const none = integers.of(0n)
  return conditions.reduce((sum, each) => integers.add(sum, integers.select(each, one, none)), none)
}
