import test from 'ava'

import { loadSubject, prepare } from '../../src/verify/index.js'
import { temporary } from '../temporary.js'
import { writeSource } from '../wrong-builds/wrong-build.js'
import { pathsOf } from './paths-of.js'
import { sharedSolver } from './shared-solver.js'

test('an entry that is stored with a time of the future breaks the invariant', async (t) => {
  const edit = {
    name: 'time-of-the-future',
    why: 'a flow is stored with a time that has not come yet',
    find: 'expiring_map_insert(flows, <i32>key, now, <i32>found)',
    replace: 'expiring_map_insert(flows, <i32>key, now + 1, <i32>found)',
  }
  const solver = await sharedSolver()
  const subject = await loadSubject('firewall', { binary: writeSource(temporary('invariant'), 'firewall', edit) })
  const { start, pairing, left, longest, terms } = prepare(subject, { solver })
  if (start === undefined) return t.fail()
  for (const { obligations } of pathsOf({ subject, start, pairing, left, longest }, terms, solver)) {
    const failed = obligations.filter(({ answer }) => answer.kind === 'fails').map(({ obligation }) => obligation.what)
    if (failed.includes('flows: no time is later than now')) return t.pass()
  }
  t.fail('it is kept on every path')
})
