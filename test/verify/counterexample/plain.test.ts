import test from 'ava'

import { JudgedRuns } from '../../../src/verify/counterexample/judged-runs.js'
import { findInConversations } from '../../../src/verify/counterexample/plain.js'
import { loadSubject } from '../../../src/verify/index.js'
import { realNf } from '../../../src/verify/real-nf.js'
import { temporary } from '../../temporary.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'

async function found(nf: string, edit?: Edit) {
  const subject = await loadSubject(nf, edit === undefined ? {} : { binary: writeSource(temporary('plain'), nf, edit) })
  const { config } = subject.nf
  return findInConversations(new JudgedRuns(subject), { real: realNf(subject, config), config, words: [] })
}

for (const nf of ['nop', 'nat', 'firewall', 'bridge', 'balancer', 'policer']) {
  test(`what hosts say in any network is no violation of ${nf}`, async (t) => {
    t.is((await found(nf))?.detail.violation.summary, undefined)
  })
}

test('a header that is read behind the end of a short packet is found', async (t) => {
  const finding = await found('firewall', {
    name: 'short-udp-header-read',
    why: 'that a UDP header fits is not asked',
    find: 'protocol != PROTOCOL_UDP || present < UDP_HEADER_LENGTH',
    replace: 'protocol != PROTOCOL_UDP',
  })
  t.regex(finding?.detail.violation.summary ?? '', /^it reads \d bytes at byte \d+ of a packet of \d+ bytes/)
})

test('an answer that does not come back is found', async (t) => {
  const finding = await found('nat', {
    name: 'answers-dropped',
    why: 'what comes back is not let in',
    find: 'if (load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)) return DROP\n',
    replace: 'return DROP\n',
  })
  t.regex(finding?.detail.violation.summary ?? '', /but it was dropped/)
})
