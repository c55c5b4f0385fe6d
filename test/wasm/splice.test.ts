import { readFileSync } from 'node:fs'

import test from 'ava'

import { decodeModule } from '../../src/wasm/index.js'
import { spliceCode } from '../../src/wasm/splice.js'

const nat = readFileSync('build/nfs/nat/nf.wasm')
const NOP = 0x01

test('a piece replaced by itself leaves the file as it was', (t) => {
  for (const code of decodeModule(nat).code) {
    const [first, second] = code.instructions
    if (first === undefined || second === undefined) continue
    const bytes = [...nat.subarray(first.offset, second.offset)]
    t.deepEqual(spliceCode(nat, { start: first.offset, end: second.offset, bytes }), Uint8Array.from(nat))
  }
})

test('code may grow past the next length of its own length, and shrink', (t) => {
  const code = decodeModule(nat).code.find(({ name }) => name === 'nf_process')
  const first = code?.instructions[0]
  if (code === undefined || first === undefined) return t.fail()
  for (const count of [0, 1, 127, 128, 20_000]) {
    const bytes = new Array<number>(count).fill(NOP)
    const longer = spliceCode(nat, { start: first.offset, end: first.offset, bytes })
    const same = decodeModule(longer).code.find(({ name }) => name === 'nf_process')
    t.is(same?.instructions.length, code.instructions.length + count)
    const start = same?.instructions[0]?.offset ?? 0
    t.deepEqual(spliceCode(longer, { start, end: start + count, bytes: [] }), Uint8Array.from(nat))
  }
})

test('bytes outside of code are not replaced', (t) => {
  t.throws(() => spliceCode(nat, { start: 0, end: 4, bytes: [] }), { instanceOf: RangeError })
  t.throws(() => spliceCode(nat.subarray(0, 8), { start: 0, end: 4, bytes: [] }), { instanceOf: RangeError })
})
