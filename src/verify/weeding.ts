/** Candidates for invariants that turn out not to be any. */
import type { Exploration } from './explore.js'
import { candidateName } from './packet-proof.js'
import type { Pairing } from './pairing.js'

/** Without the candidates that some path does not keep; the same where all are kept. */
export function weed(pairing: Pairing, { paths }: Exploration<unknown>): Pairing {
  const broken = new Set<string>()
  for (const { obligations } of paths) {
    for (const { obligation, answer } of obligations) if (answer.kind !== 'holds') broken.add(obligation.what)
  }
  const weeded = pairing.map((pair) => {
    const kept = pair.constant?.filter((candidate) => !broken.has(candidateName(pair, candidate)))
    return kept === undefined || kept.length === pair.constant?.length ? pair : { ...pair, constant: kept }
  })
  return weeded.every((pair, i) => pair === pairing[i]) ? pairing : weeded
}
