/** Reads a lock file, and says whether it is about what is there. */
import { existsSync } from 'node:fs'

import { type ByteLayout, type FieldPlace, faultOf, fieldsOf } from '../../domains/symbolic/record-layout.js'
import { type YamlPath, YamlSource } from '../../nf/index.js'
import type { Candidate, Pair, Pairing } from '../pairing.js'

/** What a lock file says of one state. */
export interface LockedState {
  readonly structure: string
  readonly key: ByteLayout | undefined
  readonly value: ByteLayout | undefined
  readonly invariants: readonly Candidate[]
}

export type Lock = ReadonlyMap<string, LockedState>

/** The lock in `file`; undefined where there is no such file. InputError where it is none. */
export function readLock(file: string): Lock | undefined {
  return existsSync(file) ? new LockReader(YamlSource.read(file)).lock() : undefined
}

/** The pairing among these that the lock is about, with its layouts and invariants; undefined where it is about none. */
export function lockedPairing(lock: Lock, possible: readonly Pairing[]): Pairing | undefined {
  const found = possible.find((pairing) =>
    pairing.every(({ state, structure }) => structure?.name === lock.get(state)?.structure),
  )
  if (found === undefined) return undefined
  const locked = found.map((pair) => withLocked(pair, lock.get(pair.state)))
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

class LockReader {
  readonly #source: YamlSource

  constructor(source: YamlSource) {
    this.#source = source
  }

  lock(): Lock {
    const states = this.#map(this.#source.value, [])
    return new Map([...states].map(([name, state]) => [name, this.#state(this.#map(state, [name]), name)] as const))
  }

  #state(state: Fields, name: string): LockedState {
    const structure = state.get('structure')
    if (typeof structure !== 'string') throw this.#source.fail([name], `${name} has no structure`)
    const layout = (part: 'key' | 'value'): ByteLayout | undefined =>
      state.has(part) ? this.#layout(this.#map(state.get(part), [name, part]), [name, part]) : undefined
    const invariants = state.get('invariants') ?? []
    if (!Array.isArray(invariants)) throw this.#source.fail([name, 'invariants'], 'invariants are a list')
    return {
      structure,
      key: layout('key'),
      value: layout('value'),
      invariants: invariants.map((each: unknown, i) =>
        this.#invariant(this.#map(each, [name, 'invariants', i]), [name, 'invariants', i]),
      ),
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

  #invariant(invariant: Fields, path: YamlPath): Candidate {
    const part = invariant.get('part')
    if (part !== 'key' && part !== 'value') throw this.#source.fail(path, 'part is key or value')
    const kind = invariant.get('kind')
    const number = (name: string): number => this.#number(invariant, name, path)
    if (kind === 'bits') return { kind, part, offset: number('offset'), mask: number('mask'), bits: number('bits') }
    const [field, value] = [invariant.get('field'), invariant.get('value')]
    if (kind === 'never' && typeof field === 'string' && typeof value === 'string' && /^\d+$/.test(value)) {
      return { kind, part, field, value: BigInt(value) }
    }
    throw this.#source.fail(path, 'an invariant of neither kind: bits, never')
  }

  #map(value: unknown, path: YamlPath): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
    throw this.#source.fail(path, 'a map of names to values is expected')
  }

  #number(fields: Fields, name: string, path: YamlPath): number {
    const value = fields.get(name)
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
    throw this.#source.fail([...path, name], `${name} is a whole number`)
  }
}
