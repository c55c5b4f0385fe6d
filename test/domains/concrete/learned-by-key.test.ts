import test from 'ava'

import { LearnedByKey } from '../../../src/domains/concrete/learned-by-key.js'
import { record, u32 } from '../../../src/spec/index.js'

const Key = record({ number: u32 })

test('what was learned is known, however many keys come, until older ones are forgotten', (t) => {
  const known = new LearnedByKey<{ number: number }, number>(Key)
  const [some, many] = [20_000, 200_000]
  const learn = (from: number, to: number): void => {
    for (let number = from; number < to; number++) {
      known.begin()
      known.set(Key({ number }), number * 2)
    }
  }
  learn(0, some)
  for (let number = 0; number < some; number += 7) t.is(known.get(Key({ number })), number * 2)
  learn(some, many)
  let [kept, forgotten] = [0, 0]
  for (let number = 0; number < many; number++) {
    const value = known.get(Key({ number }))
    if (value === undefined) forgotten += 1
    else if (value === number * 2) kept += 1
  }
  t.is(kept + forgotten, many)
  t.true(kept >= 65_536 && kept <= 131_072)
  t.is(known.get(Key({ number: many - 1 })), (many - 1) * 2)
})

test('what is retracted was not learned, also where there is no more room for it', (t) => {
  const known = new LearnedByKey<{ number: number }, number>(Key)
  const value = (number: number): number | undefined => known.get(Key({ number }))
  for (let number = 0; number < 256; number++) {
    known.begin()
    known.set(Key({ number }), 1)
  }
  known.begin()
  for (let packet = 0; packet < 3; packet++) {
    known.mark()
    known.set(Key({ number: packet }), 2)
    known.set(Key({ number: 1000 + packet }), 2)
  }
  t.deepEqual([0, 1, 2, 3, 1000, 1001, 1002].map(value), [2, 2, 2, 1, 2, 2, 2])
  known.retract()
  t.deepEqual([0, 1, 2, 3, 1000, 1001, 1002].map(value), [2, 2, 1, 1, 2, 2, undefined])
  known.forget(1)
  known.retract()
  t.deepEqual([0, 1, 2, 3, 1000, 1001, 1002].map(value), [2, 1, 1, 1, 2, undefined, undefined])
})
