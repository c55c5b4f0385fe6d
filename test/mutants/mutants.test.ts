import { readFileSync } from 'node:fs'

import test from 'ava'

import { mutantsOf, sampleOf } from '../../src/mutants/index.js'

const originals = ['nop', 'nat', 'firewall', 'bridge', 'balancer', 'policer'].map((nf) => ({
  nf,
  binary: readFileSync(`build/nfs/${nf}/nf.wasm`),
}))

test('mutants are modules that the engine takes, none of them the original or another mutant', (t) => {
  for (const { nf, binary } of originals) {
    const mutants = mutantsOf(binary)
    t.true(mutants.length > (nf === 'nop' ? 10 : 400), `${nf}: ${mutants.length}`)
    const seen = new Set([Buffer.from(binary).toString('latin1')])
    for (const mutant of mutants) {
      t.true(WebAssembly.validate(mutant.binary), mutant.what)
      seen.add(Buffer.from(mutant.binary).toString('latin1'))
    }
    t.is(seen.size, mutants.length + 1, `${nf}: two mutants are the same`)
  }
})

test('each kind of mistake is made', (t) => {
  const all = originals.flatMap(({ binary }) => mutantsOf(binary)).map(({ what }) => what)
  for (const kind of [
    /^i32\.eq becomes i32\.ne$/,
    /^i64\.add becomes i64\.sub$/,
    /^i32\.const \d+ becomes \d+$/,
    /^the condition of if is negated$/,
    /^the condition of br_if always holds$/,
    /^the call of expiring_map_refresh is left out$/,
    /^the call of expiring_map_insert is left out, its result taken for 1$/,
    /^local \d+ is read as local \d+$/,
    /^i32\.load16_u one byte further on$/,
    /^i32\.store is left out$/,
    /^i32\.load16_u becomes i32\.load8_u$/,
  ]) {
    t.true(
      all.some((what) => kind.test(what)),
      String(kind),
    )
  }
})

test('a sample has every kind of mistake in every function, and is the same for a seed', (t) => {
  for (const { nf, binary } of originals) {
    const mutants = mutantsOf(binary)
    const sample = sampleOf(mutants, 40, 7)
    t.is(sample.length, Math.min(40, mutants.length))
    t.is(new Set(sample).size, sample.length)
    t.deepEqual(sampleOf(mutants, 40, 7), sample)
    if (nf !== 'nop') t.notDeepEqual(sampleOf(mutants, 40, 8), sample)
    const strata = (some: typeof mutants) => new Set(some.map(({ functionName, operator }) => functionName + operator))
    t.true(strata(mutants).size <= 40)
    t.deepEqual([...strata(sample)].sort(), [...strata(mutants)].sort(), nf)
  }
})
