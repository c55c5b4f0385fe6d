import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { resultText, writeRun } from '../../src/report/index.js'
import { sampleResult, sampleViolation, violatedResult } from '../result/sample.js'
import { temporary } from '../temporary.js'

test('a run folder holds the four files, and result.json is the result', (t) => {
  const root = temporary()
  const result = violatedResult()
  const path = writeRun(result, { verb: 'replay', root })
  t.deepEqual(readdirSync(path).sort(), ['junit.xml', 'report.html', 'result.json', 'violations.pcapng'])
  t.deepEqual(JSON.parse(readFileSync(join(path, 'result.json'), 'utf8')), JSON.parse(resultText(result)))
  t.true(existsSync(join(root, 'reports', 'latest', 'report.html')))
})

test('when one file cannot be made, no folder is left', (t) => {
  const root = temporary()
  const result = violatedResult([{ ...sampleViolation, time: 'noon' }])
  t.throws(() => writeRun(result, { verb: 'replay', root }))
  t.deepEqual(readdirSync(join(root, 'reports')), [])
})

test('a run without network functions is written too', (t) => {
  const path = writeRun(sampleResult({ nfs: [], verdict: 'error', exitCode: 2, cause: 'x' }), {
    verb: 'replay',
    root: temporary(),
  })
  t.regex(path, /-replay-run-/)
})
