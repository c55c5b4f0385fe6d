/**
 * How many instructions a second the stepper runs in the concrete domain, against Node's engine, for three small
 * functions: an i32 loop with loads and stores, an i64 loop, and recursion. `node build/bench/stepper.js`. Fails where
 * the results differ.
 */
import { concreteDomain, decodeModule, instantiate, Stepper, Store } from '../src/wasm/index.js'

const ROUNDS = 5
const [I32, I64, VOID, END] = [0x7f, 0x7e, 0x40, 0x0b]

/** n times: a = (a + i * 3) ^ load(store(i & 0xfffc, a)); i = i + 1 */
const words = [
  ...[0x03, VOID, 0x20, 1, 0x20, 2, 0x41, 3, 0x6c, 0x6a, 0x21, 1],
  ...[0x20, 2, 0x41, 0xfc, 0xff, 3, 0x71, 0x20, 1, 0x36, 2, 0],
  ...[0x20, 1, 0x20, 2, 0x41, 0xfc, 0xff, 3, 0x71, 0x28, 2, 0, 0x73, 0x21, 1],
  ...[0x20, 2, 0x41, 1, 0x6a, 0x22, 2, 0x20, 0, 0x49, 0x0d, 0, END, 0x20, 1, END],
]
/** n times: a = a + i * 3; i = i + 1, in 64 bits */
const longs = [
  ...[0x03, VOID, 0x20, 1, 0x20, 2, 0x42, 3, 0x7e, 0x7c, 0x21, 1],
  ...[0x20, 2, 0x42, 1, 0x7c, 0x22, 2, 0x20, 0, 0xad, 0x54, 0x0d, 0, END, 0x20, 1, 0xa7, END],
]
/** n < 2 ? n : f(n - 1) + f(n - 2) */
const fibonacci = [
  ...[0x20, 0, 0x41, 2, 0x48, 0x04, I32, 0x20, 0, 0x05],
  ...[0x20, 0, 0x41, 1, 0x6b, 0x10, 2, 0x20, 0, 0x41, 2, 0x6b, 0x10, 2, 0x6a, END, END],
]
const bodies = [
  [1, 2, I32, ...words],
  [1, 2, I64, ...longs],
  [0, ...fibonacci],
]
const names = ['w', 'l', 'f']

/** With its length in two bytes, which may be more than it needs. */
function section(id: number, bytes: readonly number[]): number[] {
  return [id, (bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes]
}

const code = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [1, 0x60, 1, I32, 1, I32]),
  ...section(3, [3, 0, 0, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [3, ...names.flatMap((name, index) => [1, name.charCodeAt(0), 0, index])]),
  ...section(10, [3, ...bodies.flatMap((body) => [body.length, ...body])]),
])

const store = new Store(concreteDomain)
const { instance } = instantiate(store, decodeModule(code), new Map())
const stepper = new Stepper(store)
const engine = new WebAssembly.Instance(new WebAssembly.Module(code)).exports

function seconds(run: () => unknown): { time: number; result: unknown } {
  const start = performance.now()
  const result = run()
  return { time: (performance.now() - start) / 1000, result }
}

const rows: readonly (readonly [string, string, number])[] = [
  ['i32, loads and stores', 'w', 400_000],
  ['i64', 'l', 400_000],
  ['calls', 'f', 25],
]
console.log('function               M instructions/s   times slower than the engine')
for (const [what, name, argument] of rows) {
  const ours = instance.exports.get(name)
  const theirs = engine[name]
  if (ours?.kind !== 'wasm' || typeof theirs !== 'function') throw new Error(`no function ${name}`)
  const found: { rate: number; ratio: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const expected = seconds(() => theirs(argument))
    const stepped = seconds(() => stepper.call(ours, [argument]))
    const { result } = stepped
    const isReturned = typeof result === 'object' && result !== null && 'values' in result
    if (!isReturned || String(result.values) !== String(expected.result)) {
      console.error(`${what}: ${String(isReturned && result.values)}, but the engine has ${String(expected.result)}`)
      process.exitCode = 1
    }
    found.push({ rate: stepper.steps / stepped.time / 1e6, ratio: stepped.time / expected.time })
  }
  const median = found.sort((a, b) => a.rate - b.rate)[ROUNDS >> 1]
  console.log(`${what.padEnd(22)} ${median?.rate.toFixed(0).padStart(16)} ${median?.ratio.toFixed(0).padStart(30)}`)
}
