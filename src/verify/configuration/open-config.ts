/**
 * A configuration in which some parameters stand for every value that nf.yaml allows: one term for each, the same for the
 * network function and for its specification. A single value is the variable `config.<name>`; values by port or place
 * are the function `config.<name>` of the index; a table is the functions `config.<name>.has` and `.get` of the key, prefixes
 * are `.has` and `.lookup` of the address, both with `config.<name>.rows` rows. The others are as resolved. Bounds and relations are facts of every path.
 */
import type { OpenParameters } from '../../domains/symbolic/config.js'
import { type Integer, Integers, widthOf } from '../../domains/symbolic/integer.js'
import type { Path } from '../../domains/symbolic/path.js'
import type { ResolvedConfig, ResolvedEntry } from '../../nf/config.js'
import type { ScalarEntry, TableEntry, TableValue } from '../../nf/manifest-config.js'
import type { Relation } from '../../nf/relations.js'
import { bitVecSort, type Term, type Terms } from '../../smt/index.js'
import { relationHolds } from './relation-terms.js'

/** Smallest and largest value of a parameter, both included. The default lies between them. */
interface Bounds {
  readonly least: bigint
  readonly most: bigint
}

/** Bits of the index of a value by port or place, as the network function passes it. */
export const INDEX_BITS = 32
/** Bits of what a table gives. */
export const VALUE_BITS = 32
const WORD = (1n << 32n) - 1n

export class OpenConfig implements OpenParameters {
  readonly config: ResolvedConfig
  /** The parameters that stand for every value. */
  readonly names: ReadonlySet<string>
  readonly #relations: readonly Relation[]

  /** `names` are of values that `config` has. */
  constructor(config: ResolvedConfig, names: ReadonlySet<string>, relations: readonly Relation[]) {
    this.config = config
    this.names = names
    this.#relations = relations
  }

  /** Bounds and relations: what is known of every configuration. Values by index are bounded where they are read. */
  facts(terms: Terms): Term[] {
    const integers = new Integers(terms)
    const bounded = [...this.names].flatMap((name) => {
      const found = this.#single(name)
      return found === undefined ? [] : [inBounds(integers, variableOf(terms, found), found.bounds)]
    })
    const related = this.#relations.map((relation) =>
      relationHolds(integers, relation, (name) => this.#related(integers, name)),
    )
    return [...bounded, ...related]
  }

  assume(path: Path): void {
    for (const fact of this.facts(path.terms)) path.assume(fact)
  }

  /** That values are the configured ones, but for tables: where that can be, it is one configuration that is at hand. */
  asConfigured(terms: Terms): Term[] {
    const is = (term: Term, value: bigint): Term => terms.eq(term, terms.bv(value, term.width))
    return [...this.names].flatMap((name) => {
      const found = this.config.entries.get(name)
      if (found?.kind !== 'scalars') return []
      const { raw } = found
      const variable = this.variable(terms, name)
      if (typeof raw === 'bigint') return variable === undefined ? [] : [is(variable, raw)]
      return raw.map((value, index) => is(this.#valueAt(terms, found.entry, terms.bv(index, INDEX_BITS)), value))
    })
  }

  scalar({ terms }: Path, name: string): Integer | undefined {
    const found = this.#single(name)
    if (found === undefined || found.isOfTable) return undefined
    return new Integers(terms).unsigned(variableOf(terms, found), found.bounds.least, found.bounds.most)
  }

  element(path: Path, name: string, index: Integer): Integer | undefined {
    const found = this.#open(name)
    if (found?.kind !== 'scalars' || found.entry.shape === 'scalar') return undefined
    const integers = new Integers(path.terms)
    const bounds = this.boundsOf(found.entry)
    const value = this.#valueAt(path.terms, found.entry, integers.bits(index, INDEX_BITS))
    path.assume(inBounds(integers, value, bounds))
    return integers.unsigned(value, bounds.least, bounds.most)
  }

  table(name: string): { readonly most: bigint } | undefined {
    const found = this.#open(name)
    if (found === undefined || found.kind === 'scalars') return undefined
    const most = mostIn(found.entry.value, this.config.portCount)
    // All ones are what a lookup answers for none.
    return { most: found.kind === 'prefixes' && most === WORD ? most - 1n : most }
  }

  /** How many rows the host makes room for in an open table. */
  rows(terms: Terms, name: string): Integer | undefined {
    const found = this.#single(name)
    if (found?.isOfTable !== true) return undefined
    return new Integers(terms).unsigned(variableOf(terms, found), found.bounds.least, found.bounds.most)
  }

  /** What nf.yaml allows a value, or each of a list, to be, and how wide its term is. */
  boundsOf(entry: ScalarEntry): Bounds & { readonly bits: number } {
    const bounds = boundsOf(entry, this.config.portCount)
    return { ...bounds, bits: widthOf(0n, bounds.most) }
  }

  /** Single values that are ports, with the bits of their terms. */
  ports(): { readonly name: string; readonly bits: number }[] {
    return [...this.names].flatMap((name) => {
      const found = this.config.entries.get(name)
      if (found?.kind !== 'scalars' || found.entry.shape !== 'scalar' || found.entry.type !== 'port') return []
      return [{ name, bits: this.boundsOf(found.entry).bits }]
    })
  }

  /** The variable of a single value. */
  variable(terms: Terms, name: string): Term | undefined {
    const found = this.#single(name)
    return found === undefined || found.isOfTable ? undefined : variableOf(terms, found)
  }

  /** Of values by port or place, the one at an index of 32 bits. */
  #valueAt(terms: Terms, entry: ScalarEntry, index: Term): Term {
    const range = bitVecSort(this.boundsOf(entry).bits)
    return terms.apply(terms.declareFunction(`config.${entry.name}`, [index.sort], range), index)
  }

  #open(name: string): ResolvedEntry | undefined {
    return this.names.has(name) ? this.config.entries.get(name) : undefined
  }

