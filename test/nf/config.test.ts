import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { loadNf, readManifest, resolveConfig } from '../../src/nf/index.js'
import { answering, nfSource, refuses, sample } from './fixtures/sample.js'

const everyKind = `name: sample
ports: { count: 3, min: 2, max: 30 }
config:
  wan: { type: port, default: 1 }
  trunks: { type: ports, default: [0, 2] }
  small: { type: u8, default: 200 }
  middle: { type: u16, default: 0xfffe }
  large: { type: u32, default: 4294967295 }
  huge: { type: u64, default: "18446744073709551615" }
  address: { type: ipv4, default: 198.51.100.1 }
  mac: { type: mac, default: "02:00:5e:00:00:01" }
  wait: { type: duration, default: 2 h 4 min }
  size: { type: bytes, default: 64 KiB }
  speed: { type: rate, default: 10 Mbit/s }
  on: { type: bool, default: true }
  count: { type: oneOf, values: [frame, line, ip-length], default: ip-length }
  macs: { type: mac, each: port, default: "02:00:00:00:00:{port}" }
  pvid: { type: u16, each: port, default: [10, 20, 30, 40] }
  peers: { type: ipv4, list: true, maxLength: 3, default: [10.0.0.1, 10.0.0.2] }
  routes: { type: table, key: ipv4, value: port, rows: { 10.0.0.1: 2, 10.0.0.9: 0 } }
  nextHops: { type: table, key: ipv4, value: ipv4, rows: { 10.0.0.1: 192.0.2.1 } }
  stations: { type: table, key: mac, value: u32, default: [{ key: "02:00:00:00:00:0a", value: 4000000000 }] }
options: { refreshOn: both, macs2: true }
`

test('every kind of value reaches the specification in its own type', (t) => {
  const { values, portCount } = resolveConfig(
    readManifest(join(sample(t, { 'nf.yaml': everyKind, 'nf.ts': '' }), 'nf.yaml')),
  )
  t.is(portCount, 3)
  t.deepEqual(Object.fromEntries(values), {
    refreshOn: 'both',
    macs2: 'true',
    wan: 1,
    trunks: 0b101,
    small: 200,
    middle: 65_534,
    large: 4_294_967_295,
    huge: 18_446_744_073_709_551_615n,
    address: 0xc6336401,
    mac: 0x02005e000001,
    wait: 7_440_000_000_000n,
    size: 65_536n,
    speed: 1_250_000n,
    on: true,
    count: 'ip-length',
    macs: [0x020000000000, 0x020000000001, 0x020000000002],
    pvid: [10, 20, 30],
    peers: [0x0a000001, 0x0a000002],
    routes: new Map([
      [0x0a000001, 2],
      [0x0a000009, 0],
    ]),
    nextHops: new Map([[0x0a000001, 0xc0000201]]),
    stations: new Map([[0x02000000000a, 4_000_000_000]]),
  })
})

test('every kind of value reaches the binary, as imports inside WebAssembly', async (t) => {
  const scalars = ['wan', 'trunks', 'small', 'middle', 'large', 'address', 'on', 'count', 'peersCount', 'portCount']
  const wide = ['huge', 'mac', 'wait', 'size', 'speed']
  const declare = (name: string, type: string, parameter = '') =>
    `@external('config', '${name}') declare function ${name}(${parameter}): ${type}\n`
  const source = nfSource(`
${scalars.map((name) => declare(name, 'i32')).join('')}${wide.map((name) => declare(name, 'i64')).join('')}
${declare('macs', 'i64', 'i: i32')}${declare('pvid', 'i32', 'i: i32')}${declare('peers', 'i32', 'i: i32')}
${declare('routes', 'i32')}${declare('stations', 'i32')}
const out: i32 = <i32>memory.data(8)
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  let at = packet + 16
  ${scalars.map((name) => `store<i64>(at, <i64>${name}()); at += 8`).join('\n  ')}
  ${wide.map((name) => `store<i64>(at, ${name}()); at += 8`).join('\n  ')}
  for (let i = -1; i < 4; i++) { store<i64>(at, macs(i)); at += 8 }
  for (let i = -1; i < 4; i++) { store<i64>(at, pvid(i)); at += 8 }
  for (let i = -1; i < 4; i++) { store<i64>(at, peers(i)); at += 8 }
  // The first bytes of the packet are a key as it stands in packets: an IPv4 address, then a MAC address.
  store<i64>(at, vig.map_get(routes(), packet, out) ? load<i32>(out) : -1); at += 8
  store<i64>(at, vig.map_get(stations(), packet + 4, out) ? load<i32>(out) : -1)
  return 0
}`)
  const nf = await loadNf(sample(t, { 'nf.yaml': everyKind, 'nf.ts': source }))
  const instance = nf.instantiate()
  const key = [10, 0, 0, 1, 2, 0, 0, 0, 0, 10]
  instance.setFrame(0, Uint8Array.from([...key, ...new Uint8Array(502)]), 0, 512, 0, 0n)
  instance.run(1)
  const view = new DataView(instance.bytes.buffer, instance.frameBuffer(0) + 16)
  const seen = Array.from({ length: 32 }, (_, index) => view.getBigInt64(index * 8, true))
  t.deepEqual(seen, [
    ...[1n, 0b101n, 200n, 65_534n, -1n, BigInt(0xc6336401 | 0), 1n, 2n, 2n, 3n],
    ...[-1n, 0x02005e000001n, 7_440_000_000_000n, 65_536n, 1_250_000n],
    ...[0n, 0x020000000000n, 0x020000000001n, 0x020000000002n, 0n],
    ...[0n, 10n, 20n, 30n, 0n],
    ...[0n, 0x0a000001n, 0x0a000002n, 0n, 0n],
    ...[2n, BigInt(4_000_000_000 | 0)],
  ])
})

