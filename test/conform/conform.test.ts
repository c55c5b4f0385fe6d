import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import { conform } from '../../src/conform/conform.js'
import { runCase, timed } from '../../src/conform/run-case.js'
import { writeSuite } from '../../src/derive/suite/folder.js'
import type { Suite } from '../../src/derive/suite/suite.js'
import { loadNf } from '../../src/nf/index.js'
import type { RunResult } from '../../src/result/index.js'
import { loadSpec } from '../../src/spec/load/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { vigilHere } from '../cli/here.js'
import { isOneLine, vigil } from '../cli/vigil.js'
import { suiteOf } from '../derive/shared-suites.js'
import { sum } from '../replay/results.js'
import { temporary } from '../temporary.js'
import { catalogue } from '../wrong-builds/catalogue.js'
import { writeSource } from '../wrong-builds/wrong-build.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true }).compile<RunResult>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

let kept: { readonly suite: Suite; readonly folder: string } | undefined

/** Of the NAT, written once. */
async function natSuite(): Promise<{ readonly suite: Suite; readonly folder: string }> {
  if (kept !== undefined) return kept
  const folder = join(temporary(), 'suite')
  const suite = await suiteOf('nat')
  writeSuite(suite, folder)
  kept = { suite, folder }
  return kept
}

test.serial('a right network function passes its suite: exit code 0, and a whole run folder', async (t) => {
  const { folder } = await natSuite()
  const cwd = temporary()
  const { code, stdout, stderr } = await vigil(['conform', 'nat', '--suite', folder, '--out', 'run', '--json'], cwd)
  t.is(code, 0, stderr)
  const result: unknown = JSON.parse(stdout)
  t.true(validate(result), JSON.stringify(validate.errors))
  t.deepEqual(readdirSync(join(cwd, 'run')).sort(), ['junit.xml', 'report.html', 'result.json', 'violations.pcapng'])
})

test.serial('of a suite that was cut when it was derived, the result says so', async (t) => {
  const whole = await conform({ nf: 'nop' })
  t.is(whole.conform?.isComplete, true)
  const cut = await conform({ nf: 'nop', budget: 0 })
  t.is(cut.conform?.isComplete, false)
  t.true((cut.conform?.coverage?.sides.notFound ?? 0) > 0)
})

test.serial('a wrong one fails; the smallest sequence that shows it is kept, and fails again', async (t) => {
  const { suite } = await natSuite()
  const cwd = temporary()
  const wrong = catalogue.nat?.find(({ name }) => name === 'expires-one-nanosecond-early')
  if (wrong === undefined) throw new Error('there is no such wrong build')
  const binary = writeSource(cwd, 'nat', wrong)
  // Up to the first case that fails: each that does is made small and looked into.
  const under = { nf: await loadNf('nat', { binary, config: suite.config }), spec: await loadSpec(suite.spec.file) }
  const first = suite.cases.findIndex(
    ({ name, packets }) => runCase(under, name, timed(packets)).violation !== undefined,
  )
  const folder = join(cwd, 'suite')
  writeSuite({ ...suite, cases: suite.cases.slice(0, first + 1) }, folder)
  const { code, stdout, stderr } = await vigilHere(
    ['conform', 'nat', '--suite', folder, '--binary', binary, '--out', 'run', '--json'],
    cwd,
  )
  t.is(code, 1, stderr)
  const result: RunResult = JSON.parse(stdout)
  t.true(validate(result), JSON.stringify(validate.errors))
  t.is(result.conform?.failing.length, 1)
  const [failing] = result.conform?.failing ?? []
  t.true((failing?.packets ?? 9) <= 2)
  t.regex(stderr, /vigil conform nat --case run\/case-\S+\.yaml --config maxFlows=2 --binary/)
  const again = ['conform', 'nat', '--case', join('run', failing?.file ?? ''), '--config', 'maxFlows=2']
  t.is((await vigilHere([...again, '--binary', binary], cwd)).code, 1)
  t.is((await vigilHere(again, cwd)).code, 0)
})

/** One of each kind of mistake. */
const CAUGHT: Readonly<Record<string, readonly string[]>> = {
  nat: [
    'peer-address-not-compared',
    'full-table-passes-untranslated',
    'expires-one-nanosecond-late',
    'udp-checksum-not-updated',
  ],
}

test.serial('known wrong builds of the NAT are found out', async (t) => {
  const { suite: nat } = await natSuite()
  const suites = { nat }
  const folder = temporary()
  for (const [nf, { cases, config, spec: of }] of Object.entries(suites)) {
    const spec = await loadSpec(of.file)
    // Every eighth first: neighbours are alike, so most builds are found out soon.
    const spread = cases.toSorted((a, b) => (cases.indexOf(b) % 8) - (cases.indexOf(a) % 8))
    const builds = CAUGHT[nf]?.flatMap((name) => catalogue[nf]?.filter((each) => each.name === name) ?? []) ?? []
    t.is(builds.length, CAUGHT[nf]?.length ?? 0)
    for (const wrong of builds) {
      const built = await loadNf(nf, { binary: writeSource(folder, nf, wrong), config })
      const caught = spread.some(
        ({ name, packets }) => runCase({ nf: built, spec }, name, timed(packets)).violation !== undefined,
      )
      t.true(caught, `${nf}: ${wrong.name}`)
    }
  }
})

