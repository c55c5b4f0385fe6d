import type { Path } from '../../domains/symbolic/path.js'
import { reachable, type Term } from '../../smt/index.js'

/**
 * A term as it is on a path: of each condition in it whose truth the path implies, only the one side is left. Arguments of
 * functions stay as they are where `intact` says so of the function's value.
 */
export function underPath(path: Path, term: Term, intact: (value: Term) => boolean = () => false): Term {
  const { terms } = path
  const found = new Map<Term, Term>()
  for (const part of reachable([term], intact)) {
    if (intact(part)) continue
    const args = part.args.map((arg) => found.get(arg) ?? arg)
    const [condition, yes, no] = args
    if (part.op === 'ite' && condition !== undefined && yes !== undefined && no !== undefined) {
      if (path.proves(condition)) found.set(part, yes)
      else if (path.proves(terms.not(condition))) found.set(part, no)
      else found.set(part, terms.ite(condition, yes, no))
    } else if (args.some((arg, i) => arg !== part.args[i])) found.set(part, terms.rebuild(part, args))
  }
  return found.get(term) ?? term
}
