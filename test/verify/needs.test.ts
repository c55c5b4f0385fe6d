import test from 'ava'

import { SpecError } from '../../src/spec/error.js'
import { any, duration, property } from '../../src/spec/index.js'
import type { AnyNeed } from '../../src/spec/property.js'
import type { SpecConfig, SpecValue } from '../../src/spec/values.js'
import { hasNeeds } from '../../src/verify/needs.js'

const config: SpecConfig = {
  portCount: 3,
  values: new Map<string, SpecValue>([
    ['expiration', 5n],
    ['entries', new Map([[1, 2]])],
  ]),
}

function needing(isMet: AnyNeed['isMet'] | undefined, longest?: number): boolean {
  const made = property(
    { config: { expiration: duration }, state: () => ({}) },
    { title: '', clause: '', check: () => any(), needs: isMet && { what: 'something', isMet } },
  )
  const loaded = { name: 'one', title: '', clause: '', file: 'one.ts', sha256: '', property: made }
  return hasNeeds(loaded, config, longest)
}

test('without a need, every configuration has what a property needs', (t) => {
  t.true(needing(undefined))
})

test('a need sees the configuration, the number of ports, the rows of tables and the longest frame', (t) => {
  t.true(needing(({ config }) => config.expiration === 5n))
  t.false(needing(({ config }) => config.expiration !== 5n))
  t.true(needing(({ portCount }) => portCount === 3))
  t.true(needing(({ rows }) => rows('entries') === 1 && rows('expiration') === 0))
  t.true(needing(({ longestFrame }) => longestFrame === 1514))
  t.true(needing(({ longestFrame }) => longestFrame === 9000, 9000))
})

test('rows of what the configuration does not have are an error, not none', (t) => {
  const error = t.throws(() => needing(({ rows }) => rows('entry') === 0), { instanceOf: SpecError })
  t.is(error?.message, 'one.ts: what the property needs cannot be told: there is no entry in the configuration')
})

test('a need that throws is an error of the property', (t) => {
  const error = t.throws(
    () =>
      needing(() => {
        throw new TypeError('no such thing')
      }),
    { instanceOf: SpecError },
  )
  t.is(error?.message, 'one.ts: what the property needs cannot be told: no such thing')
})
