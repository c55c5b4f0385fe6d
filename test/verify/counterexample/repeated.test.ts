/** One packet again and again: what comes of it, and what it leaves. */
import test from 'ava'

import { JudgedRuns } from '../../../src/verify/counterexample/judged-runs.js'
import { repeated } from '../../../src/verify/counterexample/repeated.js'
import { loadSubject } from '../../../src/verify/index.js'
import { prepare } from '../../../src/verify/prepare.js'
import { realNf } from '../../../src/verify/real-nf.js'
import { temporary } from '../../temporary.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { sharedSolver } from '../shared-solver.js'

async function ofPolicer(edit?: Edit, longest = 1514) {
  const options = edit === undefined ? {} : { binary: writeSource(temporary('repeated'), 'policer', edit) }
  const subject = await loadSubject('policer', options)
  const { terms, start } = prepare(subject, { solver: await sharedSolver(), longest })
  const { config } = subject.nf
  const device = { real: realNf(subject, config), config, words: [] }
  return repeated(new JudgedRuns(subject), device, { structures: start?.structures ?? [], terms, longest })
}

test('a bucket runs empty, for either version of IP, and the packets are all right', async (t) => {
  const result = await ofPolicer()
  // 1,250,000 bytes, 1,500 a packet: the 834th is dropped.
  t.deepEqual('left' in result && result.left.map(({ packets }) => packets.length), [834, 834])
})

test('a bucket that does not is found on the way', async (t) => {
  const result = await ofPolicer({
    name: 'nothing-is-paid',
    why: 'the bucket stays full',
    find: 'conforms ? tokens - cost : tokens',
    replace: 'tokens',
  })
  t.regex(('found' in result && result.found.detail.violation.summary) || '', /expected the packet to be dropped/)
})

test('a hang ends what would be repeated, and is found', async (t) => {
  const result = await ofPolicer({
    name: 'does-not-end',
    why: 'a second packet stops the device',
    find: '    tokens = refilled(',
    replace: '    while (now >= 0) tokens += 1\n    tokens = refilled(',
  })
  t.is('found' in result && result.found.detail.violation.kind, 'hang')
  t.is('found' in result && result.found.packets.length, 2)
})

test('packets are no longer than those that are looked at, and of those that fit', async (t) => {
  const result = await ofPolicer(undefined, 60)
  t.deepEqual('left' in result && result.left.map(({ packets }) => packets[0]?.bytes.length), [60])
})
