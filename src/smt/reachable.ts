/** Traversal without recursion: terms may be a hundred thousand deep. */
import type { Term } from './term.js'

/** Every term that `roots` consist of, themselves included, each once, arguments before what is built from them. */
export function reachable(roots: Iterable<Term>, isKnown: (term: Term) => boolean = () => false): Term[] {
  const found = new Set<Term>()
  const stack: Term[] = []
  for (const root of roots) stack.push(root)
  for (let term = stack.pop(); term !== undefined; term = stack.pop()) {
    if (found.has(term) || isKnown(term)) continue
    found.add(term)
    for (const arg of term.args) stack.push(arg)
  }
  // Ids rise with construction, so this is a topological order, and the same one in every run.
  return [...found].sort((a, b) => a.id - b.id)
}

/** The variables in `roots`, in order of creation. */
export function variablesOf(roots: Iterable<Term>): Term[] {
  return reachable(roots).filter((term) => term.op === 'var')
}
