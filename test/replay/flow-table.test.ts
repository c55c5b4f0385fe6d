import test from 'ava'
import fc from 'fast-check'

import { FlowTable } from '../../src/replay/flow-table.js'
import { copyTuple, isForward, reverseTuple, sameTuple, tupleWords } from '../../src/replay/tuple.js'

const limit = 64

/** A few tuples only, of both versions, so that they meet again and collide. */
const tuples = fc.tuple(fc.constantFrom(0x406, 0x611), fc.nat(3), fc.nat(3), fc.nat(15)).map(([kind, a, b, ports]) => {
  const words = new Uint32Array(tupleWords)
  words.set([kind, ports * 0x1_0001, a, b])
  if (kind >= 0x600) words[4] = a * 7
  return words
})

test('a table finds what a map of the newest entries finds', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(tuples, fc.nat(1000)), { maxLength: 600 }), (operations) => {
      const table = new FlowTable(tupleWords, 1, limit)
      const model = new Map<string, number>()
      for (const [tuple, value] of operations) {
        const key = tuple.join()
        const entry = table.find(tuple, 0)
        t.is(entry >= 0, model.has(key))
        if (entry >= 0) {
          t.true(table.holds(entry, tuple, 0))
          t.is(table.words[table.valueAt(entry)], model.get(key))
          continue
        }
        if (model.size === limit) model.delete(model.keys().next().value ?? '')
        model.set(key, value)
        table.words[table.valueAt(table.add(tuple, 0))] = value
        t.is(table.size, model.size)
      }
    }),
    { numRuns: 60 },
  )
})

test('a table grows to its limit and no further, the oldest giving way', (t) => {
  const table = new FlowTable(4, 2, 3000)
  const tuple = (i: number): Uint32Array => Uint32Array.of(0x411, i, 1, 2)
  for (let i = 0; i < 5000; i++) table.add(tuple(i), 0)
  t.is(table.size, 3000)
  t.is(table.evicted, 2000)
  t.is(table.find(tuple(1999), 0), -1)
  for (let i = 2000; i < 5000; i++) t.true(table.find(tuple(i), 0) >= 0)
})

test('a tuple reversed twice is itself, and one of the two directions is forward', (t) => {
  fc.assert(
    fc.property(tuples, (tuple) => {
      const words = new Uint32Array(2 * tupleWords)
      reverseTuple(tuple, 0, words, 0)
      reverseTuple(words, 0, words, tupleWords)
      t.true(sameTuple(tuple, 0, words, tupleWords))
      if (!sameTuple(tuple, 0, words, 0)) t.not(isForward(tuple, 0), isForward(words, 0))
      copyTuple(tuple, 0, words, 0)
      t.true(sameTuple(tuple, 0, words, 0))
    }),
  )
})
