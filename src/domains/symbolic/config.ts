/**
 * The configuration in the symbolic reading. Values are what nf.yaml gives, checked as for the fast reading; one that is
 * to be left open is a term instead. Lists and tables take symbolic indices and keys.
 */
import { bitVecSort, boolSort, type Term } from '../../smt/index.js'
import type { ConfigDeclaration, ConfigType } from '../../spec/config.js'
import { SpecError } from '../../spec/error.js'
import { errorHere } from '../../spec/instrumented/index.js'
import type { PrefixRow, SpecConfig, SpecValue } from '../../spec/values.js'
import { bindConfig } from '../concrete/config.js'
import type { Integer } from './integer.js'
import { LpmBase, SymbolicLpm, setRows } from './lpm.js'
import type { Path } from './path.js'
import type { AnyFieldType } from './record-layout.js'
import type { Run } from './run.js'
import type { BigintValue, NumberValue } from './values.js'

/** Parameters that stand for every allowed value. */
export interface OpenParameters {
  /** The value of a number, or undefined where the configured one counts. */
  scalar(path: Path, name: string): Integer | undefined
  /** The value of an element of a list or of one for each port, likewise. */
  element(path: Path, name: string, index: Integer): Integer | undefined
  /** Of a table that stands for every table: the largest value that it can give. */
  table(name: string): { readonly most: bigint } | undefined
}

export const noneOpen: OpenParameters = {
  scalar: () => undefined,
  element: () => undefined,
  table: () => undefined,
}

type AnyNumber = NumberValue | BigintValue

/**
 * How tables are asked. `by row`: each row is a way of its own through the specification, as whoever looks for packets wants
 * it. `shared`: prefixes give what the structure behind the network function's handle gives, in the same terms.
 */
export type Lookups = 'by row' | 'shared'

/** Rows of a table that are gone through one by one; larger tables are functions of which nothing is known. */
export const MOST_ROWS = 256
/** The same where lookups are shared: up to so many rows the structure behind a handle is spelled out. */
export const MOST_SPELLED_OUT = { keys: 32, prefixes: 4096 } as const

/** What the fast reading makes of a configuration: the same in all runs. */
const boundOnce = new WeakMap<
  SpecConfig,
  { readonly of: ConfigDeclaration; readonly bound: ReturnType<typeof bindConfig> }
>()

function boundIn(declaration: ConfigDeclaration, config: SpecConfig, file: string): ReturnType<typeof bindConfig> {
  const known = boundOnce.get(config)
  if (known?.of === declaration) return known.bound
  const bound = bindConfig(declaration, config, file)
  boundOnce.set(config, { of: declaration, bound })
  return bound
}

/** The values that `process` sees as `config`, in one run. */
export function symbolicConfig(
  run: Run,
  declaration: ConfigDeclaration,
  config: SpecConfig,
  file: string,
  open: OpenParameters = noneOpen,
  lookups: Lookups = 'by row',
): Readonly<Record<string, unknown>> {
  const bound = boundIn(declaration, config, file)
  const values = Object.entries(declaration).map(([name, type]) => {
    const value = config.values.get(name)
    return [
      name,
      value === undefined ? undefined : (bind(run, name, type, value, open, lookups) ?? bound[name]),
    ] as const
  })
  return Object.freeze(Object.fromEntries(values))
}

/** A value that the symbolic reading has in its own way; undefined where it is the same as in the fast one. */
function bind(
  run: Run,
  name: string,
  type: ConfigType,
  value: SpecValue,
  open: OpenParameters,
  lookups: Lookups,
): unknown {
  switch (type.kind) {
    case 'option':
    case 'flag':
      return undefined
    case 'perPort':
    case 'list':
      return Array.isArray(value) ? new SymbolicList(run, name, type.of, value, open) : undefined
    case 'lookupTable':
      return value instanceof Map
        ? new SymbolicLookupTable(run, name, type, value, { openMost: open.table(name)?.most, lookups })
        : undefined
    case 'prefixTable':
      return typeof value === 'object' && 'prefixes' in value
        ? new SymbolicPrefixTable(run, name, type.value, value.prefixes, { openMost: open.table(name)?.most, lookups })
        : undefined
    default: {
      const integer = open.scalar(run.path, name)
      return integer && asValue(run, type, fitting(name, type, integer))
    }
  }
}

