import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { changed, changesOf } from '../../src/mutants/index.js'
import { runLibvigCampaign } from '../../src/mutation/libvig/campaign.js'
import { loadLibvig, type OriginalLibvig } from '../../src/mutation/libvig/original.js'
import type { LibvigOutcome } from '../../src/mutation/libvig/outcome.js'
import { sampleOfFunctions } from '../../src/mutation/libvig/sample.js'
import { libvigExitCodeOf, libvigSummaryOf, libvigTextOf } from '../../src/mutation/libvig/summary.js'

let libvig: OriginalLibvig

test.before(async () => {
  libvig = await loadLibvig(2)
})

/** Numbers of changes that are named by what they do in a function, the first of each. */
function numbered(...wanted: readonly (readonly [functionName: string, what: string])[]): readonly number[] {
  return wanted.map(([functionName, what]) => {
    const change = libvig.changes.find((each) => each.functionName === functionName && each.what === what)
    if (change === undefined) throw new RangeError(`${functionName}: no ${what}`)
    return change.number
  })
}

/** A search for a key that never goes on to the next bucket. */
function looping(): number {
  const change = libvig.changes.find(
    ({ functionName, what, offset }) =>
      functionName === 'map_get' && what === 'i32.const 1 becomes 0' && libvig.lineOf(offset) === 'index-table.ts:71',
  )
  return change?.number ?? never()
}

test('a mutant is refuted with its operation and a call, the same in small structures, or free by its contract', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-libvig-mutants-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const numbers = numbered(
    ['vector_return', 'i32.ge_u becomes i32.gt_u'],
    ['random_u32', 'i64.const 27 becomes 0'],
    ['dchain_is_index_allocated', 'i64.ne becomes i64.eq'],
    // Nothing but where it reads tells it from the original.
    ['expiring_map_used', 'i32.add becomes i32.mul'],
  ).concat(looping())
  const options = { sample: undefined, seed: 1, capacity: 1, workers: 1, patience: 60, folder, isFresh: false, numbers }
  const { signal } = new AbortController()
  const campaign = await runLibvigCampaign({ ...options, signal, onProgress: () => {} })
  const verdictOf = new Map(campaign.outcomes.map((outcome) => [outcome.functionName, outcome]))
  const refuted = verdictOf.get('dchain_is_index_allocated')
  t.is(verdictOf.get('vector_return')?.verdict, 'equivalent in scope')
  t.is(verdictOf.get('random_u32')?.verdict, 'survivor')
  t.like(refuted, {
    verdict: 'refuted',
    refutation: { operation: 'dchain_is_index_allocated', scope: 'chain of 1', what: 'the result is as promised' },
  })
  t.regex(refuted?.difference?.what ?? '', /^the original returns [01], the mutant [01]$/)
  t.regex(refuted?.at ?? '', /^dchain\.ts:\d+$/)
  t.like(verdictOf.get('expiring_map_used'), { verdict: 'refuted' })
  t.like(verdictOf.get('map_get'), {
    verdict: 'refuted',
    refutation: { operation: 'map_get', what: 'does not end within 500000 instructions' },
  })
  const summary = libvigSummaryOf(campaign)
  t.like(summary, { judged: 5, refuted: 3, equivalentInScope: 1, freedoms: 1, survivors: 0, undecided: 0 })
  t.is(libvigExitCodeOf(summary), 0)
  t.regex(libvigTextOf(summary, true), /freedom: libvig \d+ \(random_u32, environment\.ts:\d+\)/)
  // Without the list it is a hole in the contract.
  t.is(libvigExitCodeOf(libvigSummaryOf({ ...campaign, freedoms: [] })), 1)
})

test('survivors weigh more than what is undecided; what was not judged is undecided', (t) => {
  const place = {
    nf: 'libvig',
    offset: 0,
    functionName: 'f',
    operator: 'constant',
    what: 'a becomes b',
    seconds: 1,
  } as const
  const survivor: LibvigOutcome = { ...place, number: 1, verdict: 'survivor' }
  const open: LibvigOutcome = { ...place, number: 2, verdict: 'undecided', causes: ['why'] }
  const codeOf = (outcomes: readonly LibvigOutcome[], sampled = outcomes.length): number =>
    libvigExitCodeOf(libvigSummaryOf({ changes: 9, sampled, outcomes, freedoms: [] }))
  t.is(codeOf([open]), 4)
  t.is(codeOf([open, survivor]), 1)
  t.is(codeOf([], 1), 4)
})

test('only what proved operations come to is changed, and allocators are looked at with what they make', (t) => {
  const names = new Set(libvig.changes.map(({ functionName }) => functionName))
  t.true(names.has('map_get') && names.has('dchain_allocate') && names.has('transport_checksum_ok'))
  t.false(names.has('lpm_lookup_elem'))
  const index = libvig.module.exports.find(({ name }) => name === 'dchain_allocate')?.index ?? -1
  const { called, made, setUp } = libvig.reached.of(index)
  t.deepEqual([...new Set(called.map(({ operation }) => operation))], ['dchain_allocate'])
  t.true(
    made.some(({ scope }) => scope.allocated?.sizes?.[0] === 4),
    'a chain of 4, which a table is proved with',
  )
  t.true(setUp.some(({ operation }) => operation === 'cht_find_preferred_available_backend'))
})

test('a sample has every function before it has one twice, and is the same for a seed', (t) => {
  const functions = new Set(libvig.changes.map(({ functionIndex }) => functionIndex))
  const sample = (seed: number) => sampleOfFunctions(libvig.changes, functions.size, seed, () => true)
  t.deepEqual(new Set(sample(1).map(({ functionIndex }) => functionIndex)), functions)
  t.deepEqual(sample(1), sample(1))
  t.notDeepEqual(sample(1), sample(2))
  const [first] = sample(1)
  t.false(sampleOfFunctions(libvig.changes, functions.size, 1, (each) => each !== first).includes(first ?? never()))
})

test('changes are told without being made, and are the mutants once those that are not valid are left out', (t) => {
  const changes = changesOf(libvig.wasm)
  t.true(changes.length > libvig.changes.length)
  for (const change of sampleOfFunctions(libvig.changes, 10, 3, () => true)) {
    const binary = changed(libvig.wasm, change)
    t.true(binary === undefined || WebAssembly.validate(binary), change.what)
  }
})

function never(): never {
  throw new RangeError('an empty sample')
}
