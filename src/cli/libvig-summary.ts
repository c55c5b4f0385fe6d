/** libVig's own proof in a terminal: a line for each operation, and why one is not proved. */
import { counted, seconds } from '../report/index.js'
import { placeText, type VerifiedLibvig, type VerifiedOperation } from '../result/index.js'
import { oneLine } from './failure.js'
import { table } from './table.js'

/** Empty where it was not proved. */
export function libvigText(libvig: VerifiedLibvig | undefined, isVerbose: boolean): string {
  if (libvig === undefined) return ''
  const rows = libvig.operations.flatMap((entry) => [line(entry), ...(isVerbose ? scopeLines(entry) : [])])
  return table(rows, ['left', 'left', 'left', 'right', 'right'])
}

function line({ operation, heldBy, verdict, cause, scopes }: VerifiedOperation): readonly string[] {
  if (heldBy === 'tests') return [operation, 'not proved', 'by tests only', '', '']
  const sum = (pick: (scope: (typeof scopes)[number]) => number): number =>
    scopes.reduce((all, each) => all + pick(each), 0)
  const place = scopes.find((scope) => scope.place !== undefined)?.place
  const held = heldBy === 'any capacity' ? heldBy : counted(scopes.length, 'scope')
  const why = cause === undefined ? held : oneLine(cause) + (place === undefined ? '' : `, ${placeText(place)}`)
  return [
    operation,
    verdict,
    why,
    counted(
      sum(({ paths }) => paths),
      'path',
    ),
    seconds(sum((scope) => scope.seconds)),
  ]
}

function scopeLines({ scopes }: VerifiedOperation): readonly (readonly string[])[] {
  return scopes.map(({ scope, verdict, outcomes, paths, seconds: time }) => [
    `  ${verdict}`,
    '',
    `${scope}: ${outcomes.join(', ')}`,
    counted(paths, 'path'),
    seconds(time),
  ])
}
