/** The functions of which a state is made, as a reader of the specification knows them. */
import type { ByteLayout } from '../../domains/symbolic/record-layout.js'
import type { Pairing } from '../pairing.js'
import { cut, type Piece } from './pieces.js'

export interface StateName {
  /** Of the specification, or of the structure where no state is paired with it. */
  readonly name: string
  readonly keyLayout?: ByteLayout
  readonly valueLayout?: ByteLayout
}

export class StateNames {
  readonly #pairing: Pairing

  constructor(pairing: Pairing) {
    this.#pairing = pairing
  }

  /** By the name of a structure. */
  of(structure: string): StateName {
    const pair = this.#pairing.find((each) => each.structure?.name === structure)
    if (pair === undefined) return { name: structure }
    const { state, keyLayout, valueLayout } = pair
    return {
      name: state,
      ...(keyLayout === undefined ? {} : { keyLayout }),
      ...(valueLayout === undefined ? {} : { valueLayout }),
    }
  }
}

/** The pieces of each field of a record, in the order of its bytes; undefined where no layout is known. */
export function recordParts(
  pieces: readonly Piece[],
  layout: ByteLayout | undefined,
): readonly (readonly [name: string, pieces: readonly Piece[]])[] | undefined {
  if (layout === undefined) return undefined
  const places = [...layout.fields].sort(([, a], [, b]) => a.offset - b.offset)
  return places.map(([name, { offset, size }]) => [name, cut(pieces, 8 * offset, 8 * size)])
}

/** The fields of a record that exactly cover some of its bits, or the one that they are within. */
export function fieldNames(layout: ByteLayout | undefined, bit: number, width: number): string | undefined {
  if (layout === undefined) return undefined
  const within = [...layout.fields].filter(
    ([, { offset, size }]) => 8 * offset < bit + width && bit < 8 * (offset + size),
  )
  const start = Math.min(...within.map(([, { offset }]) => 8 * offset))
  const bits = within.reduce((sum, [, { size }]) => sum + 8 * size, 0)
  if (within.length > 0 && start === bit && bits === width) return within.map(([name]) => name).join(', ')
  const [only, ...others] = within
  if (only === undefined || others.length > 0) return undefined
  const [name, place] = only
  const first = bit - 8 * place.offset
  // Fields that take less than their bytes have zeros above.
  return first + width === 8 * place.size ? name : `${name} bits ${first}..${first + width - 1}`
}
