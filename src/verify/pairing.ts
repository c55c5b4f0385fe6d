/**
 * Which structure of the network function is which state of the specification (proof-rules 10): by kind and size. What
 * is proved under a pairing holds whatever it is; one that does not fit can only make the proof fail.
 */
import type { ByteLayout } from '../domains/symbolic/record-layout.js'
import type { StateDeclaration, StateDeclarations } from '../spec/state.js'
import type { Structure } from './machine/structure.js'

export interface Pair {
  /** Name of the state in the specification. */
  readonly state: string
  readonly declaration: StateDeclaration
  /** Undefined for a state that has no structure: a function the implementation makes up. */
  readonly structure: Structure | undefined
  readonly keyLayout?: ByteLayout
  readonly valueLayout?: ByteLayout
}

export type Pairing = readonly Pair[]

/** The structure that a declared state may be kept in. */
const KINDS = { expiringMap: 'expiring_map', indexSet: 'dchain', maglev: 'cht' } as const

/** Every way to give each state a structure of its own that is of its kind and size. */
export function pairings(declarations: StateDeclarations, structures: readonly Structure[]): Pairing[] {
  const states = Object.entries(declarations)
  const found: Pair[][] = []
  const place = (index: number, chosen: readonly Pair[]): void => {
    const next = states[index]
    if (next === undefined) {
      found.push([...chosen])
      return
    }
    const [state, declaration] = next
    if (declaration.kind === 'chosenBy')
      return place(index + 1, [...chosen, { state, declaration, structure: undefined }])
    for (const structure of structures) {
      if (chosen.some((pair) => pair.structure === structure) || !fits(declaration, structure)) continue
      place(index + 1, [...chosen, { state, declaration, structure }])
    }
  }
  place(0, [])
  return found
}

function fits(declaration: StateDeclaration, { kind, sizes, origin }: Structure): boolean {
  if (origin !== 'nf_init' || declaration.kind === 'chosenBy' || KINDS[declaration.kind] !== kind) return false
  const numbers = sizes.map(({ constant }) => Number(constant ?? -1n))
  switch (declaration.kind) {
    case 'expiringMap':
      return numbers[2] === declaration.capacity && (numbers[1] === 0) === (declaration.value === undefined)
    case 'indexSet':
      return numbers[0] === declaration.capacity
    case 'maglev':
      return numbers[0] === declaration.height && numbers[1] === declaration.backends
  }
}
