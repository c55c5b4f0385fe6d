/** What a proof found out, as a lock says it. */
import type { Written } from '../machine/index.js'
import type { Pairing } from '../pairing.js'
import type { Lock } from './read.js'

/** `left`: what packets may leave in the function's own memory. */
export function lockOf(pairing: Pairing, left: Written): Lock {
  const states = pairing.flatMap(({ state, structure, keyLayout, valueLayout, candidates = [] }) =>
    structure === undefined
      ? []
      : [[state, { structure: structure.name, key: keyLayout, value: valueLayout, invariants: candidates }] as const],
  )
  return { states: new Map(states), left }
}
