/** What there is to show, in a terminal: by guarantee and place, with counts. */
import { count, counted } from '../report/index.js'
import { placeText } from '../result/index.js'
import type { ListedNf, ObligationList, PlainObligation } from '../verify/run/index.js'
import { oneLine } from './failure.js'
import { table } from './table.js'

export function listText({ nfs }: ObligationList): string {
  return nfs
    .map((nf) => (nf.kind === 'listed' ? nfText(nf) : `${nf.nf}: ${nf.verdict}: ${oneLine(nf.cause)}\n`))
    .join('\n')
}

interface Group {
  readonly guarantee: string
  readonly place: string
  readonly whats: Set<string>
  readonly paths: Set<string>
  count: number
}

function nfText({ nf, paths, obligations, causes }: ListedNf): string {
  const rows = groupsOf(obligations).map(({ guarantee, place, whats, paths: on, count: times }) => {
    const [first = '', ...others] = whats
    const more = others.length === 0 ? '' : `, and ${counted(others.length, 'other')}`
    return [guarantee, place, count(times), `on ${counted(on.size, 'path')}`, `${oneLine(first)}${more}`]
  })
  const gaps = causes.map(({ what, place }) =>
    `  not listed: ${oneLine(what)} ${place ? placeText(place) : ''}`.trimEnd(),
  )
  return [
    `${nf}: ${counted(obligations.length, 'obligation')} on ${counted(paths, 'path')}, not judged\n`,
    table(rows, ['left', 'left', 'right', 'left', 'left']),
    ...gaps.map((line) => `${line}\n`),
  ].join('')
}

/** In the order in which they come up. */
function groupsOf(obligations: readonly PlainObligation[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const { guarantee, what, place, of, path } of obligations) {
    const where = place === undefined ? '' : placeText(place)
    const name = JSON.stringify([guarantee, where])
    const group = groups.get(name) ?? { guarantee, place: where, whats: new Set(), paths: new Set(), count: 0 }
    groups.set(name, group)
    group.whats.add(what)
    group.paths.add(`${of} ${path}`)
    group.count += 1
  }
  return [...groups.values()].sort((a, b) => (a.guarantee < b.guarantee ? -1 : a.guarantee > b.guarantee ? 1 : 0))
}
