import test from 'ava'
import fc from 'fast-check'

import { walkExtensions } from '../../src/packet/index.js'
import { hex } from './arbitraries.js'

test('headers are listed with their lengths, up to the transport', (t) => {
  const bytes = hex(`
    3c01 000000000000 0000000000000000
    3300 000000000000
    0604 0000 00000000 0000000000000000 0000000000000000 ffff`)
  t.deepEqual(walkExtensions(bytes, 0, 0, bytes.length), {
    headers: [
      { protocol: 0, at: 0, length: 16 },
      { protocol: 60, at: 16, length: 8 },
      { protocol: 51, at: 24, length: 24 },
    ],
    protocol: 6,
    at: 48,
    fragmentOffset: 0,
    moreFragments: false,
  })
})

test('after a first fragment the walk goes on, after a later one it stops', (t) => {
  const first = hex('3c00 0001 00000007 1100 000000000000')
  t.like(walkExtensions(first, 0, 44, 16), { protocol: 17, at: 16, fragmentOffset: 0, moreFragments: true })
  const later = hex('3c00 0008 00000007 1100 000000000000')
  t.like(walkExtensions(later, 0, 44, 16), { protocol: 60, at: 8, fragmentOffset: 1, moreFragments: false })
})

test('a header that is cut off ends the walk, where it starts', (t) => {
  t.like(walkExtensions(hex('1101 000000000000'), 0, 60, 8), { protocol: -1, at: 0, headers: [] })
  t.like(walkExtensions(hex('3c00 000000000000 1100'), 0, 0, 10), { protocol: -1, at: 8 })
})

test('ESP, no next header and unknown protocols are not passed over', (t) => {
  for (const protocol of [50, 59, 253]) {
    t.like(walkExtensions(new Uint8Array(64), 0, protocol, 64), { protocol, at: 0, headers: [] })
  }
})

test('the headers follow on each other within the bytes, whatever the bytes', (t) => {
  const protocol = fc.constantFrom(0, 43, 44, 51, 60, 135, 139, 140, 6)
  const octet = fc.oneof(protocol, fc.nat(255), fc.constant(0))
  const list = fc.array(octet, { minLength: 40, maxLength: 200 })
  let walked = 0
  fc.assert(
    fc.property(list, fc.nat(8), protocol, fc.nat(30), (data, at, first, cut) => {
      const bytes = Uint8Array.from(data)
      const end = bytes.length - cut
      const walk = walkExtensions(bytes, at, first, end)
      let next = at
      for (const header of walk.headers) {
        t.is(header.at, next)
        t.true(header.length >= 8)
        next += header.length
        walked += 1
      }
      t.is(walk.at, next)
      if (walk.headers.length > 0) t.true(next <= end)
    }),
    { numRuns: 500 },
  )
  t.true(walked > 100)
})
