/** The paths that a proof explored, as plain data for people: which way each went, and what came of it. */
import { describeResult } from '../nf/index.js'
import type { PathDecision, SpecSite, VerifiedPath } from '../result/index.js'
import { type Term, type Terms, variablesOf } from '../smt/index.js'
import type { PathConfirmation } from './confirm-paths.js'
import { ConditionTexts } from './describe-condition.js'
import type { PathReport } from './exploration/explore.js'
import type { PacketOnPath } from './packet-proof.js'
import type { Pairing } from './pairing.js'
import type { Places } from './places.js'
import type { Explored } from './prove.js'

/** Characters of a computed answer that are still read. */
const LONGEST = 70

export interface PathTreeParts {
  readonly explored: Explored
  readonly pairing: Pairing
  readonly places: Places
  readonly portCount: number
}

/** In the order of exploration: paths that begin alike follow each other. */
export function pathTree(parts: PathTreeParts): VerifiedPath[] {
  const { packets, confirmations = [] } = parts.explored
  return (packets?.paths ?? []).map((path, at) => verifiedPath(path, confirmations[at], parts))
}

function verifiedPath(
  path: PathReport<PacketOnPath>,
  confirmation: PathConfirmation | undefined,
  parts: PathTreeParts,
): VerifiedPath {
  const { explored, pairing, places, portCount } = parts
  const texts = new ConditionTexts(explored.terms, pairing)
  const decisions = decisionsOn(path, explored.terms, texts, places)
  const { end, obligations, seconds } = path
  const site = end.kind === 'ended' ? end.result.spec.verdict.site : undefined
  return {
    decisions,
    outcome: outcomeOf(path, texts, portCount),
    ...(site === undefined ? {} : { site: specSite(site) }),
    obligations: obligations.length,
    failed: obligations.filter(({ answer }) => answer.kind !== 'holds').length,
    seconds,
    ...confirmedOf(confirmation),
  }
}

/** In words, those that could go one way only left out. `texts` know them afterwards. */
export function decisionsOn(
  { decisions }: Pick<PathReport<unknown>, 'decisions'>,
  terms: Terms,
  texts: ConditionTexts,
  places: Places,
): PathDecision[] {
  return decisions.flatMap(({ condition, value, isForced, place }) => {
    if (isForced) {
      texts.know(value ? condition : terms.not(condition))
      return []
    }
    const found = place && places.of(place)
    const source = found && places.text(found)
    return [{ ...texts.next(condition, value), ...(found && { place: found }), ...(source && { source }) }]
  })
}

function outcomeOf({ end }: PathReport<PacketOnPath>, texts: ConditionTexts, portCount: number): string {
  if (end.kind === 'undecidable') return `not followed: ${end.reason}`
  if (end.kind === 'impossible') return 'impossible'
  const { nf } = end.result
  return nf.end.kind === 'returned' ? answerText(nf.end.result, texts, portCount) : `${nf.end.kind}: ${nf.end.what}`
}

function answerText(answer: Term, texts: ConditionTexts, portCount: number): string {
  if (answer.op === 'bv') return describeResult(Number(BigInt.asIntN(32, answer.value)), portCount)
  const text = texts.value(answer)
  if (text.length <= LONGEST) return `port ${text}`
  return `port computed from ${variablesOf([answer])
    .map((term) => texts.value(term))
    .join(', ')}`
}

function specSite({ file, line, text, clause }: SpecSite): SpecSite {
  return { file, line, text, clause }
}

function confirmedOf(found: PathConfirmation | undefined): Pick<VerifiedPath, 'confirmed' | 'why'> {
  if (found === undefined) return { confirmed: 'not tried' }
  if (found.kind === 'confirmed') return { confirmed: 'yes' }
  return { confirmed: 'unrealisable', why: found.reason }
}
