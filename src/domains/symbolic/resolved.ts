/**
 * Conditions inside a term, asked of the path. Compilers turn branches into selects: where a header lies, or which of two
 * addresses comes first in a key, is then a condition inside a term, of which the specification decides the same a moment
 * later, or has the same inside of its own key. Decided early, both sides read the same bytes and make the same keys, term
 * for term, and nothing is left to ask.
 */
import { reachable, type Term } from '../../smt/index.js'
import type { Path, Place } from './path.js'

/** Terms with more conditions stay as they are: each may double the paths. */
const MOST_CONDITIONS = 8

/** The term as it is on this path from here on, its conditions decided; arguments of functions are not looked into. */
export function resolved(path: Pick<Path, 'terms' | 'decide'>, term: Term, place: Place | undefined): Term {
  const conditions = reachable([term], isOpaque).filter((part) => part.op === 'ite')
  if (conditions.length === 0 || conditions.length > MOST_CONDITIONS) return term
  const found = new Map<Term, Term>()
  return resolve(term)

  function resolve(part: Term): Term {
    const known = found.get(part)
    if (known !== undefined) return known
    const made = remade(part)
    found.set(part, made)
    return made
  }

  function remade(part: Term): Term {
    if (isOpaque(part) || part.args.length === 0) return part
    const [condition, yes, no] = part.args
    // Only the side that is taken: what the other would depend on is not asked.
    if (part.op === 'ite' && condition !== undefined && yes !== undefined && no !== undefined) {
      return resolve(path.decide(condition, place) ? yes : no)
    }
    const args = part.args.map(resolve)
    return args.every((arg, at) => arg === part.args[at]) ? part : path.terms.rebuild(part, args)
  }
}

/** Bytes of the packet and of the state are read elsewhere; truth values are no part of an address. */
function isOpaque({ op, sort }: Term): boolean {
  return op === 'apply' || sort.kind !== 'bitvec'
}
