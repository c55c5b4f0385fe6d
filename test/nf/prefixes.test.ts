import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { loadNf, type NfManifest, readManifest, resolveConfig } from '../../src/nf/index.js'
import { formatPrefix, parsePrefix } from '../../src/nf/prefix.js'
import { nfSource, refuses, sample } from './fixtures/sample.js'

/** An nf.yaml whose `routes` have these attributes; they stand on line 4, further lines below it. */
function yaml(attributes: string): string {
  return `name: sample\nports: { count: 3 }\nconfig:\n  routes: ${attributes}\n`
}

function manifestWith(t: ExecutionContext, attributes: string, files: Readonly<Record<string, string>> = {}) {
  const folder = sample(t, { 'nf.yaml': yaml(attributes), 'nf.ts': '', ...files })
  return { folder, manifest: readManifest(join(folder, 'nf.yaml')) }
}

function rows(manifest: NfManifest, config: readonly string[] = []): unknown {
  return resolveConfig(manifest, { config }).values.get('routes')
}

const TEN = 0x0a000000

test('prefixes reach the specification as rows, from a mapping, a list, a text and a file', (t) => {
  const ports = '{ type: prefixes, value: port, default: { 10.0.0.0/8: 1, 0.0.0.0/0: 2, 10.1.2.3/32: 0 } }'
  const { folder, manifest } = manifestWith(t, ports, {
    'mapping.yaml': 'routes:\n  10.0.0.0/9: 2\n',
    'list.yaml': 'routes: [{ key: 10.0.0.0/10, value: 2 }]\n',
    'none.yaml': 'routes: {}\n',
  })
  const written = [
    { prefix: TEN, length: 8, value: 1 },
    { prefix: 0, length: 0, value: 2 },
    { prefix: 0x0a010203, length: 32, value: 0 },
  ]
  t.deepEqual(rows(manifest), { prefixes: written })
  t.deepEqual(rows(manifest, ['routes=10.0.0.0/7=1, 128.0.0.0/1=0']), {
    prefixes: [
      { prefix: TEN, length: 7, value: 1 },
      { prefix: 0x80000000, length: 1, value: 0 },
    ],
  })
  t.deepEqual(rows(manifest, [join(folder, 'mapping.yaml')]), { prefixes: [{ prefix: TEN, length: 9, value: 2 }] })
  t.deepEqual(rows(manifest, [join(folder, 'list.yaml')]), { prefixes: [{ prefix: TEN, length: 10, value: 2 }] })
  t.deepEqual(rows(manifest, [join(folder, 'none.yaml')]), { prefixes: [] })
  t.deepEqual(rows(manifest, ['routes=']), { prefixes: [] })
})

test('prefixes are printed as people write them', (t) => {
  const hops = manifestWith(
    t,
    '{ type: prefixes, value: ipv4, default: { 10.0.0.0/8: 192.0.2.1, 0.0.0.0/0: 192.0.2.9 } }',
  )
  t.is(resolveConfig(hops.manifest).text('routes'), '10.0.0.0/8 = 192.0.2.1, 0.0.0.0/0 = 192.0.2.9')
  t.is(resolveConfig(hops.manifest, { config: ['routes='] }).text('routes'), 'empty')
})

test('a prefix is read as it is printed, and only without bits after its length', (t) => {
  const address = fc.nat(0xffffffff)
  fc.assert(
    fc.property(address, fc.nat(32), (bits, length) => {
      const prefix = Number((BigInt(bits) >> BigInt(32 - length)) << BigInt(32 - length))
      t.deepEqual(parsePrefix(formatPrefix({ prefix, length })), { prefix, length })
      const read = parsePrefix(formatPrefix({ prefix: bits, length }))
      t.is(typeof read === 'string', prefix !== bits)
    }),
  )
})

const wrongRows: readonly (readonly [string, string, RegExp])[] = [
  [
    'bits after the length',
    '10.0.0.1/8: 1',
    /: routes: 10\.0\.0\.1\/8 has bits set after its first 8; the prefix is 10\.0\.0\.0\/8$/,
  ],
  [
    'any bit after the length 0',
    '128.0.0.0/0: 1',
    /: routes: 128\.0\.0\.0\/0 has bits set after its first 0; the prefix is 0\.0\.0\.0\/0$/,
  ],
  ['a prefix given twice', '010.0.0.0/8: 1', /: routes: 010\.0\.0\.0\/8 stands twice$/],
  ['a length above 32', '10.0.0.0/33: 1', /: routes: "10\.0\.0\.0\/33" is not an IPv4 prefix such as 10\.0\.0\.0\/8$/],
  ['an address alone', '10.0.0.0: 1', /: routes: "10\.0\.0\.0" is not an IPv4 prefix/],
  ['two lengths', '10.0.0.0/8/8: 1', /: routes: "10\.0\.0\.0\/8\/8" is not an IPv4 prefix/],
  ['an IPv6 prefix', '"2001:db8::/32": 1', /: routes: "2001:db8::\/32" is not an IPv4 prefix/],
  ['a port that is not there', '11.0.0.0/8: 3', /: routes: 11\.0\.0\.0\/8: there is no port 3, only 0 to 2$/],
  ['a value left out', '11.0.0.0/8:', /: routes: 11\.0\.0\.0\/8: null is not one value$/],
]

for (const [name, row, message] of wrongRows) {
  test(`refuses ${name}, at its line`, async (t) => {
    const table = `\n    10.0.0.0/8: 0\n    ${row}\n`
    const mine = manifestWith(t, '{ type: prefixes, value: port }', { 'mine.yaml': `routes:${table}` })
    const given = [join(mine.folder, 'mine.yaml')]
    await refuses(t, () => rows(mine.manifest, given), new RegExp(`mine\\.yaml:3:\\d+${message.source}`))
    const indented = table.replaceAll('\n    ', '\n      ')
    for (const key of ['default', 'rows']) {
      const { manifest } = manifestWith(t, `\n    type: prefixes\n    value: port\n    ${key}:${indented}`)
      await refuses(t, () => rows(manifest), new RegExp(`nf\\.yaml:9:\\d+${message.source}`))
    }
  })
}

