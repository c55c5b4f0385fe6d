/** The few values that a bit vector can have, as far as its structure shows. */
import type { Term, Terms } from '../../smt/index.js'

/** A superset of the values of `term`, in no order; undefined where there are more than `most`. */
export function possibleValues(terms: Terms, term: Term, most: number): readonly bigint[] | undefined {
  const found = valuesOf(terms, term, most)
  return found && [...new Set(found.map(({ value }) => value))]
}

function valuesOf(terms: Terms, term: Term, most: number): readonly Term[] | undefined {
  if (term.op === 'bv') return [term]
  if (term.op === 'ite') {
    const [, yes, no] = term.args
    const left = yes && valuesOf(terms, yes, most)
    const right = no && valuesOf(terms, no, most)
    if (left !== undefined && right !== undefined && left.length + right.length <= most) return [...left, ...right]
  }
  const rebuild = rebuilding(terms, term)
  if (rebuild !== undefined) {
    const made = combinations(terms, term.args, most)?.map(rebuild)
    if (made?.every(({ op }) => op === 'bv') === true) return made
  }
  const { lo, hi } = terms.range(term)
  if (hi - lo >= BigInt(most)) return undefined
  return Array.from({ length: Number(hi - lo) + 1 }, (_, at) => terms.bv(lo + BigInt(at), term.width))
}

/** How to make the term of other arguments, for operations that addresses are made of. */
function rebuilding(terms: Terms, { op, hi, lo }: Term): ((args: readonly Term[]) => Term) | undefined {
  const first = (args: readonly Term[]) => args[0] ?? terms.false
  switch (op) {
    case 'bvadd':
    case 'bvmul':
      return (args) => terms.nary(op, args)
    case 'concat':
      return (args) => terms.concat(...args)
    case 'extract':
      return (args) => terms.extract(hi, lo, first(args))
    case 'zero_extend':
      return (args) => terms.zeroExtend(hi, first(args))
    case 'sign_extend':
      return (args) => terms.signExtend(hi, first(args))
    default:
      return undefined
  }
}

function combinations(terms: Terms, args: readonly Term[], most: number): readonly (readonly Term[])[] | undefined {
  let rows: readonly (readonly Term[])[] = [[]]
  for (const arg of args) {
    const values = valuesOf(terms, arg, most)
    if (values === undefined || rows.length * values.length > most) return undefined
    rows = rows.flatMap((row) => values.map((value) => [...row, value]))
  }
  return rows
}