test('values given as text, in a file and with their place replace defaults, the last one counting', (t) => {
  const folder = sample(t, { 'nf.yaml': everyKind, 'nf.ts': '', 'mine.yaml': 'wait: 3 s\npeers: [10.1.1.1]\n' })
  const manifest = readManifest(join(folder, 'nf.yaml'))
  const config = resolveConfig(manifest, {
    config: [
      'wait=1s',
      join(folder, 'mine.yaml'),
      'portCount=4',
      'wan=3',
      'trunks=0,1',
      'on=no',
      'count=line',
      'pvid=1,2,3,4',
      'macs=0a:00:00:00:00:{port}',
      'routes=10.0.0.7=3',
      { name: 'small', value: 7, where: {} },
    ],
  })
  const get = (name: string) => config.values.get(name)
  t.is(get('wait'), 3_000_000_000n)
  t.deepEqual(get('peers'), [0x0a010101])
  t.is(config.portCount, 4)
  t.is(get('wan'), 3)
  t.is(get('trunks'), 3)
  t.is(get('on'), false)
  t.is(get('count'), 'line')
  t.deepEqual(get('pvid'), [1, 2, 3, 4])
  t.deepEqual(
    get('macs'),
    [0, 1, 2, 3].map((port) => 0x0a0000000000 + port),
  )
  t.deepEqual(get('routes'), new Map([[0x0a000007, 3]]))
  t.is(get('small'), 7)
  t.deepEqual(resolveConfig(manifest, { config: { wan: 2 } }).values.get('wan'), 2)
})

