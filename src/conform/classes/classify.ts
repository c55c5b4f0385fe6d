/**
 * What a failure is, told from what was tried: behaviour, timing, or something that a wire or port did. Nothing is excused by
 * its class; docs/decisions/033-classes-of-failures.md says why each is sound.
 */
import { formatDuration } from '../../nf/index.js'
import { type FailureClass, siteText, type Violation } from '../../result/index.js'
import type { Moves } from './moved-times.js'

export interface Evidence {
  /** Of the smallest sequence that fails. */
  readonly violation: Violation
  /** How often the case was run as it is, failed in the same way, and passed. */
  readonly runs: Runs
  /** Where time is the machine's, and not the run's own. */
  readonly isRealTime: boolean
  /** What a wire or port did to the frame, in a line. */
  readonly artefact?: string
  /** What came of other times, or why there are none. */
  readonly moves?: Moves | string
}

export interface Runs {
  readonly of: number
  readonly same: number
  readonly passed: number
}

/** What is wrong whenever it happens, and is no frame. */
const AT_ANY_TIME: ReadonlySet<Violation['kind']> = new Set(['trap', 'hang', 'memory', 'bad verdict'])

/** Then neither other times nor the frame's bytes are looked at. */
export function isWrongAnyTime({ kind }: Violation): boolean {
  return AT_ANY_TIME.has(kind)
}

export function classOf({ violation, runs, isRealTime, artefact, moves }: Evidence): FailureClass {
  if (isWrongAnyTime(violation)) {
    return { kind: 'behaviour', reason: 'no specification allows it, at any time and on any wire' }
  }
  if (artefact !== undefined) return { kind: 'wire artefact', reason: artefact }
  if (runs.passed > 0) return sometimes(runs, isRealTime)
  if (typeof moves === 'object' && moves.found !== undefined) return timing(moves.found, violation)
  return { kind: 'behaviour', reason: `${repeated(runs)}; ${unmoved(moves)}` }
}

/** In virtual time a run is the same each time, unless it depends on what is no packet. */
function sometimes({ same, of, passed }: Runs, isRealTime: boolean): FailureClass {
  const often = `it failed in the same way ${same} of ${of} times, and passed ${passed}`
  return isRealTime
    ? {
        kind: 'timing',
        reason: `${often}, with the same packets and waits: what differs from run to run decides, such as exact times`,
      }
    : { kind: 'behaviour', reason: `${often}, at the very same times: it depends on more than packets and times` }
}

function timing({ packet, by }: { packet: number; by: bigint }, { site }: Violation): FailureClass {
  const how = by < 0n ? `${formatDuration(-by)} earlier` : `${formatDuration(by)} later`
  const way = site === undefined ? '' : `, which the same line answers: ${siteText(site)}`
  return { kind: 'timing', reason: `it passes where packet ${packet} comes ${how}${way}` }
}

function repeated({ same, of }: Runs): string {
  if (of === 1) return 'it was not run again'
  return same === of ? `it fails in the same way each of ${of} times` : `it fails each of ${of} times, not always alike`
}

function unmoved(moves: Moves | string | undefined): string {
  if (moves === undefined) return 'its times were not moved'
  if (typeof moves === 'string') return `its times were not moved: ${moves}`
  const { tried, isWhole, band } = moves
  if (tried === 0 && isWhole) return `no times within ${formatDuration(band)} lead the same way`
  const of = `its times moved in ${tried} ${tried === 1 ? 'way' : 'ways'}, by up to ${formatDuration(band)}`
  return `so it does with ${of}${isWhole ? '' : ', and not all that there are were tried'}`
}
