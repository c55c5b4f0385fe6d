/**
 * `nfs/<nf>/mutants.yaml`: survivors that are a freedom, not a hole. Each entry names a mutant by what it does and the
 * line of the source, the clause that leaves it open, and why.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { YamlSource } from '../nf/yaml-source.js'
import type { Freedom, Outcome } from './outcome.js'

export interface ListedFreedom extends Freedom {
  readonly line: number | undefined
  readonly functionName: string
  readonly what: string
}

const NAMES = ['function', 'what', 'clause', 'why'] as const

/** `manifest`: path of the nf.yaml. Throws InputError. */
export function readFreedoms(manifest: string): readonly ListedFreedom[] {
  const file = join(dirname(manifest), 'mutants.yaml')
  if (!existsSync(file)) return []
  const source = YamlSource.read(file)
  const { value } = source
  if (!Array.isArray(value)) throw source.fail([], 'is not a list of freedoms')
  return value.map((entry: unknown, at) => freedomOf(source, entry, at))
}

function freedomOf(source: YamlSource, entry: unknown, at: number): ListedFreedom {
  if (typeof entry !== 'object' || entry === null) throw source.fail([at], 'is not a freedom')
  const fields = new Map<string, unknown>(Object.entries(entry))
  const [functionName = '', what = '', clause = '', why = ''] = NAMES.map((name) => {
    const text = fields.get(name)
    if (typeof text !== 'string' || text === '') throw source.fail([at], `has no ${name}`)
    return text
  })
  const line = fields.get('line')
  if (line !== undefined && typeof line !== 'number') throw source.fail([at, 'line'], 'is not a line')
  const known = new Set<string>([...NAMES, 'line'])
  const odd = [...fields.keys()].find((name) => !known.has(name))
  if (odd !== undefined) throw source.fail([at, odd], `${odd} is not a part of a freedom`)
  return { functionName, what, clause, why, line }
}

export function freedomFor(outcome: Outcome, freedoms: readonly ListedFreedom[]): Freedom | undefined {
  return freedoms.find(
    ({ functionName, what, line }) =>
      functionName === outcome.functionName && what === outcome.what && (line === undefined || line === outcome.line),
  )
}
