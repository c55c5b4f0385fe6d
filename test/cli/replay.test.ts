import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import { openCapture } from '../../src/capture/index.js'
import type { NfResult, RunResult } from '../../src/result/index.js'
import { folder, mine, nothingLegal, specOf, wasmThatDoes } from './fixtures.js'
import { vigilHere } from './here.js'
import { interrupted, type Ran, shell, vigil } from './vigil.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true }).compile<RunResult<NfResult>>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

function resultOf(text: string): RunResult<NfResult> {
  const value: unknown = JSON.parse(text)
  if (validate(value)) return value
  throw new Error(JSON.stringify(validate.errors).slice(0, 500))
}

function latest(cwd: string): RunResult<NfResult> {
  return resultOf(readFileSync(join(cwd, 'reports', 'latest', 'result.json'), 'utf8'))
}

const bouncing = (cwd: string): Promise<Ran> => {
  writeFileSync(join(cwd, 'bounce.wasm'), wasmThatDoes('bounce'))
  return vigilHere(['replay', 'trace.pcap', '--nf', 'nop', '--binary', 'bounce.wasm'], cwd)
}

test.serial('a run that holds prints plan, verdict and report, and ends with exit code 0', async (t) => {
  const cwd = folder()
  const { code, stdout, stderr } = await vigil(['replay', 'trace.pcap', '--nf', 'nop'], cwd)
  t.deepEqual([code, stderr], [0, ''])
  t.true(stdout.indexOf('topology two-port') < stdout.indexOf('✓ holds  nop: all 100 judged packets as specified'))
  const [, report = ''] = /report: (\S+)/.exec(stdout) ?? []
  t.true(existsSync(join(cwd, report)))
  const result = latest(cwd)
  t.like(result, { verdict: 'holds', exitCode: 0, command: ['vigil', 'replay', 'trace.pcap', '--nf', 'nop'] })
  t.deepEqual(readdirSync(join(cwd, 'reports', 'latest')).sort(), [
    'junit.xml',
    'report.html',
    'result.json',
    'violations.pcapng',
  ])
})

test.serial('--json prints the object of result.json alone, everything else on standard error', async (t) => {
  const cwd = folder()
  const { code, stdout, stderr } = await vigilHere(['replay', 'trace.pcap', '--nf', 'nop', '--json'], cwd)
  t.is(code, 0)
  t.is(stdout, readFileSync(join(cwd, 'reports', 'latest', 'result.json'), 'utf8'))
  t.is(resultOf(stdout).verdict, 'holds')
  t.regex(stderr, /topology two-port[\s\S]*✓ holds/)
})

test.serial('a wrong binary is a violation: exit code 1, told in the summary, written with comments', async (t) => {
  const cwd = folder()
  const { code, stdout } = await bouncing(cwd)
  t.is(code, 1)
  t.regex(stdout, /✗ violated {2}nop: 100 violations in 100 packets/)
  t.regex(stdout, /violation 1 of 100: .*packet 1 of trace\.pcap/)
  const capture = await openCapture(join(cwd, 'reports', 'latest', 'violations.pcapng'))
  const comments: string[] = []
  for await (const batch of capture.batches()) {
    for (let i = 0; i < batch.count; i++) comments.push(batch.comment(i) ?? '')
  }
  t.is(comments.length, 300)
  t.regex(comments[0] ?? '', /^violation 1 of 100: INPUT, packet 1 of trace\.pcap/)
  t.regex(comments[1] ?? '', /EXPECTED: /)
  t.regex(comments[2] ?? '', /ACTUAL: /)
})

for (const what of ['sink', 'trap'] as const) {
  test.serial(`a binary that does this with every packet is a violation: ${what}`, async (t) => {
    const cwd = folder()
    writeFileSync(join(cwd, 'wrong.wasm'), wasmThatDoes(what))
    const { code, stderr } = await vigilHere(['replay', 'trace.pcap', '--nf', 'nop', '--binary', 'wrong.wasm'], cwd)
    t.deepEqual([code, stderr], [1, ''])
    const [nf] = latest(cwd).nfs
    t.is(nf?.violations[0]?.kind, what === 'trap' ? 'trap' : 'bad verdict')
  })
}

