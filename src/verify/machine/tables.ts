/** The read-only tables of a configuration, which the host fills before nf_init. */

import { type SymbolicState, symbolicState, type Timeline } from '../../contracts/symbolic/index.js'
import { MOST_SPELLED_OUT, tableName } from '../../domains/symbolic/config.js'
import { type Integer, Integers } from '../../domains/symbolic/integer.js'
import { setRows } from '../../domains/symbolic/lpm.js'
import type { Path } from '../../domains/symbolic/path.js'
import type { Scope } from '../../domains/symbolic/scope.js'
import type { ResolvedConfig } from '../../nf/config.js'
import type { ResolvedPrefixes, ResolvedTable } from '../../nf/config-values.js'
import type { OpenConfig } from '../configuration/open-config.js'
import type { LibvigCosts } from './libvig-costs.js'
import type { Structure } from './structure.js'

const MAC_SIZE = 6
const ADDRESS_SIZE = 4

type Resolved = ResolvedTable | ResolvedPrefixes

export interface ConfigTable {
  readonly structure: Structure
  readonly resolved: Resolved
  /** The largest value of a table that stands for every one. */
  readonly openMost: bigint | undefined
}

export function configTables(integers: Integers, config: ResolvedConfig, open: OpenConfig | undefined): ConfigTable[] {
  const number = (value: number): Integer => integers.of(BigInt(value))
  return [...config.entries].flatMap(([name, resolved]): ConfigTable[] => {
    if (resolved.kind === 'scalars') return []
    // As src/nf/fill-tables.ts makes them.
    const given = Math.max(1, resolved.kind === 'table' ? resolved.raw.size : resolved.raw.prefixes.length)
    const rows = open?.rows(integers.terms, name) ?? number(given)
    const structure: Structure =
      resolved.kind === 'table'
        ? { name, kind: 'map', sizes: [number(keySizeOf(resolved)), rows], origin: 'configuration' }
        : { name, kind: 'lpm', sizes: [rows], origin: 'configuration' }
    return [{ structure, resolved, openMost: open?.table(name)?.most }]
  })
}

/** What is left of the heap when the host has filled the tables. A configuration for which nothing is left is refused. */
export function heapAfterTables(path: Path, costs: LibvigCosts, heap: bigint, tables: readonly ConfigTable[]): Integer {
  const integers = new Integers(path.terms)
  const left = tables.reduce(
    (rest, { structure: { kind, sizes } }) => integers.sub(rest, costs.costOn(path, kind, sizes)),
    integers.of(heap),
  )
  path.assume(integers.le(integers.of(0n), left))
  return left
}

export function stateOfTable(table: ConfigTable, scope: Scope, timeline: Timeline): SymbolicState {
  const { structure, resolved, openMost } = table
  const { integers } = scope
  const rows = openMost === undefined ? valuesOf(resolved) : [0n, openMost]
  const mostRows = MOST_SPELLED_OUT[resolved.kind === 'table' ? 'keys' : 'prefixes']
  const isSpelledOut = openMost === undefined && rows.length <= mostRows
  const { least, most } = signedRange(rows)
  const inRange = (value: Integer) => [integers.le(integers.of(least), value), integers.le(value, integers.of(most))]
  // A configuration has no value that a lookup would answer for none.
  const isSome = (value: Integer) => integers.terms.not(integers.eq(value, integers.of(-1n)))
  const state = symbolicState(structure.kind, structure.sizes, {
    scope,
    timeline,
    name: tableName(structure.name),
    start: isSpelledOut ? 'empty' : 'arbitrary',
    refinements: { map: (_, value) => inRange(value), lpm: (value) => [...inRange(value), isSome(value)] },
  })
  if (isSpelledOut) fill(state, resolved, scope)
  return state
}

function valuesOf(resolved: Resolved): readonly bigint[] {
  return resolved.kind === 'table'
    ? [...resolved.raw.values()]
    : resolved.raw.prefixes.map(({ value }) => BigInt(value))
}

/** The bounds of some values of 32 bits, read with a sign. */
function signedRange(values: readonly bigint[]): { readonly least: bigint; readonly most: bigint } {
  const half = 1n << 31n
  // All of 0 to 2^32 - 1 are all there are with a sign.
  if (values.some((value) => value >= half) && values.some((value) => value < half))
    return { least: -half, most: half - 1n }
  const sorted = values.map((value) => BigInt.asIntN(32, value)).sort((a, b) => (a < b ? -1 : 1))
  return { least: sorted[0] ?? 0n, most: sorted.at(-1) ?? 0n }
}

function fill(state: SymbolicState, resolved: Resolved, { integers, path }: Scope): void {
  if (state.structure === 'map' && resolved.kind === 'table') {
    for (const [key, value] of resolved.raw) {
      state.state.put(path.terms.bv(key, 8 * keySizeOf(resolved)), integers.of(BigInt.asIntN(32, value)))
    }
  }
  if (state.structure === 'lpm' && resolved.kind === 'prefixes') {
    setRows(state.state, integers, resolved.raw.prefixes)
  }
}

function keySizeOf({ entry }: ResolvedTable): number {
  return entry.key === 'mac' ? MAC_SIZE : ADDRESS_SIZE
}
