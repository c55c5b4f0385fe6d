/**
 * The configuration in the symbolic reading. Values are what nf.yaml gives, checked as for the fast reading; one that is
 * to be left open is a term instead. Lists and tables take symbolic indices and keys.
 */
import { bitVecSort, boolSort, type FunctionSymbol, type Term, type Terms } from '../../smt/index.js'
import type { ConfigDeclaration, ConfigType } from '../../spec/config.js'
import { errorHere } from '../../spec/instrumented/index.js'
import type { PrefixRow, SpecConfig, SpecValue } from '../../spec/values.js'
import { bindConfig } from '../concrete/config.js'
import type { Integer } from './integer.js'
import type { AnyFieldType } from './record-layout.js'
import type { Run } from './run.js'
import type { BigintValue, NumberValue } from './values.js'

/** Parameters that stand for every allowed value. */
export interface OpenParameters {
  /** The value of a number, or undefined where nf.yaml's counts; between 0 and what its type holds. */
  scalar(name: string, type: AnyFieldType): Integer | undefined
  /** The value of an element of a list or of one for each port, likewise. */
  element(name: string, type: AnyFieldType, index: Integer): Integer | undefined
}

export const noneOpen: OpenParameters = { scalar: () => undefined, element: () => undefined }

type AnyNumber = NumberValue | BigintValue

/** Rows of a table that are gone through one by one; larger tables are functions of which nothing is known. */
export const MOST_ROWS = 256

/** The values that `process` sees as `config`, in one run. */
export function symbolicConfig(
  run: Run,
  declaration: ConfigDeclaration,
  config: SpecConfig,
  file: string,
  open: OpenParameters = noneOpen,
): Readonly<Record<string, unknown>> {
  const bound = bindConfig(declaration, config, file)
  const values = Object.entries(declaration).map(([name, type]) => {
    const value = config.values.get(name)
    return [name, value === undefined ? undefined : (bind(run, name, type, value, open) ?? bound[name])] as const
  })
  return Object.freeze(Object.fromEntries(values))
}

/** A value that the symbolic reading has in its own way; undefined where it is the same as in the fast one. */
function bind(run: Run, name: string, type: ConfigType, value: SpecValue, open: OpenParameters): unknown {
  switch (type.kind) {
    case 'option':
    case 'flag':
      return undefined
    case 'perPort':
    case 'list':
      return Array.isArray(value) ? new SymbolicList(run, name, type.of, value, open) : undefined
    case 'lookupTable':
      return value instanceof Map ? new SymbolicLookupTable(run, name, type, value) : undefined
    case 'prefixTable':
      return typeof value === 'object' && 'prefixes' in value
        ? new SymbolicPrefixTable(run, name, type.value, value.prefixes)
        : undefined
    default: {
      const integer = open.scalar(name, type)
      return integer && asValue(run, type, integer)
    }
  }
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
    const open = this.#open.element(this.#name, this.#type, index)
    if (open !== undefined) return open
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

/** A table that is too long to go through: whether it has a key, and what for. Who else looks it up uses the same. */
export function tableFunctions(
  terms: Terms,
  name: string,
  keyBits: number,
  valueBits: number,
): { readonly has: FunctionSymbol; readonly get: FunctionSymbol } {
  return {
    has: terms.declareFunction(`config.${name}.has`, [bitVecSort(keyBits)], boolSort),
    get: terms.declareFunction(`config.${name}.get`, [bitVecSort(keyBits)], bitVecSort(valueBits)),
  }
}

/** Looks a key up by the functions of a long table. */
function lookUp(run: Run, name: string, keyBits: number, value: AnyFieldType, key: Integer): AnyNumber | undefined {
  const { has, get } = tableFunctions(run.terms, name, keyBits, value.bits)
  const bits = run.integers.bits(key, keyBits)
  if (!run.decide(run.terms.apply(has, bits))) return undefined
  return asValue(run, value, run.integers.unsigned(run.terms.apply(get, bits)))
}

export class SymbolicLookupTable {
  readonly #run: Run
  readonly #name: string
  readonly #key: AnyFieldType
  readonly #value: AnyFieldType
  readonly #rows: ReadonlyMap<number | bigint, number | bigint>

  constructor(
    run: Run,
    name: string,
    { key, value }: { readonly key: AnyFieldType; readonly value: AnyFieldType },
    rows: ReadonlyMap<number | bigint, number | bigint>,
  ) {
    this.#run = run
    this.#name = name
    this.#key = key
    this.#value = value
    this.#rows = rows
  }

  get(given: unknown): AnyNumber | undefined {
    if (typeof given === 'number' || typeof given === 'bigint') return this.#rows.get(given)
    const run = this.#run
    const most = (1n << BigInt(this.#key.bits)) - 1n
    const any = run.integerOf(given, this.#key.wide, `a key of config.${this.#name}`)
    const key = run.fitting(any, 0n, most, `a key of config.${this.#name} does not fit`)
    if (this.#rows.size > MOST_ROWS) return lookUp(run, this.#name, this.#key.bits, this.#value, key)
    for (const [candidate, value] of this.#rows) {
      if (run.decide(run.integers.eq(key, run.integers.of(BigInt(candidate))))) return value
    }
    return undefined
  }
}

const ADDRESS_BITS = 32

/** A configured table of IPv4 prefixes: the longest that covers an address says its value. */
export class SymbolicPrefixTable {
  readonly #run: Run
  readonly #name: string
  readonly #value: AnyFieldType
  /** The longest first. */
  readonly #rows: readonly PrefixRow[]

  constructor(run: Run, name: string, value: AnyFieldType, rows: readonly PrefixRow[]) {
    this.#run = run
    this.#name = name
    this.#value = value
    this.#rows = [...rows].sort((a, b) => b.length - a.length)
  }

  lookup(given: unknown): AnyNumber | undefined {
    const run = this.#run
    const any = run.integerOf(given, false, 'an address')
    const address = run.fitting(any, 0n, 0xffff_ffffn, 'an address has 32 bits')
    if (this.#rows.length > MOST_ROWS) return lookUp(run, this.#name, ADDRESS_BITS, this.#value, address)
    const bits = run.integers.bits(address, ADDRESS_BITS)
    for (const row of this.#rows) if (run.decide(this.#covers(row, bits))) return row.value
    return undefined
  }

  #covers({ prefix, length }: PrefixRow, address: Term): Term {
    const { terms } = this.#run
    if (length === 0) return terms.true
    const first = (bits: Term): Term => terms.extract(ADDRESS_BITS - 1, ADDRESS_BITS - length, bits)
    return terms.eq(first(address), first(terms.bv(prefix, ADDRESS_BITS)))
  }
}
