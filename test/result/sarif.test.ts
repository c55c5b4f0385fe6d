import { Ajv } from 'ajv'
import test from 'ava'

import { type RunResult, sarif } from '../../src/result/index.js'
import { violatedResult } from './sample.js'
import { proofResult, refutedNf, sampleVerified, undecidedNf, unfinishedNf } from './verified-sample.js'

/** What SARIF 2.1.0 (OASIS, sections 3.13 to 3.28) demands of the properties that are used. */
const text = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } }
const location = {
  type: 'object',
  required: ['physicalLocation'],
  properties: {
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation'],
      properties: {
        artifactLocation: {
          type: 'object',
          required: ['uri'],
          properties: { uri: { type: 'string', pattern: '^[^\\s]+$' } },
        },
        region: {
          type: 'object',
          minProperties: 1,
          additionalProperties: false,
          properties: { startLine: { type: 'integer', minimum: 1 }, byteOffset: { type: 'integer', minimum: 0 } },
        },
      },
    },
  },
}
const result = {
  type: 'object',
  required: ['ruleId', 'level', 'message', 'locations'],
  properties: {
    ruleId: { type: 'string' },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message: text,
    locations: { type: 'array', items: location },
  },
}
const rule = { type: 'object', required: ['id'], properties: { id: { type: 'string' }, shortDescription: text } }
const driver = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, version: { type: 'string' }, rules: { type: 'array', items: rule } },
}
const invocation = {
  type: 'object',
  required: ['executionSuccessful'],
  properties: { executionSuccessful: { type: 'boolean' }, exitCode: { type: 'integer' } },
}
const run = {
  type: 'object',
  required: ['tool', 'results'],
  properties: {
    tool: { type: 'object', required: ['driver'], properties: { driver } },
    invocations: { type: 'array', items: invocation },
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    results: { type: 'array', items: result },
  },
}
const validate = new Ajv({ allErrors: true }).compile<Log>({
  type: 'object',
  required: ['version', 'runs'],
  properties: { version: { const: '2.1.0' }, $schema: { type: 'string' }, runs: { type: 'array', items: run } },
})

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
      readonly results: readonly {
        readonly ruleId: string
        readonly level: string
        readonly message: { readonly text: string }
        readonly locations: readonly unknown[]
      }[]
    },
  ]
}

function logOf(given: RunResult): Log {
  const log: unknown = JSON.parse(sarif(given))
  if (!validate(log)) throw new Error(JSON.stringify(validate.errors))
  return log
}

test('every kind of result gives a file that SARIF allows', (t) => {
  for (const given of [proofResult([sampleVerified(), refutedNf, undecidedNf, unfinishedNf]), violatedResult()]) {
    t.notThrows(() => logOf(given))
  }
})

test('a counterexample is an error at the last line of its way, with all that is told of it', (t) => {
  const [{ results }] = logOf(proofResult([refutedNf])).runs
  const [found] = results
  t.like(found, { ruleId: 'bytes', level: 'error' })
  t.regex(found?.message.text ?? '', /expected 198\.51\.100\.1, actual 198\.51\.100\.2/)
  t.deepEqual(found?.locations, [
    { physicalLocation: { artifactLocation: { uri: 'nfs/nat/nf.ts' }, region: { startLine: 40 } } },
  ])
})

test('what keeps something from being proved is a warning, at a line or a byte of the binary', (t) => {
  const [{ results }] = logOf(proofResult([undecidedNf])).runs
  t.deepEqual(
    results.map(({ ruleId, level }) => [ruleId, level]),
    [
      ['bytes', 'warning'],
      ['not followed', 'warning'],
    ],
  )
  t.true(JSON.stringify(results[1]?.locations).includes('"byteOffset":498'))
})

test('every rule that a result names is declared', (t) => {
  const [{ results, tool }] = logOf(proofResult([refutedNf, undecidedNf, unfinishedNf])).runs
  const ids = tool.driver.rules.map(({ id }) => id)
  for (const { ruleId } of results) t.true(ids.includes(ruleId), ruleId)
})

test('what is proved gives no result', (t) => {
  t.deepEqual(logOf(proofResult([sampleVerified()])).runs[0].results, [])
})
