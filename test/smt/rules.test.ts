import test from 'ava'
import fc from 'fast-check'

import {
  catalogueTheorems,
  openEngines,
  Prover,
  type Range,
  type RewriteListener,
  RuleLog,
  rules,
  type Term,
  Terms,
} from '../../src/smt/index.js'
import { rule } from '../../src/smt/rewrite/rule.js'
import { cook, type Recipe, recipe } from './recipes.js'

let opened: ReturnType<typeof openEngines> | undefined

test.after.always(async () => {
  for (const engine of (await opened) ?? []) await engine.close()
})

/** With one Z3 for all tests, which answers one query at a time: they are serial. */
async function proveAll(theorems: RuleLog['theorems']): Promise<string[]> {
  opened ??= openEngines({ backends: ['z3-embedded'] })
  const prover = new Prover(await opened)
  const failures: string[] = []
  for (const theorem of theorems) {
    const { status, by } = await prover.prove(theorem)
    if (status !== 'proved') failures.push(`${status} ${theorem.rule} (${by}): ${theorem.query}`)
  }
  return failures
}

test.serial('the catalogue makes every rule apply, and every instance is proved', async (t) => {
  const theorems = catalogueTheorems()
  const applied = new Set(theorems.map((theorem) => theorem.rule))
  t.deepEqual(
    rules.map(({ name }) => name).filter((name) => !applied.has(name)),
    [],
  )
  t.deepEqual(await proveAll(theorems), [])
})

test.serial('what random terms make of the rules is proved', async (t) => {
  const log = new RuleLog()
  for (const one of fc.sample(recipe, { numRuns: 60, seed: 20 })) cook(new Terms({ listener: log }), one)
  t.true(log.theorems.length > 100)
  t.deepEqual(await proveAll(log.theorems), [])
})

test('names of rules are different', (t) => {
  t.is(new Set(rules.map(({ name }) => name)).size, rules.length)
})

test.serial(
  'a wrong rule is refuted: in what it builds, in what it assumes, and where it looks deeper than it says',
  async (t) => {
    const terms = new Terms()
    const { raw } = terms
    const x = terms.variable('x', { kind: 'bitvec', width: 8 })
    const sum = raw.add(x, raw.bv(1, 8))
    const facts = { range: () => ({ lo: 0n, hi: 255n }) }
    const log = new RuleLog()
    const wrong = rule('wrong', ['bvneg'], [], ({ args: [a] }, b) => (a === undefined ? undefined : b.bvnot(a)))
    log.onRewrite(wrong, raw.neg(x), raw.bvnot(x), raw, facts)
    const bold = rule('bold', ['bvult'], [], (_, b, { range }) => (range(x).hi < 256n ? b.true : undefined))
    log.onRewrite(bold, raw.ult(x, raw.bv(200, 8)), raw.true, raw, facts)
    const deep = rule('deep', ['bvneg'], [], ({ args: [a] }, b) =>
      a?.op === 'bvadd' ? b.sub(b.bv(-1, 8), x) : undefined,
    )
    log.onRewrite(deep, raw.neg(sum), raw.sub(raw.bv(-1, 8), x), raw, facts)
    const failures = await proveAll(log.theorems)
    t.deepEqual(
      failures.map((failure) => failure.split(' ').slice(0, 2).join(' ')),
      ['refuted wrong', 'refuted bold', 'refuted deep'],
    )
  },
)

/** Checks each application: what the rule writes with the raw builder is, simplified, what it made. */
class Witness implements RewriteListener {
  terms: Terms | undefined
  readonly differences: string[] = []

  onRewrite(...[applied, term, result, raw, facts]: Parameters<RewriteListener['onRewrite']>): void {
    const written = applied.rewrite(term, raw, facts)
    if (written === undefined || this.#simplified(written) !== result) this.differences.push(applied.name)
  }

  onRange(): void {}

  #simplified(term: Term): Term {
    if (this.terms === undefined || term.args.length === 0) return term
    return this.terms.copy(
      term,
      term.args.map((arg) => this.#simplified(arg)),
    )
  }
}

test('rules do not look at what they build, so that their logs say what they do', (t) => {
  fc.assert(
    fc.property(recipe, (one) => {
      const witness = new Witness()
      const terms = new Terms({ listener: witness })
      witness.terms = terms
      cook(terms, { ...one, steps: one.steps.slice(0, 8) })
      t.deepEqual(witness.differences, [])
    }),
    { numRuns: 200 },
  )
})

test('simplifying what is simplified changes nothing', (t) => {
  fc.assert(
    fc.property(recipe, (one: Recipe) => {
      const terms = new Terms()
      for (const term of cook(terms, one)) {
        if (term.args.length > 0) t.is(terms.copy(term, term.args), term)
      }
    }),
    { numRuns: 300 },
  )
})

test('a range holds every value that the term takes', (t) => {
  const terms = new Terms()
  const [h, l] = ['h', 'l'].map((name) => terms.zeroExtendTo(16, terms.variable(name, { kind: 'bitvec', width: 8 })))
  if (h === undefined || l === undefined) return t.fail()
  const range = (term: Term): Range => terms.range(term)
  t.deepEqual(range(terms.mul(h, l)), { lo: 0n, hi: 65025n })
  t.deepEqual(range(terms.add(h, terms.bv(0xff00, 16))), { lo: 0xff00n, hi: 0xffffn })
  t.deepEqual(range(terms.add(h, terms.bv(0xff01, 16))), { lo: 0n, hi: 0xffffn })
  t.deepEqual(range(terms.urem(terms.raw.mul(h, terms.raw.add(h, l)), terms.bv(10, 16))), { lo: 0n, hi: 9n })
})
