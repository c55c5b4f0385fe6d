import test from 'ava'
import fc from 'fast-check'

import { FrameMemory, firstDifference } from '../../../src/domains/concrete/words.js'

const LONGEST = 700

/** Some bytes, and a frame among them: `length` bytes from `start`, in an array that begins at `offset` of its buffer. */
const place = fc.record({ offset: fc.nat(9), start: fc.nat(9), tail: fc.nat(5) })
const frame = fc.uint8Array({ maxLength: LONGEST })

function placed(content: Uint8Array, { offset, start, tail }: { offset: number; start: number; tail: number }) {
  const buffer = new ArrayBuffer(offset + start + content.length + tail)
  new Uint8Array(buffer).fill(0xee)
  const bytes = new Uint8Array(buffer, offset)
  bytes.set(content, start)
  return { bytes, start }
}

test('a copy is the frame, wherever in its buffer it lies and however long it is', (t) => {
  const memory = new FrameMemory(LONGEST)
  fc.assert(
    fc.property(frame, place, (content, where) => {
      const { bytes, start } = placed(content, where)
      const copy = memory.copy(bytes, start, content.length)
      t.deepEqual(copy.bytes.slice(0, content.length), content)
      for (let i = 0; i < content.length; i++) t.is(copy.view.getUint8(i), content[i] ?? -1)
    }),
    { numRuns: 300 },
  )
})

test('the first byte that differs is found, wherever the two frames lie', (t) => {
  fc.assert(
    fc.property(frame, place, place, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, one, other, at, change) => {
      const a = placed(content, one)
      const b = placed(content, other)
      t.is(firstDifference(a.bytes, a.start, b.bytes, b.start, content.length), -1)
      if (content.length === 0) return
      const index = at % content.length
      b.bytes[b.start + index] = (content[index] ?? 0) ^ change
      t.is(firstDifference(a.bytes, a.start, b.bytes, b.start, content.length), index)
      t.is(firstDifference(b.bytes, b.start, a.bytes, a.start, index), -1)
    }),
    { numRuns: 500 },
  )
})
