import test from 'ava'

import { JudgedRuns } from '../../../src/verify/counterexample/judged-runs.js'
import { findOverLifetimes } from '../../../src/verify/counterexample/lifetimes.js'
import { loadSubject } from '../../../src/verify/index.js'
import { realNf } from '../../../src/verify/real-nf.js'
import { temporary } from '../../temporary.js'
import { wrongBridges } from '../../wrong-builds/bridge/builds.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'

async function found(nf: string, edit?: Edit) {
  const binary = edit === undefined ? {} : { binary: writeSource(temporary('lifetimes'), nf, edit) }
  const subject = await loadSubject(nf, binary)
  const { config } = subject.nf
  return findOverLifetimes(new JudgedRuns(subject), { real: realNf(subject, config), config, words: [] })
}

for (const nf of ['nop', 'nat', 'firewall', 'bridge', 'balancer', 'policer']) {
  test(`what hosts say over the lifetimes of entries is no violation of ${nf}`, async (t) => {
    t.is((await found(nf))?.detail.violation.summary, undefined)
  })
}

const TIMES = ['ages-one-nanosecond-late', 'refreshed-when-asked-for']

for (const name of TIMES) {
  test(`a bridge is found out by the lifetimes of its stations: ${name}`, async (t) => {
    const wrong = wrongBridges.find((each) => each.name === name)
    if (wrong === undefined) return t.fail('there is no such build')
    t.not(await found('bridge', wrong), undefined)
  })
}