  /** The variable of a single value, or of a table's number of rows. */
  #single(name: string): Variable | undefined {
    const found = this.#open(name)
    if (found?.kind === 'table' || found?.kind === 'prefixes') {
      const { entry } = found
      const bounds = { least: 1n, most: BigInt(entry.shape === 'table' ? entry.maxLength : entry.maxRows) }
      return { name: `config.${name}.rows`, bounds, isOfTable: true }
    }
    if (found?.kind !== 'scalars' || found.entry.shape !== 'scalar') return undefined
    return { name: `config.${name}`, bounds: boundsOf(found.entry, this.config.portCount), isOfTable: false }
  }

  /** What a relation means by a name. */
  #related(integers: Integers, name: string): Integer {
    const found = this.#single(name)
    if (found !== undefined && !found.isOfTable) return integers.unsigned(variableOf(integers.terms, found))
    if (name === 'portCount') return integers.of(BigInt(this.config.portCount))
    const number = numberOf(this.config.entries.get(name)) ?? lengthOf(this.config, name)
    if (number === undefined) throw new RangeError(`a relation speaks of ${name}, which has no value`)
    return integers.of(number)
  }
}

interface Variable {
  readonly name: string
  readonly bounds: Bounds
  readonly isOfTable: boolean
}

function variableOf(terms: Terms, { name, bounds }: Variable): Term {
  return terms.variable(name, bitVecSort(widthOf(0n, bounds.most)))
}

/** The term of a single value that stands for every one, by its name and bits. */
export function parameterTerm(terms: Terms, name: string, bits: number): Term {
  return terms.variable(`config.${name}`, bitVecSort(bits))
}

/** What nf.yaml allows a value, or each of a list, to be. */
function boundsOf({ type, min, max }: ScalarEntry, portCount: number): Bounds {
  const ports = BigInt(portCount)
  const most = type === 'port' ? ports - 1n : type === 'ports' ? (1n << ports) - 1n : max
  return { least: min, most: most < max ? most : max }
}

/** Bits of a table's keys, as they stand in packets. */
export function keyBitsOf(key: TableEntry['key']): number {
  return key === 'mac' ? 48 : 32
}

function mostIn(value: TableValue, portCount: number): bigint {
  return value === 'port' ? BigInt(portCount) - 1n : WORD
}

function inBounds(integers: Integers, value: Term, { least, most }: Bounds): Term {
  const unsigned = integers.unsigned(value)
  return integers.terms.and(integers.le(integers.of(least), unsigned), integers.le(unsigned, integers.of(most)))
}

function numberOf(found: ResolvedEntry | undefined): bigint | undefined {
  return found?.kind === 'scalars' && typeof found.raw === 'bigint' ? found.raw : undefined
}

/** `<list>Count` */
function lengthOf({ entries }: ResolvedConfig, name: string): bigint | undefined {
  const found = name.endsWith('Count') ? entries.get(name.slice(0, -'Count'.length)) : undefined
  return found?.kind === 'scalars' && typeof found.raw !== 'bigint' ? BigInt(found.raw.length) : undefined
}
