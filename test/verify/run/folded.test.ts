import test from 'ava'

import type { RunVerdict } from '../../../src/result/index.js'
import { folded, isVacuous, type Part } from '../../../src/verify/run/folded.js'

const part = (verdict: Part['verdict'], cause?: string, about = 'property p'): Part => ({ about, verdict, cause })
const proved = part('proved')
const refuted = part('refuted')
const open = part('undecided', 'a loop')
const vacuous = part('undecided', 'vacuous: no packet', 'property v')

const cases: readonly [what: string, parts: readonly Part[], verdict: RunVerdict, cause?: string][] = [
  ['proved where all is', [proved, proved], 'holds'],
  ['refuted before all else', [vacuous, open, proved, refuted], 'violated'],
  ['undecided before vacuous', [proved, vacuous, open], 'undecided', 'property p: a loop'],
  ['vacuous before proved', [proved, vacuous], 'undecided', 'vacuous: property v: no packet'],
  ['the specification by its cause alone', [part('undecided', 'a loop', ''), vacuous], 'undecided', 'a loop'],
]
for (const [what, parts, verdict, cause] of cases) {
  test(`one verdict of several: ${what}`, (t) => {
    for (const order of [parts, parts.toReversed()]) {
      const found = folded(order)
      t.is(found.verdict, verdict)
      t.is(found.cause, cause)
      t.is(isVacuous(found), cause?.startsWith('vacuous') === true)
    }
  })
}
