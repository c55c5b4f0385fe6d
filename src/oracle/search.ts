/**
 * Finds the device's choices from what it did. The specification has run with guesses and the outcome differs from
 * what was seen; here the packet is run again with other values. Which output feature shows a choice is found by
 * running with two values and looking at what moved; the value that would have given what was seen is then computed,
 * or, where the relation is not linear, looked for. Nothing is believed that a full run does not reproduce.
 */
import type { ChoiceSite } from '../domains/concrete/choices.js'
import { FeatureVector } from '../domains/concrete/features.js'
import type { ConcreteReading } from '../domains/concrete/reading.js'
import type { Verdict } from '../spec/verdict.js'

/** Values tried one by one where the choice does not show as a linear feature. */
const MOST_TRIED = 256

/** What the oracle lends to the search: run with these values, and say whether the outcome is what was seen. */
export interface Trial {
  readonly reading: ConcreteReading
  /** Takes the last run back and runs again. */
  run(forced: readonly number[]): Verdict
  matches(verdict: Verdict): boolean
  /** Reads the features of what a verdict expects. */
  features(verdict: Verdict, into: FeatureVector): void
}

export interface Found {
  readonly verdict: Verdict
  readonly matched: boolean
  readonly values: readonly number[]
}

const before = new FeatureVector()
const after = new FeatureVector()

/** Looks for values of the choices of the last run, whose verdict was `first`; leaves the best run in place. */
export function searchChoices(trial: Trial, first: Verdict): Found {
  const { choices } = trial.reading
  let values: readonly number[] = choices.values.slice(0, choices.count)
  const sites = choices.sites.slice(0, choices.count)
  let verdict = first
  for (const [index, site] of sites.entries()) {
    trial.features(verdict, before)
    const better = solve(trial, site, index, values, verdict)
    if (better !== undefined) values = better
    verdict = trial.run(values)
    if (trial.matches(verdict)) return { verdict, matched: true, values }
  }
  return { verdict, matched: false, values }
}

/** A value tried for a choice, and how many of the features that the choice moves then are as seen. */
interface Candidate {
  readonly value: number
  readonly agreed: number
}

/**
 * Values with the choice at `index` moved to what was seen, or undefined; `before` holds the features of `values`. One
 * feature may not tell two choices apart (backends that share a port), so all that move must agree; where a device is
 * wrong in one of them, the value that explains most of the others is taken.
 */
function solve(
  trial: Trial,
  site: ChoiceSite,
  index: number,
  values: readonly number[],
  verdict: Verdict,
): readonly number[] | undefined {
  const seen = trial.reading.seen.features(trial.reading.packet.layers)
  if (!seen.present || verdict.packet === undefined) return undefined
  const base = Float64Array.from(before.values)
  const present = values[index] ?? 0
  const probe = otherValue(trial, site, index, values)
  if (probe === undefined) return undefined
  const probed = Float64Array.from(after.values)
  const moved = [...base.keys()].filter((feature) => probed[feature] !== base[feature])
  let best: Candidate = { value: present, agreed: agreement(moved, base, seen) }
  const attempt = (value: number): boolean => {
    const candidate = tryValue(trial, index, values, value, moved, seen)
    if (candidate !== undefined && candidate.agreed > best.agreed) best = candidate
    return best.agreed === moved.length
  }
  for (const feature of moved) {
    const line = { x0: present, y0: base[feature] ?? 0, x1: probe, y1: probed[feature] ?? 0 }
    const solution = solveLine(line, seen.values[feature] ?? 0, site.range)
    if (solution === undefined || !attempt(solution.value)) continue
    if (!site.hasTable) site.learnLinear(feature, solution.slope, solution.offset)
    return replaced(values, index, best.value)
  }
  for (let value = 0; moved.length > 0 && value < Math.min(site.range, MOST_TRIED); value++) {
    if (!attempt(value)) continue
    site.learnTable(moved, seen, value)
    break
  }
  return best.value === present ? undefined : replaced(values, index, best.value)
}

/** Runs with `value` at `index`; undefined where that is not allowed. */
function tryValue(
  trial: Trial,
  index: number,
  values: readonly number[],
  value: number,
  moved: readonly number[],
  seen: FeatureVector,
): Candidate | undefined {
  const verdict = trial.run(replaced(values, index, value))
  if (trial.reading.choices.invalid) return undefined
  trial.features(verdict, after)
  return { value, agreed: agreement(moved, after.values, seen) }
}

function agreement(moved: readonly number[], values: Float64Array, seen: FeatureVector): number {
  return moved.filter((feature) => values[feature] === seen.values[feature]).length
}

/**
 * A run with another allowed value at `index` than the last run took there; its features are left in `after`. The
 * structure names one where it can: in a table that is nearly full, a value at random would hardly ever do.
 */
function otherValue(trial: Trial, site: ChoiceSite, index: number, values: readonly number[]): number | undefined {
  const present = values[index] ?? 0
  const named = trial.reading.choices.choosers[index]?.other(present) ?? -1
  for (let step = 0; step <= Math.min(8, site.range - 1); step++) {
    const value = step === 0 ? named : (present + step) % site.range
    if (value === -1) continue
    const verdict = trial.run(replaced(values, index, value))
    if (trial.reading.choices.invalid) continue
    trial.features(verdict, after)
    return value
  }
  return undefined
}

/** The whole number below `range` at which the line through two points reaches `y`. */
function solveLine(
  line: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number },
  y: number,
  range: number,
): { readonly value: number; readonly slope: number; readonly offset: number } | undefined {
  const slope = (line.y1 - line.y0) / (line.x1 - line.x0)
  const offset = line.y0 - slope * line.x0
  const value = (y - offset) / slope
  return Number.isInteger(value) && value >= 0 && value < range ? { value, slope, offset } : undefined
}

function replaced(values: readonly number[], index: number, value: number): readonly number[] {
  return values.map((old, at) => (at === index ? value : old)).slice(0, Math.max(values.length, index + 1))
}

/** What is known of a choice that explains the outcome. */
export interface Probed {
  /** Whether another value would have given something else. */
  readonly shows: boolean
  /** Whether no other value can have been chosen: it shows, or there is none. */
  readonly isSure: boolean
}

/**
 * Whether the choice at `index`, made at `site`, of the last run, whose outcome is what was seen, shows in the outcome
 * at all. Leaves the packet run again with the same values. The site is not told that it did not show: which points the
 * next run meets may depend on that.
 */
export function probe(trial: Trial, site: ChoiceSite, index: number): Probed {
  const { choices } = trial.reading
  const values = choices.values.slice(0, choices.count)
  trial.features(trial.run(values), before)
  const other = otherValue(trial, site, index, values)
  const feature = before.values.findIndex((value, i) => value !== after.values[i])
  const shows = other !== undefined && feature !== -1
  if (shows && !site.isKnown) learnFrom(site, values[index] ?? 0, other, feature)
  trial.run(values)
  return { shows, isSure: shows || other === undefined }
}

/** Guesses the relation from two runs, so that the next packet needs no search; a wrong guess costs one. */
function learnFrom(site: ChoiceSite, value: number, other: number, feature: number): void {
  const y = before.values[feature] ?? 0
  const line = { x0: value, y0: y, x1: other, y1: after.values[feature] ?? 0 }
  const solution = solveLine(line, y, site.range)
  if (solution !== undefined) site.learnLinear(feature, solution.slope, solution.offset)
}
