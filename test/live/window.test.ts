import test from 'ava'

import { Window } from '../../src/live/window.js'

test('a window grows while the order of sending explains what comes out, up to a bound', (t) => {
  const window = new Window()
  const sizes = new Set([window.size])
  for (let sent = 0; sent < 20_000; sent += 10) {
    window.look(sent, 0)
    sizes.add(window.size)
  }
  t.deepEqual([...sizes], [32, 64, 128, 256, 512])
})

test('it shrinks with what is out of order, once for all that was under way together, down to a bound', (t) => {
  const window = new Window()
  let sent = 0
  for (; window.size < 512; sent += 10) window.look(sent, 0)
  window.look(sent + 1000, 1)
  t.is(window.size, 256)
  window.look(sent + 1100, 5)
  t.is(window.size, 256)
  for (let misfits = 6; misfits < 50; misfits++) {
    sent += 2000
    window.look(sent, misfits)
  }
  t.is(window.size, 16)
})