/** What nf.yaml allows has to be what the specification expects. */
function fitting(name: string, type: AnyFieldType, integer: Integer): Integer {
  if (integer.lo >= 0n && integer.hi < 1n << BigInt(type.bits)) return integer
  throw new SpecError(`config.${name} may be up to ${integer.hi}, but the specification takes ${type.bits} bits`, {
    hint: 'bound it in nf.yaml',
  })
}

function asValue(run: Run, type: AnyFieldType, integer: Integer): AnyNumber {
  return type.wide ? run.bigint(integer) : run.number(integer)
}

/** A configured list. */
export class SymbolicList {
  readonly length: number
  readonly #run: Run
  readonly #name: string
  readonly #type: AnyFieldType
  readonly #values: readonly (number | bigint)[]
  readonly #open: OpenParameters

  constructor(run: Run, name: string, type: AnyFieldType, values: readonly (number | bigint)[], open: OpenParameters) {
    this.#run = run
    this.#name = name
    this.#type = type
    this.#values = values
    this.#open = open
    this.length = values.length
  }

  at(given: unknown): AnyNumber {
    const run = this.#run
    const what = `config.${this.#name}.at of an index that is not below ${this.length}`
    const most = BigInt(this.length) - 1n
    if (most < 0n) throw errorHere(what)
    const index = run.fitting(run.integerOf(given, false, 'an index'), 0n, most, what)
    return asValue(run, this.#type, this.#element(index))
  }

  indexOf(value: unknown): number | undefined {
    const run = this.#run
    const wanted = run.integerOf(value, this.#type.wide, `a value of config.${this.#name}`)
    for (let index = 0; index < this.length; index++) {
      if (run.decide(run.integers.eq(wanted, this.#element(run.integers.of(BigInt(index)))))) return index
    }
    return undefined
  }

  #element(index: Integer): Integer {
    const { integers } = this.#run
    const open = this.#open.element(this.#run.path, this.#name, index)
    if (open !== undefined) return fitting(this.#name, this.#type, open)
    const { constant } = index
    const last = Number(constant ?? index.hi)
    let found = integers.of(BigInt(this.#values[last] ?? 0))
    if (constant !== undefined) return found
    for (let at = last - 1; at >= Number(index.lo); at--) {
      const value = integers.of(BigInt(this.#values[at] ?? 0))
      found = integers.select(integers.eq(index, integers.of(BigInt(at))), value, found)
    }
    return found
  }
}

/** Bits of what a table gives, as libVig keeps it. */
const VALUE_BITS = 32

/**
 * Looks a key up in a table that is not gone through: whether it has a key, and what for, are functions of the key's bits.
 * Structures behind handles have functions of these names too, so that both sides look up the same (`tableName`).
 */
function lookUp(run: Run, table: AnyTable, get: 'get' | 'lookup', key: Term): AnyNumber | undefined {
  const { terms, integers } = run
  const name = tableName(table.name)
  const has = terms.declareFunction(`${name}.has`, [key.sort], boolSort)
  const value = terms.apply(terms.declareFunction(`${name}.${get}`, [key.sort], bitVecSort(VALUE_BITS)), key)
  if (!run.decide(terms.apply(has, key))) return undefined
  const most = integers.of(table.most)
  run.assume(integers.le(integers.unsigned(value), most))
  return asValue(run, table.value, fitting(table.name, table.value, integers.unsigned(value, 0n, table.most)))
}

/** What the functions of a configured table are named after. */
export function tableName(name: string): string {
  return `config.${name}`
}

interface AnyTable {
  readonly name: string
  readonly value: AnyFieldType
  /** The largest value in it. */
  readonly most: bigint
}

export interface TableOptions {
  /** The largest value where the table stands for every table; rows then do not count. */
  readonly openMost?: bigint | undefined
  readonly lookups?: Lookups
}

function mostRowsOf({ openMost, lookups }: TableOptions, of: keyof typeof MOST_SPELLED_OUT): number {
  if (openMost !== undefined) return -1
  return lookups === 'shared' ? MOST_SPELLED_OUT[of] : MOST_ROWS
}

export class SymbolicLookupTable {
  readonly #run: Run
  readonly #name: string
  readonly #key: AnyFieldType
  readonly #value: AnyFieldType
  readonly #rows: ReadonlyMap<number | bigint, number | bigint>
  readonly #options: TableOptions

  constructor(
    run: Run,
    name: string,
    { key, value }: { readonly key: AnyFieldType; readonly value: AnyFieldType },
    rows: ReadonlyMap<number | bigint, number | bigint>,
    options: TableOptions = {},
  ) {
    this.#run = run
    this.#name = name
    this.#key = key
    this.#value = value
    this.#rows = rows
    this.#options = options
  }

  get(given: unknown): AnyNumber | undefined {
    const { openMost } = this.#options
    const isKnown = typeof given === 'number' || typeof given === 'bigint'
    if (isKnown && openMost === undefined) return this.#rows.get(given)
    const run = this.#run
    const most = (1n << BigInt(this.#key.bits)) - 1n
    const any = run.integerOf(given, this.#key.wide, `a key of config.${this.#name}`)
    const key = run.fitting(any, 0n, most, `a key of config.${this.#name} does not fit`)
    if (this.#rows.size > mostRowsOf(this.#options, 'keys')) {
      const most = openMost ?? largest(this.#rows.values())
      const table = { name: this.#name, value: this.#value, most }
      return lookUp(run, table, 'get', run.integers.bits(key, this.#key.bits))
    }
    for (const [candidate, value] of this.#rows) {
      if (run.decide(run.integers.eq(key, run.integers.of(BigInt(candidate))))) return value
    }
    return undefined
  }
}

function largest(values: Iterable<number | bigint>): bigint {
  let found = 0n
  for (const value of values) if (BigInt(value) > found) found = BigInt(value)
  return found
}

const ADDRESS_BITS = 32

/** A configured table of IPv4 prefixes: the longest that covers an address says its value. */
export class SymbolicPrefixTable {
  readonly #run: Run
  readonly #name: string
  readonly #value: AnyFieldType
  /** The longest first. */
  readonly #rows: readonly PrefixRow[]
  readonly #options: TableOptions

  constructor(run: Run, name: string, value: AnyFieldType, rows: readonly PrefixRow[], options: TableOptions = {}) {
    this.#run = run
    this.#name = name
    this.#value = value
    this.#rows = [...rows].sort((a, b) => b.length - a.length)
    this.#options = options
  }

  lookup(given: unknown): AnyNumber | undefined {
    const run = this.#run
    const any = run.integerOf(given, false, 'an address')
    const address = run.fitting(any, 0n, 0xffff_ffffn, 'an address has 32 bits')
    const bits = run.integers.bits(address, ADDRESS_BITS)
    if (this.#rows.length > mostRowsOf(this.#options, 'prefixes')) {
      const most = this.#options.openMost ?? largest(this.#rows.map(({ value }) => value))
      return lookUp(run, { name: this.#name, value: this.#value, most }, 'lookup', bits)
    }
    if (this.#options.lookups === 'shared') return this.#spelledOut(address)
    for (const row of this.#rows) if (run.decide(this.#covers(row, bits))) return row.value
    return undefined
  }

  #spelledOut(address: Integer): AnyNumber | undefined {
    const { integers } = this.#run
    const shape = { name: tableName(this.#name), capacity: integers.of(BigInt(this.#rows.length)) }
    const lpm = new SymbolicLpm(new LpmBase({ path: this.#run.path, integers }, shape, 'empty'))
    setRows(lpm, integers, this.#rows)
    if (!this.#run.decide(lpm.has(address))) return undefined
    return asValue(this.#run, this.#value, fitting(this.#name, this.#value, lpm.lookup(address)))
  }

  #covers({ prefix, length }: PrefixRow, address: Term): Term {
    const { terms } = this.#run
    if (length === 0) return terms.true
    const first = (bits: Term): Term => terms.extract(ADDRESS_BITS - 1, ADDRESS_BITS - length, bits)
    return terms.eq(first(address), first(terms.bv(prefix, ADDRESS_BITS)))
  }
}