test.serial(
  'a suite of another specification, of another network function or of none is refused in one line',
  async (t) => {
    const { suite: whole } = await natSuite()
    const suite = { ...whole, cases: whole.cases.slice(0, 2) }
    const folder = join(temporary(), 'suite')
    writeSuite(suite, folder)
    const other = await vigilHere(['conform', 'firewall', '--suite', folder])
    t.is(other.code, 2)
    t.regex(other.stderr, /is a suite of nat, not of firewall/)
    const old = join(temporary(), 'old')
    writeSuite({ ...suite, spec: { ...suite.spec, sha256: '0'.repeat(64) } }, old)
    const stale = await vigilHere(['conform', 'nat', '--suite', old])
    t.is(stale.code, 2)
    t.regex(stale.stderr, /was made of another specification of nat/)
    const none = await vigilHere(['conform', 'nat', '--suite', temporary()])
    t.is(none.code, 2)
    t.true([other, stale, none].every(({ stderr }) => isOneLine(stderr)))
  },
)

test.serial('what never lets a packet through is vacuous: exit code 4', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'), wasmThatDoes('drop'))
  const { code, stdout } = await vigilHere(['conform', 'mine'], cwd)
  t.is(code, 4)
  t.regex(stdout, /vacuous: no packet was forwarded/)
})

test.serial('a trap is a violation of its case, and the rest goes on', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('if (ingress === 0) return drop()\nreturn forward(0, packet)'), wasmThatDoes('trap'))
  const result = await conform({ nf: join(cwd, 'nfs', 'mine') })
  t.is(result.exitCode, 1)
  t.true((result.conform?.failed ?? 0) > 1)
  t.is(result.nfs[0]?.violations[0]?.kind, 'trap')
})

test.serial('a run that is interrupted ends with what was judged until then: exit code 4', async (t) => {
  const { suite } = await natSuite()
  const folder = join(temporary(), 'suite')
  writeSuite({ ...suite, cases: suite.cases.slice(0, 64) }, folder)
  const interruption = new AbortController()
  const { exitCode, cause, nfs } = await conform({
    nf: 'nat',
    suite: folder,
    signal: interruption.signal,
    // A timer as a signal would be: heard only where the run lets it.
    onProgress: () => void setTimeout(() => interruption.abort()),
  })
  t.is(exitCode, 4)
  t.regex(cause ?? '', /interrupted/)
  const packets = suite.cases.slice(0, 64).flatMap((each) => timed(each.packets)).length
  const { packetsChecked = 0 } = nfs[0] ?? {}
  t.true(packetsChecked > 0 && packetsChecked < packets)
})

test.serial('a broken case is refused', async (t) => {
  const cwd = temporary()
  writeFileSync(join(cwd, 'case.yaml'), 'name: x\ntitle: x\nmeets: []\npackets: [{ wait: soon, port: 0, bytes: "" }]\n')
  const broken = await vigilHere(['conform', 'nop', '--case', 'case.yaml'], cwd)
  t.is(broken.code, 2)
  t.regex(broken.stderr, /packets\[0\]\.wait is not a duration/)
})

test.serial('a network function that does not come to an end fails its case, and no other is run', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return packet.length > 100 ? forward(1 - ingress, packet) : drop()'), wasmThatDoes('hang'))
  const result = await conform({ nf: join(cwd, 'nfs', 'mine'), patience: 500 })
  t.is(result.exitCode, 1)
  const [nf] = result.nfs
  t.true((nf?.ignored['in cases after one that did not come to an end'] ?? 0) > 0)
  t.is(nf?.packetsSent, (nf?.packetsChecked ?? 0) + sum(nf?.ignored ?? {}))
  t.is(result.nfs[0]?.violationCount, 1)
  t.like(result.nfs[0]?.violations[0], { kind: 'hang' })
  t.is(result.conform?.failing.length, 1)
})

test.serial('a specification that does not come to an end is refused', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'))
  const { spec, nf } = { spec: await loadSpec(join(cwd, 'nfs/mine/spec.ts')), nf: await loadNf(join(cwd, 'nfs/mine')) }
  const packets = timed([
    { wait: 0n, times: 1, port: 0, bytes: new Uint8Array(60), fills: [], note: undefined, line: 1 },
  ])
  t.is(runCase({ nf, spec }, 'one', packets, 2000).violation, undefined)
  const endless = join(temporary(), 'spec.ts')
  writeFileSync(
    endless,
    specOf(
      'let sum = 0\nfor (let i = 0; i < 100000000000; i++) sum += packet.length\nreturn sum === 7 ? forward(0, packet) : drop()',
    ),
  )
  const wrong = { nf, spec: await loadSpec(endless) }
  t.throws(() => runCase(wrong, 'one', packets, 500), { message: /^the specification did not come to an end/ })
})

test.serial('a case that is long, or whose process was asleep, is begun anew with more time', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'))
  const under = { spec: await loadSpec(join(cwd, 'nfs/mine/spec.ts')), nf: await loadNf(join(cwd, 'nfs/mine')) }
  let looks = 0
  /** Looking at its bytes takes a while; how many looks there were is told. */
  const slow = (wait: (look: number) => void) => ({
    now: 0n,
    port: 0,
    fills: [],
    get bytes() {
      looks++
      wait(looks)
      return new Uint8Array(60)
    },
  })
  const asleep = slow((look) => {
    if (look === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
  })
  t.like(runCase(under, 'asleep', [asleep], 1000), { sent: 1, violation: undefined })
  t.is(looks, 2)
  const busy = slow(() => {
    for (const end = performance.now() + 300; performance.now() < end; );
  })
  const ran = runCase(under, 'busy', [busy, busy, busy, busy, busy], 1000)
  t.like(ran, { sent: 5, violation: undefined })
  t.true(looks > 2 + 5)
})
