import test from 'ava'

import { areApart } from '../../../src/verify/libvig/geometry.js'
import type { Region } from '../../../src/verify/libvig/heap.js'

function part(start: number, end: number): Region {
  return { name: 'a part', start, end, access: 'write' }
}

test('parts are apart where no byte is in two of them, in whatever order they are', (t) => {
  t.true(areApart([]))
  t.true(areApart([part(8, 16), part(0, 8), part(16, 17)]))
  t.false(areApart([part(0, 8), part(16, 24), part(7, 9)]))
  t.false(areApart([part(4, 5), part(0, 8)]))
})
