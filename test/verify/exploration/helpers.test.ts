import test from 'ava'

import type { Path } from '../../../src/domains/symbolic/path.js'
import { bitVecSort, modelFrom, openSyncSolver, plainModel, type SyncSolver, Terms } from '../../../src/smt/index.js'
import { explore, explorePath, type Fork, type PathReport } from '../../../src/verify/exploration/explore.js'
import {
  type FoundPath,
  foundPath,
  type Heard,
  type Helpers,
  inOrder,
} from '../../../src/verify/exploration/helpers.js'

let solver: SyncSolver

test.before(async () => {
  solver = await openSyncSolver({ backends: ['z3-inline'] })
})

/** Asks for the upper four bits of a byte, highest first, and obliges that they are not 5. */
function bits(path: Path): number {
  const x = path.terms.variable('x', bitVecSort(8))
  let value = 0
  for (let bit = 7; bit >= 4; bit--) {
    value = value * 2 + (path.decide(path.terms.eq(path.terms.extract(bit, bit, x), path.terms.bv(1, 1))) ? 1 : 0)
  }
  const { terms } = path
  path.oblige({
    guarantee: 'memory',
    what: 'not 5',
    place: undefined,
    holds: terms.not(terms.eq(terms.extract(7, 4, x), terms.bv(5, 4))),
  })
  return value
}

/** One helper with terms of its own: explores one path whenever it is asked, whatever it is asked for. */
class OneHelper implements Helpers {
  readonly given: Fork[] = []
  found = 0
  readonly #terms = new Terms()
  readonly #tampered: (found: FoundPath) => FoundPath
  #waiting: Fork[] = []

  constructor(tampered: (found: FoundPath) => FoundPath = (found) => found) {
    this.#tampered = tampered
  }

  get idle(): number {
    return this.#waiting.length === 0 ? 1 : 0
  }

  get open(): readonly Fork[] {
    return this.#waiting
  }

  give(fork: Fork): void {
    this.given.push(fork)
    this.#waiting.push({ steps: fork.steps })
  }

  /** Explores two paths where it can, says the later first, and gives a fork back now and then. */
  hear(): readonly Heard[] {
    const said: Heard[] = []
    while (said.length < 2) {
      const fork = this.#waiting.pop()
      if (fork === undefined) break
      const { report, forks, queries } = explorePath(bits, fork, { terms: this.#terms, solver })
      this.#waiting.push(...forks)
      this.found += 1
      said.unshift({ kind: 'path', found: this.#tampered(foundPath(report, queries)) })
    }
    const last = this.found % 3 === 0 ? this.#waiting.shift() : undefined
    return last === undefined ? said : [...said, { kind: 'fork', fork: last }]
  }

  stop(): void {
    this.#waiting = []
  }
}

/** As a helper sends it: its model is of the terms of who hears it. */
function ofTerms(found: FoundPath, terms: Terms): FoundPath {
  return { ...found, model: found.model && modelFrom(plainModel(found.model), terms) }
}

function seen(paths: readonly PathReport<number>[]) {
  return paths.map(({ end, satisfied, obligations, steps }) => ({
    value: end.kind === 'ended' ? end.result : end.kind,
    satisfied: satisfied.kind,
    answers: obligations.map(({ answer }) => answer.kind),
    steps: steps.map(({ value }) => value),
  }))
}

const alone = () => explore(bits, { terms: new Terms(), solver })

test('with a helper the paths are the same, in the same order, and some are the helper’s', (t) => {
  const terms = new Terms()
  const helper = new OneHelper((found) => ofTerms(found, terms))
  const together = explore(bits, { terms, solver, helpers: helper })
  t.true(helper.found > 2)
  t.true(helper.found < 16)
  t.deepEqual(seen(together.paths), seen(alone().paths))
  t.is(together.paths.length, 16)
  t.true(together.isComplete)
})

test('what fails on a path that a helper has found fails here too, whatever the helper says of other paths', (t) => {
  const terms = new Terms()
  const helper = new OneHelper((found) => ofTerms(found, terms))
  const { paths } = explore(bits, { terms, solver, helpers: helper })
  const failing = paths.filter(({ obligations }) => obligations.some(({ answer }) => answer.kind === 'fails'))
  t.deepEqual(
    failing.map(({ end }) => end.kind === 'ended' && end.result),
    [5],
  )
})

test('a helper is believed only of the path that is walked: other facts, or other obligations, are judged anew', (t) => {
  for (const change of [{ facts: 0 }, { obliged: 0 }]) {
    const terms = new Terms()
    const lying = new OneHelper((found) => ({ ...ofTerms(found, terms), ...change, holds: true }))
    t.deepEqual(seen(explore(bits, { terms, solver, helpers: lying }).paths), seen(alone().paths))
  }
})

test('what a helper has not seen obliged is judged here, though its model satisfies it', (t) => {
  const strict = (path: Path): number => {
    const low = path.terms.extract(3, 0, path.terms.variable('x', bitVecSort(8)))
    const value = bits(path)
    const holds = path.terms.not(path.terms.eq(low, path.terms.bv(9, 4)))
    path.oblige({ guarantee: 'memory', what: 'not 9', place: undefined, holds })
    return value
  }
  const terms = new Terms()
  const helper = new OneHelper((found) => ofTerms(found, terms))
  const together = explore(strict, { terms, solver, helpers: helper })
  t.true(helper.found > 2)
  t.deepEqual(seen(together.paths), seen(explore(strict, { terms: new Terms(), solver }).paths))
})

test('a model that is none of the path is not taken over', (t) => {
  const terms = new Terms()
  const helper = new OneHelper((found) => ({ ...found, model: undefined }))
  t.deepEqual(seen(explore(bits, { terms, solver, helpers: helper }).paths), seen(alone().paths))
})

test('the last path is the one that it is without helpers, and no path after it is told', (t) => {
  const isLast = ({ obligations }: PathReport<number>) => obligations.some(({ answer }) => answer.kind === 'fails')
  const first = explore(bits, { terms: new Terms(), solver, isLast })
  const terms = new Terms()
  const helper = new OneHelper((found) => ofTerms(found, terms))
  const found = explore(bits, { terms, solver, isLast, helpers: helper })
  t.true(found.isStopped)
  t.deepEqual(seen(found.paths), seen(first.paths))
})

test('what a helper gives back is explored here', (t) => {
  const terms = new Terms()
  const lost: Fork[] = []
  const helper: Helpers = {
    idle: 1,
    open: lost,
    give: (fork) => {
      lost.push(fork)
    },
    hear: () => lost.splice(0).map((fork) => ({ kind: 'fork', fork })),
    stop: () => {},
  }
  t.deepEqual(seen(explore(bits, { terms, solver, helpers: helper, mostPaths: 100 }).paths), seen(alone().paths))
})

test('paths are in the order of one who goes on with what is true, and what begins a path comes before it', (t) => {
  const steps = (text: string) => ({
    steps: [...text].map((each, i) => ({ kind: 'decided' as const, value: each === '1', asked: i })),
  })
  const sorted = ['', '1', '111', '110', '10', '0', '01', '00']
  t.deepEqual(
    sorted
      .toReversed()
      .map(steps)
      .sort(inOrder)
      .map((each) => each.steps.map(({ value }) => (value ? '1' : '0')).join('')),
    sorted,
  )
})
