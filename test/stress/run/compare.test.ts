import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { InputError } from '../../../src/errors.js'
import type { StressedNf } from '../../../src/result/index.js'
import { compareRuns } from '../../../src/stress/run/index.js'
import { vigilHere } from '../../cli/here.js'
import { isOneLine } from '../../cli/vigil.js'
import { sampleResult } from '../../result/sample.js'
import { sampleTest, stressedResult } from '../../result/stressed-sample.js'
import { temporary } from '../../temporary.js'

function saved(cwd: string, name: string, content: object): string {
  const folder = join(cwd, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'result.json'), JSON.stringify(content))
  return folder
}

/** A run whose throughput test has these values. */
function runOf(cwd: string, name: string, values: readonly number[], change: Partial<StressedNf> = {}): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const figures = [{ name: 'throughput', unit: 'frames/s', better: 'higher', values, mean } as const]
  return saved(cwd, name, stressedResult({ tests: [sampleTest({ limit: 'device', figures })], ...change }))
}

test('a difference beyond what repetitions differ by is better or worse, and one within it is none', (t) => {
  const cwd = temporary()
  const slow = runOf(cwd, 'slow', [1000, 1001, 999])
  const fast = runOf(cwd, 'fast', [2000, 2001, 1999])
  const wild = runOf(cwd, 'wild', [1000, 2000, 3000])
  const verdict = (one: string, other: string): string => compareRuns(one, other).figures[0]?.verdict ?? ''
  t.is(verdict(slow, fast), 'better')
  t.is(verdict(fast, slow), 'worse')
  t.is(verdict(slow, wild), 'indistinguishable')
  t.is(verdict(slow, join(slow, 'result.json')), 'indistinguishable')
  t.like(compareRuns(slow, fast).figures[0], { first: 1000, second: 2000, difference: 1000, isTesterLimited: false })
})

test('one repetition alone says nothing, and what the tester limits says so', (t) => {
  const cwd = temporary()
  const [one, other] = [runOf(cwd, 'one', [1000]), runOf(cwd, 'other', [2000, 2100])]
  t.is(compareRuns(one, other).figures[0]?.verdict, 'unknown')
  const limited = saved(cwd, 'limited', stressedResult())
  t.true(compareRuns(limited, limited).figures[0]?.isTesterLimited)
})

test('a difference that the tester made is none of the device', (t) => {
  const cwd = temporary()
  const run = (name: string, values: readonly number[], limit: 'tester' | 'device'): string => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const figures = [{ name: 'throughput', unit: 'frames/s', better: 'higher', values, mean } as const]
    return saved(cwd, name, stressedResult({ tests: [sampleTest({ limit, figures })] }))
  }
  const slow = run('slow', [1000, 1001], 'device')
  const slowLimited = run('slow-limited', [1000, 1001], 'tester')
  const fastLimited = run('fast-limited', [2000, 2001], 'tester')
  const verdict = (one: string, other: string): string => compareRuns(one, other).figures[0]?.verdict ?? ''
  // What is limited is at least as fast as its figure.
  t.is(verdict(slow, fastLimited), 'better')
  t.is(verdict(fastLimited, slow), 'worse')
  t.is(verdict(slowLimited, fastLimited), 'unknown')
  t.is(verdict(fastLimited, slowLimited), 'unknown')
})

test('what else differs is told', (t) => {
  const cwd = temporary()
  const one = runOf(cwd, 'one', [1, 2])
  const binary = { file: 'x.wasm', sha256: 'a'.repeat(64), libvigSha256: 'b'.repeat(64) }
  t.deepEqual(compareRuns(one, runOf(cwd, 'other', [1, 2], { binary })).notes, ['the runs have different binaries'])
  t.deepEqual(compareRuns(one, one).notes, [])
})

test.serial('the command has a line for each figure, or the same as JSON', async (t) => {
  const cwd = temporary()
  runOf(cwd, 'slow', [1000, 1001, 999])
  runOf(cwd, 'fast', [2000, 2001, 1999])
  const text = await vigilHere(['compare', 'slow', 'fast'], cwd)
  t.is(text.code, 0, text.stderr)
  t.regex(
    text.stdout,
    /^ {2}throughput {2}64 B {2}throughput {2}1,000\/s {2}2,000\/s {2}\+1,000\/s ± \d\/s {2}better$/m,
  )
  const json = await vigilHere(['compare', 'slow', 'fast', '--json'], cwd)
  t.deepEqual(JSON.parse(json.stdout), JSON.parse(JSON.stringify(compareRuns(join(cwd, 'slow'), join(cwd, 'fast')))))
})

test.serial('runs of something else, or of nothing, are refused in one line', async (t) => {
  const cwd = temporary()
  const one = runOf(cwd, 'one', [1, 2])
  const other = (name: string, change: Partial<StressedNf>): string => runOf(cwd, name, [1, 2], change)
  saved(cwd, 'replay', sampleResult())
  saved(cwd, 'odd', { tool: 'other' })
  writeFileSync(join(cwd, 'text.json'), 'no')
  const refused: readonly (readonly [string, RegExp])[] = [
    [other('nf', { nf: 'nop' }), /different network functions: nat, and nop/],
    [other('topology', { topology: 'x' }), /different topologies: two-port-veth, and x/],
    [
      other('tests', { tests: [sampleTest({ size: 128 })] }),
      /different tests and sizes: throughput 64, and throughput 128/,
    ],
    [other('flows', { flows: 5 }), /different numbers of flows: 1000, and 5/],
    [join(cwd, 'replay'), /replay\/result\.json: not a run of load tests/],
    [join(cwd, 'odd'), /odd\/result\.json: not the result of a run of this version/],
    [join(cwd, 'text.json'), /text\.json: is no JSON/],
    [join(cwd, 'nothing'), /nothing: cannot be read/],
  ]
  for (const [path, message] of refused) t.throws(() => compareRuns(one, path), { instanceOf: InputError, message })
  const { code, stderr } = await vigilHere(['compare', one, join(cwd, 'nothing')])
  t.is(code, 2)
  t.true(isOneLine(stderr))
})