const badValues: readonly (readonly [string, RegExp])[] = [
  ['wan=3', /wan: there is no port 3, only 0 to 2/],
  ['trunks=0,7', /trunks: there is no port 7/],
  ['small=256', /small: 256 does not fit u8, at most 255/],
  ['small=-1', /small: "-1" is not a whole number/],
  ['small=1.5', /"1.5" is not a whole number/],
  ['address=198.51.100.256', /address: "198.51.100.256" is not an IPv4 address/],
  ['mac=02:00:00:00:01', /mac: .* is not a MAC address/],
  ['wait=120', /wait: "120" is not a number with a unit/],
  ['wait=1.0000000001s', /wait: .* is not a whole number of nanoseconds/],
  ['wait=5 parsecs', /wait: "5 parsecs" is not a number with a unit/],
  ['speed=1 bit/s', /speed: "1 bit\/s" is not a whole number of byte per seconds/],
  ['on=maybe', /on: "maybe" is neither true nor false/],
  ['count=bytes', /count: "bytes" is none of frame, line, ip-length/],
  ['pvid=1,2', /pvid: 2 values for 3 ports/],
  ['peers=10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4', /peers: 4 values, at most 3/],
  ['routes=10.0.0.1=9', /routes: 10.0.0.1: there is no port 9/],
  ['routes=10.0.0.1=1,10.0.0.1=2', /routes: 10.0.0.1 stands twice/],
  ['routes=10.0.0.1', /routes: "10.0.0.1" is not key=value/],
  ['portCount=1', /sample has 2 to 30 ports, not 1/],
  ['nothing=1', /sample has no configuration value nothing \(it has wan, /],
  ['refreshOn=outbound', /refreshOn is an option of the specification: sample implements both/],
  ['wan', /--config wan: neither name=value nor a \.yaml file/],
]

for (const [argument, message] of badValues) {
  test(`refuses --config ${argument}`, async (t) => {
    const manifest = readManifest(join(sample(t, { 'nf.yaml': everyKind, 'nf.ts': '' }), 'nf.yaml'))
    await refuses(t, () => resolveConfig(manifest, { config: [argument] }), message)
  })
}

test('a bad value in a file is reported at its line', async (t) => {
  const folder = sample(t, { 'nf.yaml': everyKind, 'nf.ts': '' })
  const file = join(folder, 'mine.yaml')
  writeFileSync(file, 'wan: 0\nsmall: 300\n')
  const manifest = readManifest(join(folder, 'nf.yaml'))
  await refuses(t, () => resolveConfig(manifest, { config: [file] }), /mine\.yaml:2:8: small: 300 does not fit u8/)
})

test('a bad row of a table is reported at its line', async (t) => {
  const routes = 'routes:\n  10.0.0.1: 0\n  10.0.0.2: 7\n'
  const stations = 'stations:\n  - { key: "02:00:00:00:00:01", value: 1 }\n  - 3\n'
  const folder = sample(t, { 'nf.yaml': everyKind, 'nf.ts': '', 'mine.yaml': routes, 'list.yaml': stations })
  const manifest = readManifest(join(folder, 'nf.yaml'))
  const given = (file: string) => () => resolveConfig(manifest, { config: [join(folder, file)] })
  await refuses(t, given('mine.yaml'), /mine\.yaml:3:13: routes: 10\.0\.0\.2: there is no port 7/)
  await refuses(t, given('list.yaml'), /list\.yaml:3:5: stations: 3 is not \{ key, value \}/)
})

test('a value without a default must be given', async (t) => {
  const yaml = 'name: sample\nports: { count: 2 }\nconfig:\n  limit: { type: u8 }\n'
  const folder = sample(t, { 'nf.yaml': yaml, 'nf.ts': answering('0') })
  await refuses(t, () => loadNf(folder), /nf\.yaml:4:\d+: limit has no default and must be given \(--config limit=/)
  t.is((await loadNf(folder, { config: ['limit=3'] })).config.values.get('limit'), 3)
})

const related = `name: sample
ports: { count: 2 }
config:
  startPort: { type: u16, default: 1024 }
  maxFlows: { type: u32, default: 64512, min: 1 }
relations:
  - startPort >= 1
  - startPort + maxFlows <= 65536
`

test('relations are checked, and the failing one is told with its values', async (t) => {
  const manifest = readManifest(join(sample(t, { 'nf.yaml': related, 'nf.ts': '' }), 'nf.yaml'))
  t.notThrows(() => resolveConfig(manifest))
  const message = /nf\.yaml:8:5: startPort \+ maxFlows <= 65536 does not hold: startPort = 1025, maxFlows = 64512/
  await refuses(t, () => resolveConfig(manifest, { config: ['startPort=1025'] }), message)
  await refuses(
    t,
    () => resolveConfig(manifest, { config: ['startPort=0'] }),
    /startPort >= 1 does not hold: startPort = 0/,
  )
  await refuses(t, () => resolveConfig(manifest, { config: ['maxFlows=0'] }), /maxFlows: 0 is below 1/)
})

test('values are printed as people write them', (t) => {
  const config = resolveConfig(readManifest(join(sample(t, { 'nf.yaml': everyKind, 'nf.ts': '' }), 'nf.yaml')))
  const texts = ['address', 'mac', 'wait', 'size', 'speed', 'on', 'count', 'trunks', 'peers', 'routes', 'nextHops'].map(
    config.text,
  )
  t.deepEqual(texts, [
    '198.51.100.1',
    '02:00:5e:00:00:01',
    '124 min',
    '64 KiB',
    '10 Mbit/s',
    'true',
    'ip-length',
    '0, 2',
    '10.0.0.1, 10.0.0.2',
    '10.0.0.1 = 2, 10.0.0.9 = 0',
    '10.0.0.1 = 192.0.2.1',
  ])
})
