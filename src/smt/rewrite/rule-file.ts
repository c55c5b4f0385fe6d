/** Theorems in files: one JSON object per line, as runs log them and `npm run smt:rules` reads them. */
import { appendFileSync, readFileSync } from 'node:fs'

import { InputError } from '../../errors.js'
import type { Theorem } from './theorem.js'

export function appendTheorems(file: string, theorems: readonly Theorem[]): void {
  appendFileSync(file, theorems.map((theorem) => `${JSON.stringify(theorem)}\n`).join(''))
}

/** Throws InputError where a line is no theorem. */
export function readTheorems(file: string): Theorem[] {
  const theorems: Theorem[] = []
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '') continue
    const found: unknown = parse(line)
    if (!isTheorem(found)) throw new InputError('this is no theorem of rewriting', { file, line: i + 1 })
    theorems.push(found)
  }
  return theorems
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isTheorem(value: unknown): value is Theorem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'rule' in value &&
    typeof value.rule === 'string' &&
    'query' in value &&
    typeof value.query === 'string'
  )
}
