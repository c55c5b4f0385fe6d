/** One verdict of several about one network function. */
import type { ProofVerdict, RunVerdict } from '../../result/index.js'

export interface Part {
  /** Before its cause, where there are several parts; empty for the specification. */
  readonly about: string
  readonly verdict: ProofVerdict
  /** Where undecided. */
  readonly cause: string | undefined
}

const VACUOUS = 'vacuous: '

/** Refuted before undecided, that before what says nothing, and proved only where all is. */
export function folded(parts: readonly Part[]): { readonly verdict: RunVerdict; readonly cause?: string } {
  if (parts.some(({ verdict }) => verdict === 'refuted')) return { verdict: 'violated' }
  const open = parts.filter(({ verdict }) => verdict === 'undecided')
  const first = open.find((part) => !isVacuous(part)) ?? open[0]
  if (first === undefined) return { verdict: 'holds' }
  const { about, cause = 'no cause given' } = first
  if (about === '') return { verdict: 'undecided', cause }
  if (!isVacuous(first)) return { verdict: 'undecided', cause: `${about}: ${cause}` }
  return { verdict: 'undecided', cause: `${VACUOUS}${about}: ${cause.slice(VACUOUS.length)}` }
}

/** Whether it is undecided only because nothing was said of any packet. */
export function isVacuous({ cause }: { readonly cause?: string | undefined }): boolean {
  return cause?.startsWith(VACUOUS) === true
}
