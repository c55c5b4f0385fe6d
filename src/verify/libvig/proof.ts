/** What a proof of one operation yields, whatever it was proved for. */
import type { Place } from '../../domains/symbolic/path.js'
import type { ProofVerdict } from '../../result/index.js'
import type { Module } from '../../wasm/index.js'

export interface LibvigProof {
  readonly operation: string
  readonly scope: string
  /** `error`: the real binary does not do what was found of it, which is a fault of the proof. */
  readonly verdict: ProofVerdict | 'error'
  /** Why it is not proved. */
  readonly cause?: string
  readonly place?: Place
  /** Outcomes of the contract that some state and arguments lead to. */
  readonly outcomes: readonly string[]
  readonly paths: number
  readonly obligations: number
  readonly queries: number
  readonly seconds: number
}

export interface LibvigBinary {
  readonly wasm: Uint8Array
  readonly module: Module
}

export type Ending = Pick<LibvigProof, 'verdict' | 'cause' | 'place'>

/** Of several, the one that decides. */
export function worst(endings: readonly Ending[]): Ending | undefined {
  const order = ['refuted', 'error', 'undecided'] as const
  for (const verdict of order) {
    const found = endings.find((each) => each.verdict === verdict)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where nothing is in the way. */
export function completion(isComplete: boolean, outcomes: number): Ending {
  if (!isComplete) return { verdict: 'undecided', cause: 'too many paths' }
  if (outcomes === 0) return { verdict: 'undecided', cause: 'vacuous: no state and arguments were found' }
  return { verdict: 'proved' }
}
