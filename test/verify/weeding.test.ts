import test from 'ava'
import { leastInvariants } from '../../src/verify/least-invariants.js'
import type { Candidate, Pairing } from '../../src/verify/pairing.js'
import { withInvariantsOf, withoutCandidates } from '../../src/verify/weeding.js'

const zero: Candidate = { kind: 'bits', part: 'key', offset: 0, mask: 1, bits: 0 }
const odd: Candidate = { kind: 'bits', part: 'key', offset: 1, mask: 1, bits: 1 }
const never: Candidate = { kind: 'never', part: 'key', field: 'port', value: 1n }

function pairing(flows: readonly Candidate[], live: readonly Candidate[] = []): Pairing {
  const of = (state: string, candidates: readonly Candidate[]) => ({
    state,
    declaration: { kind: 'indexSet', capacity: 4 } as const,
    structure: undefined,
    ...(candidates.length === 0 ? {} : { candidates }),
  })
  return [of('flows', flows), of('live', live)]
}

const candidates = (all: Pairing) => all.map((pair) => pair.candidates)

test('what several have found of one state is kept together, each once', (t) => {
  const kept = withInvariantsOf(pairing([zero]), [pairing([never, zero]), pairing([], [zero]), pairing([never])])
  t.deepEqual(candidates(kept), [[zero, never], [zero]])
  t.deepEqual(candidates(withInvariantsOf(pairing([]), [])), [undefined, undefined])
})

test('of what was tried for a property what it needs is kept: nothing, one that does alone, or all', (t) => {
  const needs = new Map<string, readonly Candidate[]>([
    ['none', []],
    ['one', [never]],
    ['two', [zero, odd]],
  ])
  const kept = (names: readonly string[]) =>
    candidates(
      leastInvariants(
        pairing([]),
        names.map((property) => ({ property, pairing: pairing([zero, never, odd]) })),
        (name, [flows]) => (needs.get(name) ?? []).every((each) => flows?.candidates?.includes(each)),
      ),
    )[0]
  t.is(kept(['none']), undefined)
  t.deepEqual(kept(['none', 'one']), [never])
  t.deepEqual(kept(['two']), [zero, never, odd])
  t.deepEqual(kept(['two', 'one']), [zero, never, odd])
})

test('layouts are kept without candidates', (t) => {
  t.deepEqual(candidates(withoutCandidates(pairing([zero], [never]))), [undefined, undefined])
})
