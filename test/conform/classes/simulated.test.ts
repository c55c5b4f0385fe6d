/** What a failure in the simulator is called, where time is virtual. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { conform } from '../../../src/conform/conform.js'
import { givenCases, specOf as ownSpecOf } from '../../../src/conform/given.js'
import { runSimulated } from '../../../src/conform/simulated.js'
import { loadNf } from '../../../src/nf/index.js'
import type { ConformedCase } from '../../../src/result/index.js'
import { mine, specOf, wasmThatDoes } from '../../cli/fixtures.js'
import { vigilHere } from '../../cli/here.js'
import { temporary } from '../../temporary.js'
import { catalogue } from '../../wrong-builds/catalogue.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { caseFile, datagram, MS, packet } from '../real/cases.js'

const out = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
const other = datagram('10.0.0.6', 4000, '203.0.113.6', 53)
const back = datagram('203.0.113.5', 53, '198.51.100.1', 1024)
const LIFE = 300_000n * MS
/** Each time that is tried is an instance of its own, and large tables take long to make. */
const SMALL = ['maxFlows=16']

/** An answer so long after what it answers, another datagram in between. */
function answer(wait: bigint): string {
  return caseFile('answer', [packet(0, out), packet(0, other), packet(1, back, wait)])
}

const folder = temporary()

function expiring(name: string, replace: string): string {
  return writeSource(folder, 'nat', { name, why: '', find: 'now - expiration)', replace })
}

function known(name: string): Edit {
  const build = catalogue.nat?.find((each) => each.name === name)
  if (build === undefined) throw new Error(`there is no wrong build ${name}`)
  return build
}

/** Where it comes from, which is proved, is not asked. */
async function failing(binary: string, file: string): Promise<ConformedCase> {
  const { suite } = await givenCases({ nf: 'nat', cases: [file], config: SMALL })
  const nf = await loadNf('nat', { binary, config: suite.config })
  const ran = await runSimulated({ nf, spec: await ownSpecOf(nf.manifest) }, suite.cases, { nf: 'nat' })
  const [found, more] = ran.failing.map(({ told }) => told)
  if (found === undefined || more !== undefined) throw new Error(`${binary} fails in another way`)
  return found
}

test('a timeout that is off by a nanosecond, or by a tenth, is timing', async (t) => {
  const nanosecond = await failing(expiring('nanosecond', 'now - expiration + 1)'), answer(LIFE - MS))
  t.is(nanosecond.class.kind, 'timing')
  t.regex(nanosecond.class.reason, /^it passes where packet 2 comes 1 ns earlier, which the same line answers: /)
  const late = await failing(expiring('late', 'now - expiration - 20000000000)'), answer(LIFE))
  t.is(late.class.kind, 'timing')
  t.regex(late.class.reason, /^it passes where packet 2 comes \d+ (ns|us|ms|s) later/)
})

test('one that is off by half, or that never comes, is behaviour: no time nearby makes it right', async (t) => {
  const half = await failing(expiring('half', 'now - expiration / 2)'), answer(LIFE - MS))
  t.is(half.class.kind, 'behaviour', half.class.reason)
  t.regex(half.class.reason, /^it fails in the same way each of 2 times; so it does with its times moved in \d+ ways/)
  const never = await failing(expiring('never', '0)'), answer(LIFE))
  t.is(never.class.kind, 'behaviour', never.class.reason)
})

test('wrong bytes and wrong verdicts are behaviour, whenever they come', async (t) => {
  for (const name of ['udp-checksum-not-updated', 'peer-address-not-compared']) {
    const stranger = packet(1, datagram('203.0.113.9', 53, '198.51.100.1', 1024))
    const found = await failing(writeSource(folder, 'nat', known(name)), caseFile(name, [packet(0, out), stranger]))
    t.is(found.class.kind, 'behaviour', name)
    t.deepEqual(found.repeats, { same: 2, of: 2 })
  }
})

test('a trap is wrong at any time', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('trap'))
  const result = await conform({ nf: join(cwd, 'nfs', 'mine'), cases: [answer(MS)] })
  t.deepEqual(result.conform?.failing[0]?.class, {
    kind: 'behaviour',
    reason: 'no specification allows it, at any time and on any wire',
  })
})

test('where the specification cannot be followed, times are not moved, and it is said why', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('switch (ingress) { case 0: return forward(1, packet)\ndefault: return drop() }'))
  const result = await conform({ nf: join(cwd, 'nfs', 'mine'), cases: [answer(MS)] })
  const { kind, reason } = result.conform?.failing[0]?.class ?? {}
  t.is(kind, 'behaviour')
  t.regex(reason ?? '', /its times were not moved: .*spec\.ts:\d+/)
})

test.serial('the class is told in the terminal, the page and JUnit', async (t) => {
  const cwd = temporary()
  const binary = expiring('told', 'now - expiration + 1)')
  const words = ['conform', 'nat', '--case', answer(LIFE - MS), '--binary', binary, '--config', ...SMALL]
  const { code, stdout } = await vigilHere([...words, '--out', 'run'], cwd)
  t.is(code, 1)
  t.regex(stdout, /^ {4}timing: it passes where packet 2 comes 1 ns earlier/m)
  const read = (name: string): string => readFileSync(join(cwd, 'run', name), 'utf8')
  t.regex(read('report.html'), /<td>timing<\/td><td>it passes where packet 2 comes 1 ns earlier/)
  t.regex(read('junit.xml'), /<failure message="[^"]*" type="timing">/)
  t.regex(read('junit.xml'), /answer: timing: it passes where packet 2 comes 1 ns earlier/)
})
