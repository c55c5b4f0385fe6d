/** What of a specification a suite meets, and what not, with the reason. */
import type { StateDeclarations } from '../spec/state.js'
import type { Condition } from './conditions.js'
import type { Reach, Reaching } from './reach.js'
import type { Reference } from './reference.js'
import type { Coverage, SuiteCase, TargetCount, TargetKind, TargetResult } from './suite/suite.js'
import { boundaryOf, DISTANCES, expiryOf, MARGINS, sideOf } from './targets.js'

export interface CoverageParts {
  readonly reference: Reference
  readonly reach: Reaching
  /** Cases, with what each meets. */
  readonly cases: readonly { readonly made: SuiteCase; readonly worth: ReadonlySet<string> }[]
  /** Why what is possible was not found. */
  readonly notFound: string
}

/** What is not met, and all places where tables are asked. */
export function openTargets(
  { conditions, reading }: Reference,
  met: ReadonlySet<string>,
): { readonly targets: readonly string[]; readonly places: readonly string[] } {
  const targets = conditions.all.flatMap(({ id }) => [
    ...[true, false].map((side) => sideOf(id, side)),
    ...DISTANCES.map((distance) => boundaryOf(id, distance)),
  ])
  return {
    targets: targets.filter((target) => !met.has(target)),
    places: conditions.lookups(tablesIn(reading.declarations)).map(({ at }) => at),
  }
}

/** Those of which entries expire. */
function tablesIn(declarations: StateDeclarations): ReadonlySet<string> {
  return new Set(
    Object.entries(declarations).flatMap(([name, { kind }]) =>
      kind === 'expiringMap' || kind === 'indexSet' ? [name] : [],
    ),
  )
}

const BOUNDARIES = ['one below', 'at', 'one above'] as const

export function coverageOf(parts: CoverageParts): Coverage {
  const { reference, reach, cases } = parts
  const { conditions, reading } = reference
  const sides = conditions.all.flatMap((condition) =>
    [true, false].map((side) => {
      const target = sideOf(condition.id, side)
      return result(parts, 'side', condition, String(side), target, () => reach.of(target))
    }),
  )
  const boundaries = conditions.all.flatMap((condition) =>
    DISTANCES.flatMap((distance, at) => {
      const target = boundaryOf(condition.id, distance)
      const isCompared = reach.targets.has(target)
      return isCompared
        ? [result(parts, 'boundary', condition, BOUNDARIES[at] ?? '', target, () => reach.of(target))]
        : []
    }),
  )
  const expiries = conditions.lookups(tablesIn(reading.declarations)).flatMap((lookup) =>
    MARGINS.map(({ name }) => {
      return result(parts, 'expiry', lookup, name, expiryOf(lookup.at, name), () => reach.ofLookup(lookup.at))
    }),
  )
  const ways = new Set(cases.flatMap(({ worth }) => [...worth].filter((each) => each.startsWith('way '))))
  return {
    sides: countOf(sides),
    boundaries: countOf(boundaries),
    expiries: countOf(expiries),
    ways: ways.size,
    targets: [...sides, ...boundaries, ...expiries],
  }
}

function result(
  { cases, notFound }: CoverageParts,
  kind: TargetKind,
  { module, line, column, text }: Condition,
  what: string,
  target: string,
  reach: () => Reach,
): TargetResult {
  const base = { kind, ...(module === undefined ? {} : { module }), line, column, text, what }
  const by = cases.find(({ worth }) => worth.has(target))
  if (by !== undefined) return { ...base, status: 'met', why: `case ${by.made.name}` }
  const found = reach()
  if (found.kind === 'impossible') return { ...base, status: 'unreachable', why: found.why }
  return { ...base, status: 'not found', why: found.kind === 'unknown' ? `${notFound}; ${found.why}` : notFound }
}

function countOf(targets: readonly TargetResult[]): TargetCount {
  const count = (status: TargetResult['status']): number => targets.filter((target) => target.status === status).length
  return { met: count('met'), unreachable: count('unreachable'), notFound: count('not found') }
}
