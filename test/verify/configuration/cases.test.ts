import { join } from 'node:path'

import test from 'ava'

import { readManifest } from '../../../src/nf/index.js'
import { openSyncSolver, Terms } from '../../../src/smt/index.js'
import { casesOf } from '../../../src/verify/configuration/cases.js'
import { explore } from '../../../src/verify/exploration/explore.js'
import { configurations, loadSubject } from '../../../src/verify/index.js'
import { runInit } from '../../../src/verify/machine/index.js'
import { refuses, sample } from '../../nf/fixtures/sample.js'

function casesIn(t: Parameters<typeof sample>[0], yaml: string, given: Parameters<typeof casesOf>[1] = {}) {
  const head = yaml.includes('ports:') ? 'name: sample\n' : 'name: sample\nports: { count: 2 }\n'
  return casesOf(readManifest(join(sample(t, { 'nf.yaml': head + yaml, 'nf.ts': '' }), 'nf.yaml')), given)
}

const mixed = `config:
  one: { type: u16, default: 1, anyConfig: any }
  two: { type: u16, default: 2 }
  three: { type: duration, default: 3 s, anyConfig: { oneOf: [3 s, 5 min] } }
  four: { type: bool, default: false, anyConfig: any }
  five: { type: oneOf, values: [a, b], default: a, anyConfig: any }
  six: { type: mac, list: true, default: ["02:00:00:00:00:01"], anyConfig: any }
`

test('what is marked is left open or gone through, the rest is as configured', (t) => {
  const { text, cases } = casesIn(t, mixed)
  t.is(cases.length, 8)
  t.is(cases[0]?.name, 'three = 3 s, four = false, five = a')
  t.is(cases[7]?.name, 'three = 5 min, four = true, five = b')
  t.deepEqual([...(cases[0]?.open.names ?? [])], ['one', 'six'])
  t.is(
    text,
    'every configuration: one, six (1 of them) symbolic; ' +
      'split over three (3 s, 5 min) and four (false, true) and five (a, b); ports: 2; as configured: two = 2',
  )
})

test('what is given beside nf.yaml is as given', (t) => {
  const { text, cases } = casesIn(t, mixed, { config: ['one=7', 'four=true', 'three=4 s'] })
  t.is(cases.length, 2)
  t.regex(text, /: six .* symbolic; split over five \(a, b\); ports: 2; as configured: one = 7; two = 2; three = 4 s/)
})

test('numbers of ports are gone through as nf.yaml says, or are the one that is given', (t) => {
  const all = 'ports: { count: 2, min: 2, max: 4, anyConfig: any }\n'
  t.deepEqual(
    casesIn(t, all).cases.map(({ config }) => config.portCount),
    [2, 3, 4],
  )
  t.regex(casesIn(t, all).text, /; ports: 2 to 4, one by one/)
  t.is(casesIn(t, all, { portCount: 3 }).cases.length, 1)
  const some = 'ports: { count: 2, anyConfig: { oneOf: [8, 2, 3] } }\n'
  t.regex(casesIn(t, some).text, /; ports: 2 to 3, 8, one by one/)
})

test('what cannot be left open is refused', async (t) => {
  const ports = 'ports: { count: 2, max: 4, anyConfig: { oneOf: [2, 5] } }\n'
  await refuses(t, () => casesIn(t, ports), /nf\.yaml:2.*anyConfig: 5 is not from min 1 to max 4/)
  const listed = 'config:\n  one: { type: u8, max: 9, default: 1, anyConfig: { oneOf: [1, 10] } }\n'
  await refuses(t, () => casesIn(t, listed), /nf\.yaml:4.*one: 10 is above 9/)
})

test('nf_init of each network function answers 1 in every configuration', async (t) => {
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  for (const name of ['nop', 'nat', 'firewall', 'bridge', 'policer', 'balancer']) {
    const subject = await loadSubject(name, { anyConfig: true, ...(name === 'nop' ? { portCount: 2 } : {}) })
    for (const { machine, configuration } of configurations(subject)) {
      const { paths } = explore((path) => runInit(machine, path), { terms: new Terms(), solver })
      const answers = paths.flatMap(({ obligations }) => obligations.map(({ answer }) => answer.kind))
      const ends = paths.map(({ end }) => (end.kind === 'ended' ? end.result.end.kind : JSON.stringify(end)))
      t.deepEqual(
        [ends, answers.filter((kind) => kind !== 'holds')],
        [['returned'], []],
        `${name} ${configuration.name}`,
      )
    }
  }
  await solver.close()
})
