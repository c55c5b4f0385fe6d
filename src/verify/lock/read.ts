/** Reads a lock file, and says whether it is about what is there. */
import { existsSync } from 'node:fs'

import { type ByteLayout, type FieldPlace, faultOf, fieldsOf } from '../../domains/symbolic/record-layout.js'
import { type YamlPath, YamlSource } from '../../nf/index.js'
import type { Written } from '../machine/index.js'
import type { Candidate, Pair, Pairing } from '../pairing.js'

/** What a lock file says of one state. */
export interface LockedState {
  readonly structure: string
  readonly key: ByteLayout | undefined
  readonly value: ByteLayout | undefined
  readonly invariants: readonly Candidate[]
}

export interface Lock {
  readonly states: ReadonlyMap<string, LockedState>
  /** What packets may leave in the function's own memory; more than they do is sound. */
  readonly left: Written
}

/** The lock in `file`; undefined where there is no such file. InputError where it is none. */
export function readLock(file: string): Lock | undefined {
  return existsSync(file) ? new LockReader(YamlSource.read(file)).lock() : undefined
}

/** The pairing among these that the lock is about, with its layouts and invariants; undefined where it is about none. */
export function lockedPairing(lock: Lock, possible: readonly Pairing[]): Pairing | undefined {
  const found = possible.find((pairing) =>
    pairing.every(({ state, structure }) => structure?.name === lock.states.get(state)?.structure),
  )
  if (found === undefined) return undefined
  const locked = found.map((pair) => withLocked(pair, lock.states.get(pair.state)))
  return locked.every((pair): pair is Pair => pair !== undefined) ? locked : undefined
}

function withLocked(pair: Pair, locked: LockedState | undefined): Pair | undefined {
  if (locked === undefined) return pair
  const { declaration } = pair
  const { key, value, invariants } = locked
  if (declaration.kind === 'expiringMap') {
    if (key === undefined || faultOf(key, fieldsOf(declaration.key)) !== undefined) return undefined
    const { value: record } = declaration
    if ((record === undefined) !== (value === undefined)) return undefined
    if (record !== undefined && value !== undefined && faultOf(value, fieldsOf(record)) !== undefined) return undefined
  }
  return {
    ...pair,
    ...(key === undefined ? {} : { keyLayout: key }),
    ...(value === undefined ? {} : { valueLayout: value }),
    ...(invariants.length === 0 ? {} : { candidates: invariants }),
  }
}

type Fields = ReadonlyMap<string, unknown>

/** Of one range: the function's own memory is smaller. */
const MOST_BYTES = 1 << 20

class LockReader {
  readonly #source: YamlSource

  constructor(source: YamlSource) {
    this.#source = source
  }

  lock(): Lock {
    const all = this.#map(this.#source.value, [])
    const states = this.#map(all.get('states'), ['states'])
    const memory = this.#map(all.get('memory'), ['memory'])
    const ranges = this.#list(memory.get('bytes'), ['memory', 'bytes']).map((range, i) => this.#range(range, i))
    const globals = this.#list(memory.get('globals'), ['memory', 'globals'])
    return {
      states: new Map([...states].map(([name, state]) => [name, this.#state(state, ['states', name])] as const)),
      left: {
        bytes: new Set(
          ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
        ),
        globals: new Set(globals.map((index, i) => this.#wholeNumber(index, ['memory', 'globals', i]))),
      },
    }
  }

  #range(value: unknown, i: number): [first: number, last: number] {
    const path = ['memory', 'bytes', i]
    const [first, last] = this.#list(value, path).map((each) => this.#wholeNumber(each, path))
    if (first !== undefined && last !== undefined && first <= last && last - first < MOST_BYTES) return [first, last]
    throw this.#source.fail(path, 'the first and the last address of some bytes are expected')
  }

  #state(value: unknown, path: YamlPath): LockedState {
    const state = this.#map(value, path)
    const structure = state.get('structure')
    if (typeof structure !== 'string') throw this.#source.fail(path, 'it has no structure')
    const layout = (part: 'key' | 'value'): ByteLayout | undefined =>
      state.has(part) ? this.#layout(this.#map(state.get(part), [...path, part]), [...path, part]) : undefined
    const invariants = this.#list(state.get('invariants') ?? [], [...path, 'invariants'])
    return {
      structure,
      key: layout('key'),
      value: layout('value'),
      invariants: invariants.map((each, i) => this.#invariant(each, [...path, 'invariants', i])),
    }
  }

  #layout(layout: Fields, path: YamlPath): ByteLayout {
    const fields = this.#map(layout.get('fields') ?? {}, [...path, 'fields'])
    const padding = this.#map(layout.get('padding') ?? {}, [...path, 'padding'])
    const places = [...fields].map(([name, place]) => {
      const at = [...path, 'fields', name]
      return [name, this.#place(this.#map(place, at), at)] as const
    })
    return {
      size: this.#number(layout, 'size', path),
      fields: new Map(places),
      padding: new Map([...padding.keys()].map((at) => [Number(at), this.#number(padding, at, [...path, 'padding'])])),
    }
  }

  #place(place: Fields, path: YamlPath): FieldPlace {
    const order = place.get('order')
    if (order !== 'big' && order !== 'little') throw this.#source.fail(path, 'order is big or little')
    return { offset: this.#number(place, 'offset', path), size: this.#number(place, 'size', path), order }
  }

  #invariant(value: unknown, path: YamlPath): Candidate {
    const invariant = this.#map(value, path)
    const part = invariant.get('part')
    if (part !== 'key' && part !== 'value') throw this.#source.fail(path, 'part is key or value')
    const kind = invariant.get('kind')
    const number = (name: string): number => this.#number(invariant, name, path)
    if (kind === 'bits') return { kind, part, offset: number('offset'), mask: number('mask'), bits: number('bits') }
    const [field, never] = [invariant.get('field'), invariant.get('value')]
    if (kind === 'never' && typeof field === 'string' && typeof never === 'string' && /^\d+$/.test(never)) {
      return { kind, part, field, value: BigInt(never) }
    }
    const parameter = invariant.get('parameter')
    if (kind === 'apart' && typeof field === 'string' && typeof parameter === 'string') {
      return { kind, part, field, parameter, bits: number('bits') }
    }
    throw this.#source.fail(path, 'an invariant of no kind: bits, never, apart')
  }

  #map(value: unknown, path: YamlPath): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
    throw this.#source.fail(path, 'a map of names to values is expected')
  }

  #list(value: unknown, path: YamlPath): readonly unknown[] {
    if (Array.isArray(value)) return value
    throw this.#source.fail(path, 'a list is expected')
  }

  #number(fields: Fields, name: string, path: YamlPath): number {
    return this.#wholeNumber(fields.get(name), [...path, name])
  }

  #wholeNumber(value: unknown, path: YamlPath): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw this.#source.fail(path, 'a whole number is expected')
  }
}
