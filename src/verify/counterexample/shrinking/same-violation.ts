/** Whether two violations are the same one: of one kind, by one line of the specification, in the same words. */
import type { ViolationDetail } from '../../../oracle/index.js'
import type { BadKind } from '../../../result/index.js'

/**
 * Fields may be fewer (a checksum that is right now), as long as the first stays. Numbers in what a trap or a bad access
 * says may be others: they are of the packet.
 */
export function isSameViolation(
  { violation: original }: Pick<ViolationDetail, 'violation'>,
  { violation: other }: Pick<ViolationDetail, 'violation'>,
): boolean {
  if (original.kind !== other.kind || placeOf(original) !== placeOf(other)) return false
  if (directionOf(original) !== directionOf(other)) return false
  const [wanted, fields] = [original, other].map(({ differences }) =>
    differences.map(({ layer, field }) => `${layer}.${field}`),
  )
  if (wanted === undefined || fields === undefined || wanted[0] !== fields[0]) return false
  return fields.every((field) => wanted.includes(field))
}

const BAD: readonly BadKind[] = ['trap', 'hang', 'memory', 'bad verdict']

type Violation = ViolationDetail['violation']

function placeOf({ site }: Violation): string {
  return site === undefined ? '' : `${site.file}:${site.line}`
}

function directionOf({ kind, summary, expected, actual }: Violation): string {
  const isBad = BAD.some((each) => each === kind)
  if (isBad) return summary.replace(/0x[0-9a-f]+|-?\d+/g, '#')
  return `${expected.ports.length > 0} ${actual.ports.length > 0}`
}
