/** The read-only tables of a configuration, which the host fills before nf_init. */

import { type SymbolicState, symbolicState, type Timeline } from '../../contracts/symbolic/index.js'
import type { Integer, Integers } from '../../domains/symbolic/integer.js'
import type { Scope } from '../../domains/symbolic/scope.js'
import type { ResolvedConfig } from '../../nf/config.js'
import type { ResolvedPrefixes, ResolvedTable } from '../../nf/config-values.js'
import type { LibvigCosts } from './libvig-costs.js'
import type { Structure } from './structure.js'

/** Up to so many rows a table is spelled out; a longer one is some function, within the range of its values. */
const MOST_ROWS = 32

const MAC_SIZE = 6
const ADDRESS_SIZE = 4

type Resolved = ResolvedTable | ResolvedPrefixes

export interface ConfigTable {
  readonly structure: Structure
  readonly resolved: Resolved
}

export function configTables(integers: Integers, config: ResolvedConfig): ConfigTable[] {
  const number = (value: number): Integer => integers.of(BigInt(value))
  return [...config.entries].flatMap(([name, resolved]): ConfigTable[] => {
    if (resolved.kind === 'scalars') return []
    // As src/nf/fill-tables.ts makes them.
    const rows = Math.max(1, resolved.kind === 'table' ? resolved.raw.size : resolved.raw.prefixes.length)
    const structure: Structure =
      resolved.kind === 'table'
        ? { name, kind: 'map', sizes: [number(keySizeOf(resolved)), number(rows)], origin: 'configuration' }
        : { name, kind: 'lpm', sizes: [number(rows)], origin: 'configuration' }
    return [{ structure, resolved }]
  })
}

/** Bytes of libVig's heap that they take. */
export function costOfTables(costs: LibvigCosts, tables: readonly ConfigTable[]): bigint {
  return tables.reduce((sum, { structure: { kind, sizes } }) => {
    return (
      sum +
      costs.cost(
        kind,
        sizes.map(({ constant }) => Number(constant)),
      )
    )
  }, 0n)
}

export function stateOfTable({ structure, resolved }: ConfigTable, scope: Scope, timeline: Timeline): SymbolicState {
  const { integers } = scope
  const values =
    resolved.kind === 'table' ? [...resolved.raw.values()] : resolved.raw.prefixes.map(({ value }) => BigInt(value))
  const rows = values.map((value) => BigInt.asIntN(32, value)).sort((a, b) => (a < b ? -1 : 1))
  const isShort = rows.length <= MOST_ROWS
  const [least = 0n] = rows
  const most = rows.at(-1) ?? 0n
  const inRange = (value: Integer) => [integers.le(integers.of(least), value), integers.le(value, integers.of(most))]
  const state = symbolicState(structure.kind, structure.sizes, {
    scope,
    timeline,
    name: structure.name,
    start: isShort ? 'empty' : 'arbitrary',
    refinements: { map: (_, value) => inRange(value), lpm: inRange },
  })
  if (isShort) fill(state, resolved, scope)
  return state
}

function fill(state: SymbolicState, resolved: Resolved, { integers, path }: Scope): void {
  if (state.structure === 'map' && resolved.kind === 'table') {
    for (const [key, value] of resolved.raw) {
      state.state.put(path.terms.bv(key, 8 * keySizeOf(resolved)), integers.of(BigInt.asIntN(32, value)))
    }
  }
  if (state.structure === 'lpm' && resolved.kind === 'prefixes') {
    for (const { prefix, length, value } of resolved.raw.prefixes) {
      state.state.setRule(integers.of(BigInt(prefix)), integers.of(BigInt(length)), integers.of(BigInt(value)))
    }
  }
}

function keySizeOf({ entry }: ResolvedTable): number {
  return entry.key === 'mac' ? MAC_SIZE : ADDRESS_SIZE
}
