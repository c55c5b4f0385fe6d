import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'

import test from 'ava'

import { compileForLong, loadForShort } from '../src/wasm-tiers.js'

/** `(n) => { while (n) n-- }`, as WebAssembly. */
const LOOP = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ...[0x0a, 0x10, 0x01, 0x0e, 0x00],
  ...[0x03, 0x40, 0x20, 0x00, 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b, 0x0b],
])

setFlagsFromString('--allow-natives-syntax')
const isOptimised = new Function('f', 'return %IsTurboFanFunction(f)')

/** Whether what runs often in a module becomes better code: that happens beside, within moments. */
async function becomesBetter(module: WebAssembly.Module): Promise<boolean> {
  const { f } = new WebAssembly.Instance(module).exports
  if (typeof f !== 'function') throw new Error('the module exports no function')
  for (let i = 0; i < 50; i++) {
    for (let k = 0; k < 100; k++) f(10_000)
    if (isOptimised(f)) return true
    await setTimeout(10)
  }
  return false
}

test.serial('code for long becomes better where it runs often', async (t) => {
  t.true(await becomesBetter(compileForLong(LOOP)))
  t.true(await becomesBetter(compileForLong(LOOP, { lazily: true })))
})

test.serial(
  'what is loaded for short stays as it is, but not what is compiled for long meanwhile and afterwards',
  async (t) => {
    // Another module to V8, which else would give the code that it has.
    const other = Uint8Array.from([...LOOP, 0x00, 0x02, 0x01, 0x61])
    const { short, long } = await loadForShort(async () => {
      const short = new WebAssembly.Module(other)
      await setTimeout(0)
      return { short, long: compileForLong(Uint8Array.from([...LOOP, 0x00, 0x02, 0x01, 0x62])) }
    })
    t.false(await becomesBetter(short))
    t.true(await becomesBetter(long))
    t.true(await becomesBetter(new WebAssembly.Module(Uint8Array.from([...LOOP, 0x00, 0x02, 0x01, 0x63]))))
  },
)

test.serial('a load that fails leaves things as they were', async (t) => {
  await t.throwsAsync(
    loadForShort(() => Promise.reject(new Error('no'))),
    { message: 'no' },
  )
  t.true(await becomesBetter(new WebAssembly.Module(Uint8Array.from([...LOOP, 0x00, 0x02, 0x01, 0x64]))))
})
