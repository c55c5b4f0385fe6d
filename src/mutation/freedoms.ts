/**
 * `mutants.yaml`, beside the nf.yaml or in `libvig/`: mutants that are a freedom, not a hole: survivors, and what no proof
 * decides. Each entry names a mutant by its function, what it does and where (`at: nf.ts:88`, optional), the clause that
 * leaves it open, and why.
 */
import { existsSync } from 'node:fs'

import { YamlSource } from '../nf/yaml-source.js'
import type { Freedom, Place } from './outcome.js'

export interface ListedFreedom extends Freedom {
  readonly at: string | undefined
  readonly functionName: string
  readonly what: string
}

const NAMES = ['function', 'what', 'clause', 'why'] as const

/** None where there is no such file. Throws InputError. */
export function readFreedoms(file: string): readonly ListedFreedom[] {
  if (!existsSync(file)) return []
  const source = YamlSource.read(file)
  const { value } = source
  if (!Array.isArray(value)) throw source.fail([], 'is not a list of freedoms')
  return value.map((entry: unknown, number) => freedomOf(source, entry, number))
}

function freedomOf(source: YamlSource, entry: unknown, number: number): ListedFreedom {
  if (typeof entry !== 'object' || entry === null) throw source.fail([number], 'is not a freedom')
  const fields = new Map<string, unknown>(Object.entries(entry))
  const [functionName = '', what = '', clause = '', why = ''] = NAMES.map((name) => {
    const text = fields.get(name)
    if (typeof text !== 'string' || text === '') throw source.fail([number], `has no ${name}`)
    return text
  })
  const place = fields.get('at')
  if (place !== undefined && typeof place !== 'string')
    throw source.fail([number, 'at'], 'is not a place like nf.ts:88')
  const known = new Set<string>([...NAMES, 'at'])
  const odd = [...fields.keys()].find((name) => !known.has(name))
  if (odd !== undefined) throw source.fail([number, odd], `${odd} is not a part of a freedom`)
  return { functionName, what, clause, why, at: place }
}

export function freedomFor(
  place: Pick<Place, 'functionName' | 'what' | 'at'>,
  freedoms: readonly ListedFreedom[],
): Freedom | undefined {
  return freedoms.find(
    ({ functionName, what, at }) =>
      functionName === place.functionName && what === place.what && (at === undefined || at === place.at),
  )
}
