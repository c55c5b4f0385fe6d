import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { loadNf, NfInstance, type NfManifest } from '../../src/nf/index.js'
import { minimalYaml, refuses, sample } from './fixtures/sample.js'
import { I32, I64, init, initType, type Parts, process, processType, wasm } from './fixtures/wasm.js'

const yaml = `${minimalYaml}binary: nf.wasm
config:
  limit: { type: u32, default: 7 }
  wait: { type: duration, default: 1 s }
  mac: { type: mac, each: port, default: "02:00:00:00:00:{port}" }
  routes: { type: table, key: ipv4, value: port, default: {} }
  peers: { type: ipv4, list: true, default: [] }
`

const refusals: readonly (readonly [string, Parts, RegExp])[] = [
  ['without nf_init', { functions: [process] }, /does not export the function nf_init \(\) -> \(i32\)/],
  ['without nf_process', { functions: [init] }, /does not export the function nf_process/],
  [
    'with an nf_process of another type',
    { functions: [init, { ...process, type: { ...processType, params: [I32, I32, I32, I32] } }] },
    /exports nf_process as \(i32, i32, i32, i32\) -> \(i32\), not/,
  ],
  [
    'that imports what does not exist',
    { imports: [{ module: 'env', name: 'abort', type: initType }] },
    /imports env\.abort, which does not exist/,
  ],
  [
    'that imports an unknown libVig function',
    { imports: [{ module: 'libvig', name: 'map_clear', type: initType }] },
    /imports libvig\.map_clear, which does not exist/,
  ],
  [
    "that imports what is the host's",
    { imports: [{ module: 'libvig', name: 'libvig_heap_used', type: initType }] },
    /imports libvig\.libvig_heap_used, which does not exist/,
  ],
  [
    'that imports a libVig function with another type',
    { imports: [{ module: 'libvig', name: 'map_size', type: initType }] },
    /imports libvig\.map_size as \(\) -> \(i32\), but it is \(i32\) -> \(i32\)/,
  ],
  [
    'that imports a value that nf.yaml lacks',
    { imports: [{ module: 'config', name: 'other', type: initType }] },
    /imports config\.other, which .*nf\.yaml does not declare/,
  ],
  [
    'that imports a duration as i32',
    { imports: [{ module: 'config', name: 'wait', type: initType }] },
    /imports config\.wait as \(\) -> \(i32\), but it is \(\) -> \(i64\)/,
  ],
  [
    'that imports a value by port without an index',
    { imports: [{ module: 'config', name: 'mac', type: { params: [], results: [I64] } }] },
    /imports config\.mac as \(\) -> \(i64\), but it is \(i32\) -> \(i64\)/,
  ],
  ['with a memory of its own', { ownMemory: true }, /has a memory of its own/],
  ['that wants more memory than it has', { memory: [4096] }, /imports a memory of at least 4096 pages.*has 2048/],
  ['that wants less memory than it has', { memory: [1, 16] }, /at most 16 pages.*has 2048/],
  ['that wants a shared memory', { memory: [1, 4096], shared: true }, /imports a shared memory/],
  [
    'with data below its region',
    { memory: [1], data: [{ address: 16, bytes: [1] }] },
    /data at 0x10 to 0x11, outside 0x10000/,
  ],
  ['with data in the packet area', { memory: [1], data: [{ address: 0x200000, bytes: [1] }] }, /data at 0x200000/],
]

for (const [what, parts, message] of refusals) {
  test(`refuses a binary ${what}`, async (t) => {
    await refuses(t, () => loadNf(sample(t, { 'nf.yaml': yaml, 'nf.wasm': wasm(parts) })), message)
  })
}

test('refuses a start function', async (t) => {
  const empty = { name: 'go', type: { params: [], results: [] }, body: [] }
  const binary = wasm({ start: true, functions: [empty, init, process] })
  await refuses(t, () => loadNf(sample(t, { 'nf.yaml': yaml, 'nf.wasm': binary })), /has a start function/)
})

