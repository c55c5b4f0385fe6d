/** What runs that were killed have left on this machine. */
import { type Leftover, leftovers } from '../leftovers/index.js'
import { absent, ok, type Section, section } from './check.js'

export function left(): Section {
  const title = 'Left by runs that were killed'
  if (process.platform !== 'linux') return section(title, [ok('leftovers', 'none')])
  const found = leftovers().map(({ kind, what }) => absent(kind, what, 'vigil doctor --clean removes it'))
  return section(title, found.length === 0 ? [ok('leftovers', 'none')] : found)
}

/** Removes them. @returns What was removed. */
export function clean(): readonly Pick<Leftover, 'kind' | 'what'>[] {
  if (process.platform !== 'linux') return []
  return leftovers().map((each) => {
    each.remove()
    return { kind: each.kind, what: each.what }
  })
}
