import test from 'ava'

import { hexdump } from '../../src/report/hexdump.js'

const marks = (text: string) => [...text.matchAll(/<mark>(.)(.?)<\/mark>/g)].map(([, a = '', b = '']) => a + b)

test('exactly the bytes that differ are marked, in both columns', (t) => {
  const text = hexdump(Uint8Array.of(0x41, 0x42, 0x43), Uint8Array.of(0x41, 0xff, 0x43)).toString()
  t.deepEqual(marks(text), ['42', 'B'])
})

test('bytes beyond the end of the other packet are marked', (t) => {
  t.deepEqual(marks(hexdump(Uint8Array.of(1, 2, 3), Uint8Array.of(1)).toString()), ['02', '03', '·', '·'])
})

test('nothing is marked without another packet, and markup in bytes is escaped', (t) => {
  const text = hexdump(new TextEncoder().encode('<b>&'), undefined).toString()
  t.deepEqual(marks(text), [])
  t.true(text.includes('&lt;b&gt;&amp;'))
})

test('long equal stretches are folded, the difference and its surroundings are not', (t) => {
  const bytes = new Uint8Array(1600)
  const other = new Uint8Array(1600)
  other[800] = 1
  const text = hexdump(bytes, other).toString()
  t.true(text.includes('0320'))
  t.false(text.includes('0200'))
  t.regex(text, /… \d+ bytes …/)
  const rows = text.match(/>[0-9a-f]{4}</g)?.length ?? 0
  t.is(rows, 5 + 5)
})

test('a packet without bytes says so', (t) => {
  t.true(hexdump(new Uint8Array(0), undefined).toString().includes('(no bytes)'))
})