test('the same prefix twice in one mapping is told with its line', async (t) => {
  const { folder, manifest } = manifestWith(t, '{ type: prefixes, value: port }', {
    'mine.yaml': 'routes:\n  10.0.0.0/8: 1\n  10.0.0.0/8: 2\n',
  })
  await refuses(
    t,
    () => rows(manifest, [join(folder, 'mine.yaml')]),
    /mine\.yaml:3:3: is not YAML: Map keys must be unique/,
  )
})

test('values are held to their type, and never what a lookup answers where no prefix matches', async (t) => {
  const numbers = manifestWith(t, '{ type: prefixes, value: u32 }').manifest
  t.deepEqual(rows(numbers, ['routes=0.0.0.0/0=4294967294']), {
    prefixes: [{ prefix: 0, length: 0, value: 2 ** 32 - 2 }],
  })
  await refuses(
    t,
    () => rows(numbers, ['routes=0.0.0.0/0=4294967296']),
    /routes: 0\.0\.0\.0\/0: 4294967296 does not fit u32/,
  )
  const taken = /4294967295 is what a lookup answers where no prefix matches/
  await refuses(t, () => rows(numbers, ['routes=0.0.0.0/0=4294967295']), taken)
  const hops = manifestWith(t, '{ type: prefixes, value: ipv4 }').manifest
  await refuses(
    t,
    () => rows(hops, ['routes=0.0.0.0/0=255.255.255.255']),
    /255\.255\.255\.255 is what a lookup answers/,
  )
  await refuses(t, () => rows(hops, ['routes=0.0.0.0/0=3']), /routes: 0\.0\.0\.0\/0: "3" is not an IPv4 address/)
})

test('at most maxRows rows', async (t) => {
  const { folder, manifest } = manifestWith(t, '{ type: prefixes, value: port, maxRows: 2 }', {
    'mine.yaml': 'routes:\n  10.0.0.0/8: 1\n  11.0.0.0/8: 1\n  12.0.0.0/8: 1\n',
  })
  t.notThrows(() => rows(manifest, ['routes=10.0.0.0/8=1,11.0.0.0/8=1']))
  await refuses(t, () => rows(manifest, [join(folder, 'mine.yaml')]), /mine\.yaml:2:\d+: routes: 3 rows, at most 2$/)
  await refuses(t, () => rows(manifest), /nf\.yaml:4:\d+: routes has no default and must be given/)
})

const wrongEntries: readonly (readonly [string, string, RegExp])[] = [
  [
    'without a value',
    '{ type: prefixes }',
    /nf\.yaml:4:\d+: config\.routes: prefixes need value \(port, u32 or ipv4\)/,
  ],
  [
    'with a value of another type',
    '{ type: prefixes, value: mac }',
    /config\.routes\.value: must be one of port, u32, ipv4/,
  ],
  ['with a key', '{ type: prefixes, value: port, key: ipv4 }', /config\.routes: only a table has key/],
  ['in a list', '{ type: prefixes, value: port, list: true }', /config\.routes: a table is no list/],
  [
    'with maxLength',
    '{ type: prefixes, value: port, maxLength: 3 }',
    /config\.routes: only lists and tables have a length/,
  ],
  ['with two defaults', '{ type: prefixes, value: port, rows: {}, default: {} }', /rows is the default of a table/],
  ['with no room', '{ type: prefixes, value: port, maxRows: 0 }', /config\.routes\.maxRows: must be >= 1/],
]

for (const [name, attributes, message] of wrongEntries) {
  test(`refuses prefixes ${name}`, async (t) => {
    await refuses(t, () => manifestWith(t, attributes), message)
  })
}

test('maxRows belongs to prefixes only', async (t) => {
  await refuses(t, () => manifestWith(t, '{ type: u8, maxRows: 3 }'), /config\.routes: only prefixes have maxRows/)
})

test('the binary gets the handle of a filled lpm before nf_init, and prefixes that do not fit are told', async (t) => {
  const source = nfSource(`
@external('config', 'routes') declare function routes(): i32
let early: i32 = 0
export function nf_init(): i32 { early = vig.lpm_lookup_elem(routes(), 0x0a000001); return 1 }
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  store<i32>(packet, early)
  store<i32>(packet, vig.lpm_lookup_elem(routes(), 0x0b000001), 4)
  store<i32>(packet, vig.lpm_lookup_elem(routes(), 0x0a800001), 8)
  return 0
}`)
  const attributes =
    '{ type: prefixes, value: ipv4, default: { 10.128.0.0/9: 192.0.2.1, 10.0.0.0/8: 0.0.0.7 } }\nmemory: 20 MiB'
  const folder = sample(t, { 'nf.yaml': yaml(attributes), 'nf.ts': source })
  const instance = (await loadNf(folder)).instantiate()
  instance.setFrame(0, new Uint8Array(60), 0, 60, 0, 0n)
  instance.run(1)
  const view = new DataView(instance.bytes.buffer, instance.frameBuffer(0))
  t.deepEqual(
    [0, 4, 8].map((at) => view.getInt32(at, true)),
    [7, -1, 0xc0000201 | 0],
  )

  const many = Array.from({ length: 9_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24=0.0.0.1`)
  const full = await loadNf(folder, { config: [`routes=${many.join()}`] })
  await refuses(t, () => full.instantiate(), /sample: the memory is too small for the table routes \(more memory/)
})
