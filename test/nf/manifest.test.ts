import { join } from 'node:path'

import test from 'ava'

import { readManifest } from '../../src/nf/index.js'
import { refuses, sample } from './fixtures/sample.js'

test('what is left out has defaults', (t) => {
  const manifest = readManifest(join(sample(t, { 'nf.ts': '' }), 'nf.yaml'))
  t.is(manifest.memory, 128 * 1024 * 1024)
  t.deepEqual(manifest.ports, { count: 4, min: 1, max: 30, anyConfig: [4] })
  t.is(manifest.code?.kind, 'source')
  t.is(manifest.config.size, 0)
})

test('what others read is kept as it is', (t) => {
  const yaml = `name: sample
title: An example
ports: { count: 2 }
memory: 64MiB
topology: two-port
replay: { sides: { inside: [0], outside: wan } }
config:
  rate: { type: rate, default: 1 MB/s, anyConfig: { oneOf: [1 MB/s, 2 MB/s] } }
`
  const manifest = readManifest(join(sample(t, { 'nf.yaml': yaml, 'nf.ts': '' }), 'nf.yaml'))
  t.is(manifest.title, 'An example')
  t.is(manifest.memory, 64 * 1024 * 1024)
  t.is(manifest.topology, 'two-port')
  t.deepEqual(manifest.replay, { sides: { inside: [0], outside: 'wan' } })
  t.deepEqual(manifest.config.get('rate')?.anyConfig, { oneOf: ['1 MB/s', '2 MB/s'] })
})

test('one may be like another in all but its name and binary', (t) => {
  const other = 'name: other\nports: { count: 3, min: 2 }\nspec: spec.ts\nconfig: { rate: { type: u32, default: 7 } }\n'
  const files = { 'other.yaml': other, 'spec.ts': '', 'nf.ts': '', 'nf.c': '' }
  const yaml = 'name: mine\nsource: nf.c\nlike: other.yaml\n'
  const folder = sample(t, { ...files, 'nf.yaml': yaml })
  const manifest = readManifest(join(folder, 'nf.yaml'))
  t.like(manifest, { name: 'mine', title: 'mine', spec: join(folder, 'spec.ts'), file: join(folder, 'nf.yaml') })
  t.is(manifest.ports.count, 3)
  t.true(manifest.config.has('rate'))
  t.deepEqual(manifest.code, { kind: 'source', file: join(folder, 'nf.c'), others: [], api: 'vigil' })
})

test('sources in C may be several, and are found without a name where there is no nf.ts', (t) => {
  const folder = sample(t, { 'nf.c': '', 'table.c': '' })
  t.is(readManifest(join(folder, 'nf.yaml')).code?.file, join(folder, 'nf.c'))
  const several = sample(t, {
    'nf.c': '',
    'table.c': '',
    'nf.yaml': 'name: a\nports: { count: 2 }\nsource: [nf.c, table.c]',
  })
  t.deepEqual(readManifest(join(several, 'nf.yaml')).code?.others, [join(several, 'table.c')])
})

