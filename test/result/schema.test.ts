import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import test from 'ava'

import { environment, type RunResult } from '../../src/result/index.js'
import { networkResult, sampleNf, sampleResult, violatedResult } from './sample.js'
import { sampleStressed, stressedResult } from './stressed-sample.js'
import { proofResult, refutedNf, sampleVerified, undecidedNf, unfinishedNf } from './verified-sample.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true, strict: true }).compile<RunResult>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

const accepted: readonly (readonly [string, RunResult])[] = [
  ['that holds', sampleResult()],
  ['with violations', violatedResult()],
  ['that is undecided', sampleResult({ verdict: 'undecided', exitCode: 4, cause: 'vacuous: nothing was forwarded' })],
  ['with an error and nothing else', sampleResult({ verdict: 'error', exitCode: 2, cause: 'truncated', nfs: [] })],
  ['with counts of the network', networkResult({ 'lost on links': 3 })],
  ['of a proof', proofResult([sampleVerified(), undecidedNf])],
  ['with a counterexample', proofResult([refutedNf], { verdict: 'violated', exitCode: 1 })],
  [
    'of a proof that did not come to an end',
    proofResult([unfinishedNf], { verdict: 'error', exitCode: 2, cause: 'odd' }),
  ],
  ['of load tests', stressedResult()],
  ['with the environment of this machine', sampleResult({ environment: environment() })],
]
for (const [name, result] of accepted) {
  test(`the schema accepts a result ${name}`, (t) => {
    t.true(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors))
  })
}

const refused: readonly (readonly [string, object])[] = [
  ['an unknown verdict', { ...sampleResult(), verdict: 'fine' }],
  ['an exit code outside the table', { ...sampleResult(), exitCode: 5 }],
  ['a field that it does not know', { ...sampleResult(), mood: 'good' }],
  ['a negative count', sampleResult({ nfs: [sampleNf({ packetsSent: -1 })] })],
  ['a count of the network that is 0', networkResult({ 'lost on links': 0 })],
  ['an unknown verdict of a proof', { ...proofResult([]), nfs: [{ ...sampleVerified(), proof: 'likely' }] }],
  ['a network function of no kind', { ...proofResult([]), nfs: [{ ...sampleVerified(), kind: 'guessed' }] }],
  ['a load test of no profile', { ...proofResult([]), nfs: [{ ...sampleStressed(), profile: 'fast' }] }],
  ['a local time', { ...sampleResult(), startedAt: '2026-01-02T03:04:05+01:00' }],
]
for (const [name, result] of refused) {
  test(`the schema refuses ${name}`, (t) => {
    t.false(validate(JSON.parse(JSON.stringify(result))))
  })
}

test('every object of the schema names all its fields and allows no other', (t) => {
  // A field may be called `properties` too: the names of fields are no words of the schema.
  const visit = (node: unknown, path: string, isOfNames: boolean) => {
    if (typeof node !== 'object' || node === null) return
    if (!isOfNames && 'properties' in node) t.true('additionalProperties' in node && 'required' in node, path)
    for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`, !isOfNames && key === 'properties')
  }
  visit(schema, '', false)
})
