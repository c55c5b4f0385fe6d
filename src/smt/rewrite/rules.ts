/** All rules, in the order in which they are tried: constants first, then what makes terms smaller. */
import type { Op } from '../term.js'
import { arithmeticRules } from './arithmetic.js'
import { bitwiseRules } from './bitwise.js'
import { boolRules, iteRules } from './bool.js'
import { comparisonRules } from './comparison.js'
import { equalityRules } from './equality.js'
import { foldingRules, otherRules } from './other.js'
import type { Rule } from './rule.js'
import { sliceRules } from './slices.js'

export const rules: readonly Rule[] = [
  ...foldingRules,
  ...boolRules,
  ...iteRules,
  ...equalityRules,
  ...comparisonRules,
  ...sliceRules,
  ...arithmeticRules,
  ...bitwiseRules,
  ...otherRules,
]

/** The rules for terms of one operation. */
export function rulesFor(op: Op): readonly Rule[] {
  return byRoot.get(op) ?? none
}

const none: readonly Rule[] = []
const byRoot = new Map<Op, Rule[]>()
for (const rule of rules) {
  for (const root of rule.roots) {
    const known = byRoot.get(root)
    if (known === undefined) byRoot.set(root, [rule])
    else known.push(rule)
  }
}