const refusals: readonly (readonly [string, string, RegExp])[] = [
  ['text that is no YAML', 'name: [', /nf\.yaml:1:\d+: is not YAML/],
  ['an empty file', '', /nf\.yaml: must be object/],
  ['no ports', 'name: a', /nf\.yaml.*the key "ports" is missing/],
  ['an unknown key', 'name: a\nports: { count: 2 }\ncolour: red', /nf\.yaml:3:\d+: there is no key "colour" here/],
  [
    'a key beside like',
    'name: a\nlike: b.yaml\nmemory: 64MiB',
    /nf\.yaml:3:\d+: the key "memory" is that of the file named by like/,
  ],
  ['something like what is not there', 'name: a\nlike: b.yaml', /nf\.yaml:2:7: like: there is no file .*b\.yaml/],
  ['something like itself', 'name: a\nlike: nf.yaml', /nf\.yaml:2:7: like: nf\.yaml is itself like another/],
  [
    'several sources that are not C',
    'name: a\nports: { count: 2 }\nsource: [nf.ts, x.c]',
    /nf\.yaml:3:\d+: source: nf\.ts is not C/,
  ],
  ['a bad name', 'name: A B\nports: { count: 2 }', /nf\.yaml:1:7: name: must match pattern/],
  ['31 ports', 'name: a\nports: { count: 31 }', /nf\.yaml:2:17: ports\.count: must be <= 30/],
  ['a count outside min and max', 'name: a\nports: { count: 2, min: 3 }', /count 2 is not from min 3 to max 30/],
  [
    'odd memory',
    'name: a\nports: { count: 2 }\nmemory: 100000 kB',
    /nf\.yaml:3:9: memory: .* not a multiple of 64 KiB/,
  ],
  [
    'source and binary',
    'name: a\nports: { count: 2 }\nsource: nf.ts\nbinary: nf.ts',
    /source and binary are both given/,
  ],
  [
    'a missing source',
    'name: a\nports: { count: 2 }\nsource: no.ts',
    /nf\.yaml:3:9: source: there is no file .*no\.ts/,
  ],
  ['a missing spec', 'name: a\nports: { count: 2 }\nspec: no.ts', /spec: there is no file/],
]

const entries: readonly (readonly [string, string, RegExp])[] = [
  ['an unknown type', 'x: { type: float }', /nf\.yaml:4:\d+: config\.x\.type: must be one of port, ports/],
  ['a oneOf without values', 'x: { type: oneOf }', /config\.x: a oneOf needs values/],
  ['values of another type', 'x: { type: u8, values: [a] }', /config\.x: only a oneOf has values/],
  ['a bound of a MAC address', 'x: { type: mac, min: 3 }', /config\.x: min means nothing for mac/],
  [
    'a bound that cannot be read',
    'x: { type: duration, min: soon }',
    /config\.x\.min: "soon" is not a number with a unit/,
  ],
  ['bounds the wrong way round', 'x: { type: u8, min: 9, max: 3 }', /config\.x: min is above max/],
  ['a table without a key', 'x: { type: table, value: port }', /config\.x: a table needs key/],
  ['a key outside a table', 'x: { type: u8, key: mac }', /config\.x: only a table has key/],
  ['a list by port', 'x: { type: u8, each: port, list: true }', /each: port goes with single values only/],
  [
    'the name of an import that is there',
    'portCount: { type: u8 }',
    /config\.portCount is the number of ports already/,
  ],
  [
    'a list whose count is taken',
    'x: { type: u8, list: true }\n  xCount: { type: u8 }',
    /config\.xCount is the length of the list x/,
  ],
  ['an option that is a value too', 'x: { type: u8 }\noptions: { x: both }', /x is a configuration value already/],
  [
    'a relation without comparison',
    'x: { type: u8 }\nrelations: [ x + 1 ]',
    /relation "x \+ 1", column 6: a comparison/,
  ],
  ['a relation with an unknown name', 'x: { type: u8 }\nrelations: [ y < 1 ]', /column 1: y is not a single number/],
  ['a relation with a stray', 'x: { type: u8 }\nrelations: [ "x < 1 ?" ]', /column 7: "\?" has no meaning/],
  ['a relation over a list', 'x: { type: u8, list: true }\nrelations: [ x < 1 ]', /x is not a single number/],
]

for (const [what, yaml, message] of refusals) {
  test(`refuses ${what}`, async (t) => {
    const folder = sample(t, { 'nf.yaml': yaml, 'nf.ts': '' })
    await refuses(t, () => readManifest(join(folder, 'nf.yaml')), message)
  })
}

for (const [what, entry, message] of entries) {
  test(`refuses ${what}`, async (t) => {
    const folder = sample(t, { 'nf.yaml': `name: a\nports: { count: 2 }\nconfig:\n  ${entry}\n`, 'nf.ts': '' })
    await refuses(t, () => readManifest(join(folder, 'nf.yaml')), message)
  })
}