test.serial('a run that forwards nothing is vacuous: exit code 4, and says why', async (t) => {
  const cwd = folder()
  nothingLegal(join(cwd, 'empty.pcap'))
  const { code, stdout } = await vigilHere(['replay', 'empty.pcap', '--nf', 'nat'], cwd)
  t.is(code, 4)
  t.regex(stdout, /\? undecided {2}Undecided: vacuous: no packet was forwarded: 20 of 20 dropped by line \d+/)
  t.regex(latest(cwd).cause ?? '', /^vacuous: /)
})

test.serial('standard input is a trace, and gzip does not matter', async (t) => {
  const cwd = folder()
  const { code, stdout } = await shell('gzip -c trace.pcap | vigil replay - --nf nop', cwd)
  t.is(code, 0)
  t.regex(stdout, /all 100 judged packets/)
})

test.serial('--out takes the results, and reports/latest is not made', async (t) => {
  const cwd = folder()
  const { code, stdout } = await vigilHere(['replay', 'trace.pcap', '--nf', 'nop', '--out', 'mine'], cwd)
  t.is(code, 0)
  t.regex(stdout, /report: mine\/report\.html/)
  t.false(existsSync(join(cwd, 'reports')))
})

test.serial('--limit, --frames and --filter say what is sent, and every packet is accounted for', async (t) => {
  const cwd = folder()
  const words = [
    'replay',
    'trace.pcap',
    '--nf',
    'nop',
    '--frames',
    '1-80',
    '--filter',
    'tcp',
    '--limit',
    '20',
    '--json',
  ]
  const [trace] = resultOf((await vigilHere(words, cwd)).stdout).replay?.traces ?? []
  t.is(trace?.packetsSent, 20)
  const skipped = Object.values(trace?.skipped ?? {}).reduce((sum, packets) => sum + packets, 0)
  t.is(20 + skipped, trace?.packetsRead ?? -1)
})

test.serial('the same seed gives the same result, but for times', async (t) => {
  const cwd = folder()
  const run = async () => {
    const { stdout } = await vigilHere(
      ['replay', 'trace.pcap', '--nf', 'nat', '--loop', '3', '--seed', '9', '--json'],
      cwd,
    )
    const { startedAt: _startedAt, durationSeconds: _durationSeconds, ...rest } = resultOf(stdout)
    return rest
  }
  t.deepEqual(await run(), await run())
})

test.serial('Ctrl-C ends the run in order: undecided, cause interrupted, results so far kept', async (t) => {
  const cwd = folder(1000)
  const words = ['replay', 'trace.pcap', '--nf', 'nop', '--loop', '100000']
  const { code, stdout } = await interrupted(words, cwd, /trace\.pcap: 1000 frames/)
  t.is(code, 4)
  t.regex(stdout, /undecided {2}Undecided: interrupted after \d+ packets/)
  const result = latest(cwd)
  t.like(result, { verdict: 'undecided', exitCode: 4 })
  t.true((result.nfs[0]?.packetsChecked ?? 0) > 0)
})

test.serial('a network function of the working directory is found, with its own specification', async (t) => {
  const cwd = folder()
  mine(cwd, specOf('return forward(ingress, packet)'), wasmThatDoes('bounce'))
  const { code, stdout } = await vigilHere(['replay', 'trace.pcap', '--nf', 'mine'], cwd)
  t.is(code, 0, stdout)
  t.regex(stdout, /mine: all 100 judged packets as specified/)
})

test.serial('a chain of network functions has a result for each', async (t) => {
  const cwd = folder()
  const { code, stdout } = await vigilHere(['replay', 'trace.pcap', '--topology', 'chain-firewall-nat', '--json'], cwd)
  const result = resultOf(stdout)
  t.is(code, result.exitCode)
  t.deepEqual(result.nfs.map(({ nf }) => nf).sort(), ['firewall', 'nat'])
})
