/** What `vigil verify` refutes is left as a conformance suite, which shows it again. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test, { type ExecutionContext } from 'ava'

import { readCase } from '../../src/derive/suite/case-file.js'
import { conformCase } from '../../src/verify/counterexample/conform-case.js'
import type { VerifyResult } from '../../src/verify/run/index.js'
import { rooted } from '../packetio/rooted.js'
import { sampleViolation } from '../result/sample.js'
import { temporary } from '../temporary.js'
import { catalogue } from '../wrong-builds/catalogue.js'
import { writeSource } from '../wrong-builds/wrong-build.js'
import { vigilHere } from './here.js'
import { shell } from './vigil.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/suite.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true }).compile<object>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

interface Refuted {
  readonly cwd: string
  /** As it was printed. */
  readonly command: string
}

let kept: Promise<Refuted> | undefined

/** A NAT that compares no addresses of peers, configured by a file, and refuted. */
function refuted(t: ExecutionContext): Promise<Refuted> {
  kept ??= refute(t)
  return kept
}

async function refute(t: ExecutionContext): Promise<Refuted> {
  const cwd = temporary()
  const build = catalogue.nat?.find(({ name }) => name === 'peer-address-not-compared')
  if (build === undefined) throw new Error('there is no such wrong build')
  const binary = writeSource(cwd, 'nat', build)
  writeFileSync(
    join(cwd, 'small.yaml'),
    'maxFlows: 2\nexpiration: 300ms\ndeviceMac: [02:00:00:00:00:0a, 02:00:00:00:00:0b]\n',
  )
  const words = ['verify', 'nat', '--binary', binary, '--config', 'small.yaml', '--jobs', '1', '--out', 'run']
  const { code, stdout, stderr } = await vigilHere(words, cwd)
  t.is(code, 1, stderr)
  const [, command = ''] = /as a conformance case:\n\s+(vigil conform .*)\n/.exec(stdout) ?? []
  t.regex(command, /^vigil conform nat --binary \S+ --suite run\/suite-nat$/)
  t.regex(readFileSync(join(cwd, 'run/report.html'), 'utf8'), /As a conformance case/)
  return { cwd, command }
}

test.serial('the packets are the one case of a suite, with their waits and the whole configuration', async (t) => {
  const { cwd } = await refuted(t)
  const folder = join(cwd, 'run/suite-nat')
  const suite: unknown = JSON.parse(readFileSync(join(folder, 'suite.json'), 'utf8'))
  t.true(validate(suite), JSON.stringify(validate.errors))
  t.like(suite, {
    nf: 'nat',
    config: ['maxFlows=2', 'expiration=300ms', 'deviceMac=02:00:00:00:00:0a,02:00:00:00:00:0b'],
    packets: 2,
  })
  const { packets } = readCase(readFileSync(join(folder, 'cases/counterexample.yaml'), 'utf8'), 'case')
  t.deepEqual(
    packets.map(({ port }) => port),
    [0, 1],
  )
  const result: VerifyResult = JSON.parse(readFileSync(join(cwd, 'run/result.json'), 'utf8'))
  const [nf] = result.nfs
  const times = nf?.kind === 'verified' ? nf.counterexamples[0]?.packets.map(({ time }) => BigInt(time)) : []
  const [first, second] = packets
  t.deepEqual([first?.wait, (first?.wait ?? 0n) + (second?.wait ?? 0n)], times)
  t.true(readFileSync(join(folder, 'cases/counterexample.pcapng')).length > 0)
})

test.serial('the printed command shows it again in the simulator, and the right binary passes', async (t) => {
  const { cwd, command } = await refuted(t)
  const again = await shell(`${command} --out again`, cwd)
  t.is(again.code, 1, again.stderr)
  t.regex(again.stdout, /1 case, 1 failed; configuration: maxFlows=2, expiration=300ms/)
  const right = await vigilHere(['conform', 'nat', '--suite', 'run/suite-nat'], cwd)
  t.is(right.code, 0, right.stdout + right.stderr)
})

rooted('the same on real ports', async (t) => {
  const { cwd, command } = await refuted(t)
  const real = `--topology two-port-veth`
  t.is((await shell(`${command} ${real} --out real`, cwd)).code, 1)
  const right = await vigilHere(`conform nat --suite run/suite-nat ${real}`.split(' '), cwd)
  t.is(right.code, 0, right.stdout + right.stderr)
})

test('what no case can show is said, and why', (t) => {
  const nf = { nf: 'nat', binary: undefined, config: [], portCount: 2 }
  const seen = (kind: 'memory' | 'bytes' | 'hang', breaksSpecification: boolean) =>
    conformCase({ violation: { ...sampleViolation, kind } }, nf, { suite: 'suite-nat', breaksSpecification })
  t.regex(JSON.stringify(seen('memory', true)), /"why":".* seen by the proof alone/)
  t.regex(JSON.stringify(seen('bytes', false)), /"why":".* break the property alone/)
  for (const kind of ['bytes', 'hang'] as const) {
    t.like(seen(kind, true), { command: ['vigil', 'conform', 'nat', '--suite', 'suite-nat'] })
  }
})

test.serial('Ctrl-C ends the search of a suite: what was found is written, and told to be cut', async (t) => {
  const cwd = temporary()
  const heard = process.listenerCount('SIGINT')
  const waiting = setInterval(() => {
    if (process.listenerCount('SIGINT') === heard) return
    clearInterval(waiting)
    process.emit('SIGINT')
  }, 1)
  const { code, stdout } = await vigilHere(['derive', 'nop', '-o', 'suite'], cwd)
  t.is(code, 4)
  t.regex(stdout, /the suite was cut before everything was tried/)
  t.regex(stdout, /not met: .*: not found before the search was interrupted/)
  const suite: unknown = JSON.parse(readFileSync(join(cwd, 'suite/suite.json'), 'utf8'))
  t.true(validate(suite), JSON.stringify(validate.errors))
  t.like(suite, { isComplete: false })
  t.is(process.listenerCount('SIGINT'), heard)
})
