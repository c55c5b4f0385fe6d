/** Records of the specification as the bytes that a structure keeps, and back. */
import type { Term } from '../../smt/index.js'
import { SpecError } from '../../spec/error.js'
import { errorHere } from '../../spec/instrumented/index.js'
import type { Integer } from './integer.js'
import { type AnyFieldType, type ByteLayout, type FieldPlace, type Fields, faultOf } from './record-layout.js'
import { isPast, mostOf } from './refinements.js'
import { resolved } from './resolved.js'
import type { Run } from './run.js'

export class RecordCodec {
  readonly fields: Fields
  readonly layout: ByteLayout
  /** What is stored, for error messages: a table's key, say. */
  readonly #name: string

  /** Throws SpecError where the layout does not fit the record. */
  constructor(name: string, fields: Fields, layout: ByteLayout) {
    const fault = faultOf(layout, fields)
    if (fault !== undefined) throw new SpecError(`the layout of ${name} cannot be: ${fault}`)
    this.#name = name
    this.fields = fields
    this.layout = layout
  }

  /** Bits of the vector; the first byte is in the highest. */
  get bits(): number {
    return 8 * this.layout.size
  }

  /** The bytes of a record; that its fields fit is an obligation. */
  encode(run: Run, record: unknown): Term {
    if (typeof record !== 'object' || record === null) throw errorHere(`${this.#name} is a record`)
    const given = new Map<string, unknown>(Object.entries(record))
    const bytes: Term[] = Array.from({ length: this.layout.size }, (_, at) =>
      run.terms.bv(this.layout.padding.get(at) ?? 0, 8),
    )
    for (const [name, type] of this.fields) {
      const value = this.#fitting(run, name, type, given.get(name))
      const { offset, size, order } = this.#place(name)
      const bits = run.integers.bits(value, 8 * size)
      for (let i = 0; i < size; i++) bytes[offset + i] = run.terms.byte(order === 'big' ? size - 1 - i : i, bits)
    }
    return run.terms.concat(...bytes)
  }

  /** The bytes of a key, whatever they depend on decided: those of the network function are too. */
  encodeKey(run: Run, record: unknown): Term {
    const decide = (condition: Term): boolean => run.decide(condition)
    return resolved({ terms: run.terms, decide }, this.encode(run, record), undefined)
  }

  /**
   * The record in some bytes that are stored. Its refinements are assumed: they were obligations when it was stored, or
   * belong to the invariant that the state began with.
   */
  decode(run: Run, bytes: Term): Readonly<Record<string, unknown>> {
    const values = [...this.fields].map(([name, type]) => {
      const stored = this.fieldIn(run, name, bytes)
      const most = mostOf(type, run.portCount)
      run.assume(run.terms.and(run.isBetween(stored, 0n, most), isPast(run, type, stored)))
      const value = run.integers.within(stored, 0n, most)
      return [name, type.wide ? run.bigint(value) : run.number(value)] as const
    })
    return Object.freeze(Object.fromEntries(values))
  }

  /** A field as it is stored, its refinements not taken for granted. */
  fieldIn(run: Run, name: string, bytes: Term): Integer {
    const { offset, size, order } = this.#place(name)
    const last = 8 * (this.layout.size - offset) - 1
    const stored = run.terms.extract(last, last - 8 * size + 1, bytes)
    return run.integers.unsigned(order === 'big' ? stored : reversed(run, stored))
  }

  /** What the types of the fields, and the padding, say of some stored bytes; nothing of this is assumed. */
  facts(run: Run, bytes: Term): Term[] {
    const ofFields = [...this.fields].map(([name, type]) => {
      const stored = this.fieldIn(run, name, bytes)
      return run.terms.and(run.isBetween(stored, 0n, mostOf(type, run.portCount)), isPast(run, type, stored))
    })
    const ofPadding = [...this.layout.padding].map(([at, value]) =>
      run.terms.eq(run.terms.byte(this.layout.size - 1 - at, bytes), run.terms.bv(value, 8)),
    )
    return [...ofFields, ...ofPadding]
  }

  #fitting(run: Run, name: string, type: AnyFieldType, given: unknown): Integer {
    if (given === undefined) throw errorHere(`${this.#name} has no ${name}`)
    const value = run.integerOf(given, type.wide, `${name} of ${this.#name}`)
    const fitting = run.fitting(
      value,
      0n,
      mostOf(type, run.portCount),
      `a value does not fit into ${name} of ${this.#name}`,
    )
    run.oblige(`${name} of ${this.#name} is later than now`, isPast(run, type, fitting))
    return fitting
  }

  #place(name: string): FieldPlace {
    const place = this.layout.fields.get(name)
    if (place === undefined) throw new RangeError(`${this.#name} has no field ${name}`)
    return place
  }
}

/** The bytes of a bit vector in the other order. */
function reversed(run: Run, bytes: Term): Term {
  const parts = Array.from({ length: bytes.width / 8 }, (_, i) => run.terms.byte(i, bytes))
  return run.terms.concat(...parts)
}