test('refuses a file that is no module, naming it', async (t) => {
  const folder = sample(t, { 'nf.yaml': yaml, 'nf.wasm': 'hello' })
  await refuses(t, () => loadNf(folder), /nf\.wasm: is not a WebAssembly module/)
})

test('admits every import that it may have', async (t) => {
  const config = (name: string, params: number[], result: number) => ({
    module: 'config',
    name,
    type: { params, results: [result] },
  })
  const imports = [
    config('portCount', [], I32),
    config('limit', [], I32),
    config('wait', [], I64),
    config('mac', [I32], I64),
    config('routes', [], I32),
    config('peersCount', [], I32),
    config('peers', [I32], I32),
    { module: 'libvig', name: 'time', type: { params: [], results: [I64] } },
  ]
  const binary = wasm({ imports, memory: [1], data: [{ address: 65_536, bytes: [1, 2, 3] }] })
  const nf = await loadNf(sample(t, { 'nf.yaml': yaml, 'nf.wasm': binary }))
  const instance = nf.instantiate()
  instance.setFrame(0, new Uint8Array(64), 0, 64, 0, 0n)
  instance.run(1)
  t.is(instance.result(0), -1)
  t.deepEqual([...instance.bytes.subarray(65_536, 65_539)], [1, 2, 3])
})

test('another binary can stand in for the one of nf.yaml', async (t) => {
  const folder = sample(t, { 'nf.yaml': yaml, 'nf.wasm': wasm({}) })
  const other = join(folder, 'other.wasm')
  writeFileSync(other, wasm({ functions: [init, { ...process, body: [0x41, 2] }] }))
  const nf = await loadNf(folder, { binary: other })
  const instance = nf.instantiate()
  instance.setFrame(0, new Uint8Array(64), 0, 64, 0, 0n)
  instance.run(1)
  t.is(instance.verdict(0), 0b100)
  t.not(nf.sha256, (await loadNf(folder)).sha256)
  await refuses(t, () => loadNf(folder, { binary: join(folder, 'none.wasm') }), /none\.wasm: cannot be read/)
})

test('an nf_init that does not answer 1 is an error of the configuration', async (t) => {
  const binary = wasm({ functions: [{ ...init, body: [0x41, 0] }, process] })
  const nf = await loadNf(sample(t, { 'nf.yaml': yaml, 'nf.wasm': binary }))
  await refuses(t, () => nf.instantiate(), /nf_init answered 0/)
  const trapping = wasm({ functions: [{ ...init, body: [0x00] }, process] })
  const other = await loadNf(sample(t, { 'nf.yaml': yaml, 'nf.wasm': trapping }))
  await refuses(t, () => other.instantiate(), /nf_init trapped: unreachable/)
  const endless = wasm({ functions: [{ ...init, body: [0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 1] }, process] })
  const { parts } = await loadNf(sample(t, { 'nf.yaml': yaml, 'nf.wasm': endless }))
  const begin = (): NfInstance => new NfInstance({ ...parts, seed: 0n, patience: 200 })
  await refuses(t, begin, /nf_init has not come to an end within 0\.2 seconds/)
  // Nor does one that takes the memory of another, which has begun.
  const { memory } = nf.parts
  const emptied = new WebAssembly.Memory({ initial: memory / 65536, maximum: memory / 65536 })
  const after = (): NfInstance => new NfInstance({ ...parts, seed: 0n, patience: 200, emptied })
  await refuses(t, after, /nf_init has not come to an end within 0\.2 seconds/)
})

test('every network function of this package is admitted and starts', async (t) => {
  const names: NfManifest['name'][] = ['nop', 'nat', 'firewall', 'bridge', 'balancer', 'policer']
  for (const name of names) t.is((await loadNf(name)).instantiate().name, name)
})

test('a network function that is not there is named, with those that are', async (t) => {
  await refuses(t, () => loadNf('nothing'), /there is no network function nothing .*nop/)
})
