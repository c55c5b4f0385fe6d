import test from 'ava'
import fc from 'fast-check'

import { columns } from '../../../src/domains/concrete/rows.js'

const widths = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 })

test('each word of each slot has a place of its own', (t) => {
  fc.assert(
    fc.property(widths, fc.integer({ min: 1, max: 9 }), (widths, capacity) => {
      const made = columns(capacity, widths)
      let written = 0
      for (const [at, { words, stride, first }] of made.entries()) {
        for (let slot = 0; slot < capacity; slot++) {
          for (let word = 0; word < (widths[at] ?? 0); word++) words[slot * stride + first + word] = ++written
        }
      }
      let read = 0
      for (const [at, { words, stride, first }] of made.entries()) {
        for (let slot = 0; slot < capacity; slot++) {
          for (let word = 0; word < (widths[at] ?? 0); word++) t.is(words[slot * stride + first + word], ++read)
        }
      }
    }),
  )
})

test('a row that nearly fills a cache line has one, where arrays begin 16 bytes after one', (t) => {
  for (const width of [12, 13, 16]) {
    const [{ stride, first } = t.fail()] = columns(3, [width])
    t.is(4 * stride, 64)
    t.is((16 + 4 * first) % 64, 0)
  }
  t.is(columns(3, [17])[0]?.stride, 17)
  t.is(columns(3, [4, 7])[0]?.stride, 11)
})
