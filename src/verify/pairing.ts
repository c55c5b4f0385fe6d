/**
 * Which structure of the network function is which state of the specification: by kind and size. What
 * is proved under a pairing holds whatever it is; one that does not fit can only make the proof fail.
 */
import { sizeOf } from '../domains/symbolic/before-packets.js'
import type { Integers } from '../domains/symbolic/integer.js'
import type { ByteLayout } from '../domains/symbolic/record-layout.js'
import type { StateDeclaration, StateDeclarations } from '../spec/state.js'
import type { Structure } from './machine/structure.js'

/** Something that is thought to hold of every entry: tried as an invariant, and kept if it is one. */
export type Candidate = ConstantBits | AbsentValue | AbsentParameter

/** Bits of one byte that are the same in every entry. */
export interface ConstantBits {
  readonly kind: 'bits'
  readonly part: 'key' | 'value'
  /** Of the byte. */
  readonly offset: number
  readonly mask: number
  readonly bits: number
}

/** A value that a field has in no entry. */
export interface AbsentValue {
  readonly kind: 'never'
  readonly part: 'key' | 'value'
  readonly field: string
  readonly value: bigint
}

/** A parameter of the configuration, which stands for every value, that a field is in no entry. */
export interface AbsentParameter {
  readonly kind: 'apart'
  readonly part: 'key' | 'value'
  readonly field: string
  readonly parameter: string
  /** Of the parameter's term. */
  readonly bits: number
}

export interface Pair {
  /** Name of the state in the specification. */
  readonly state: string
  readonly declaration: StateDeclaration
  /** Undefined for a state that has no structure: a function the implementation makes up. */
  readonly structure: Structure | undefined
  readonly keyLayout?: ByteLayout
  readonly valueLayout?: ByteLayout
  readonly candidates?: readonly Candidate[]
}

export type Pairing = readonly Pair[]

/** The structures that are a table each in several: what is known of them before a packet is that these agree. */
export function jointsIn(pairing: Pairing): readonly Structure[] {
  return pairing.flatMap(({ structure }) => (structure?.parts === undefined ? [] : [structure]))
}

/** A structure by its own name and those of its parts, as calls name it. */
export function namesOf({ name, parts }: Structure): readonly string[] {
  return [name, ...(parts === undefined ? [] : Object.values(parts).map((part) => part.name))]
}

/** The layouts of a pair as what binds states takes them. */
export function layoutsIn({ keyLayout, valueLayout }: Pair): Pick<Pair, 'keyLayout' | 'valueLayout'> {
  return {
    ...(keyLayout === undefined ? {} : { keyLayout }),
    ...(valueLayout === undefined ? {} : { valueLayout }),
  }
}

/** The structure that a declared state may be kept in. */
const KINDS = { expiringMap: 'expiring_map', indexSet: 'dchain', maglev: 'cht' } as const

/** Every way to give each state a structure of its own that is of its kind and size. */
export function pairings(
  integers: Integers,
  declarations: StateDeclarations,
  structures: readonly Structure[],
): Pairing[] {
  let found: Pair[][] = [[]]
  for (const [state, declaration] of Object.entries(declarations)) {
    found = found.flatMap((chosen) => {
      if (declaration.kind === 'chosenBy') return [[...chosen, { state, declaration, structure: undefined }]]
      const taken = new Set(chosen.flatMap(({ structure }) => (structure === undefined ? [] : namesOf(structure))))
      const free = structures.filter((each) => namesOf(each).every((name) => !taken.has(name)))
      return free
        .filter((structure) => fits(integers, declaration, structure))
        .map((structure) => [...chosen, { state, declaration, structure }])
    })
  }
  return found
}

/** A size that is a term of the configuration has to be the same term. */
function fits(integers: Integers, declaration: StateDeclaration, { kind, sizes, origin }: Structure): boolean {
  if (origin !== 'nf_init' || declaration.kind === 'chosenBy' || KINDS[declaration.kind] !== kind) return false
  const isSize = (at: number, size: unknown): boolean => {
    const own = sizes[at]
    return own !== undefined && integers.eq(own, sizeOf(integers, size)) === integers.terms.true
  }
  switch (declaration.kind) {
    case 'expiringMap':
      return isSize(2, declaration.capacity) && (sizes[1]?.constant === 0n) === (declaration.value === undefined)
    case 'indexSet':
      return isSize(0, declaration.capacity)
    case 'maglev':
      return isSize(0, declaration.height) && isSize(1, declaration.backends)
  }
}
