/**
 * Terms that together make every rule apply, at the widths at which WebAssembly and specifications compute. What a run
 * applies beyond that is in its log.
 */
import { Terms } from '../terms.js'
import { bitwise, bytes, divisions, shifts, sums } from './catalogue-bits.js'
import { arrays, comparisons, conditions, equalities, integers, truths } from './catalogue-logic.js'
import { Maker } from './catalogue-maker.js'
import { RuleLog, type Theorem } from './theorem.js'

const widths = [1, 8, 16, 32, 64, 128]

/** The theorems of everything in the catalogue. */
export function catalogueTheorems(): readonly Theorem[] {
  const log = new RuleLog()
  const t = new Terms({ listener: log })
  truths(t)
  integers(t)
  for (const width of widths) {
    const maker = new Maker(t, width)
    sums(maker)
    divisions(maker)
    bitwise(maker)
    shifts(maker)
    conditions(maker)
    equalities(maker)
    comparisons(maker)
    arrays(maker)
    if (width >= 8) bytes(maker)
  }
  return log.theorems
}
