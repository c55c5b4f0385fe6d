import test from 'ava'

import { expiryCalls } from '../../src/spec/load/expiries.js'

const calls = (body: string, head = '') =>
  expiryCalls(
    `import { drop, spec } from 'vigil-nf/spec'; ${head}
export default spec({ process({ now, table, packet }) {
  ${body}
  return drop()
} })
`,
    'spec.ts',
  )

test('expiries are found with their places', (t) => {
  t.deepEqual(calls('table.expireOlderThan(now); if (packet.ip) table.expireOlderThan(1n)'), [
    { line: 3, column: 9 },
    { line: 3, column: 52 },
  ])
  t.deepEqual(calls(''), [])
})

test('an expiry that may run more than once, or elsewhere, is not counted on', (t) => {
  t.is(calls('for (let i = 0; i < 2; i++) table.expireOlderThan(now)'), undefined)
  t.is(calls('const later = () => table.expireOlderThan(now)'), undefined)
  t.is(calls('', 'const old = (table, now) => table.expireOlderThan(now)'), undefined)
  t.is(calls('', 'function old(table, now) { table.expireOlderThan(now) }'), undefined)
  t.is(calls('table.expireOlderThan(now)', "import { more } from './more.js'"), undefined)
})
