import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import test from 'ava'

import { junitXml } from '../../../src/result/index.js'
import { verifyLibvig } from '../../../src/verify/run/index.js'

test('a run says of each operation how it is held to its contract', async (t) => {
  const operations = ['time', 'vector_return', 'dchain_free_index', 'lpm_lookup_elem']
  const result = await verifyLibvig({ operations, capacity: 1, jobs: 1 })
  t.is(result.exitCode, 4)
  t.is(result.cause, 'lpm_lookup_elem: held to its contract by tests only')
  const told = result.libvig?.operations.map((each) => `${each.operation} ${each.verdict} ${each.heldBy}`)
  t.deepEqual(told, [
    'time proved small scope',
    'vector_return proved any capacity',
    'dchain_free_index proved small scope',
    'lpm_lookup_elem undecided tests',
  ])
  const validate = new Ajv({ strict: true }).compile(
    JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8')),
  )
  t.true(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors))
  t.regex(junitXml(result), /<testcase name="dchain_free_index"/)
})

test('what is asked for has to be there', async (t) => {
  await t.throwsAsync(verifyLibvig({ operations: ['map_peek'] }), { message: /no operation map_peek/ })
  await t.throwsAsync(verifyLibvig({ capacity: 9 }), { message: /a capacity of 9/ })
  await t.throwsAsync(verifyLibvig({ operations: ['time'], binary: 'nowhere.wasm' }), { message: /cannot be read/ })
})

test('a run that is interrupted says what was not reached', async (t) => {
  const result = await verifyLibvig({ operations: ['time'], signal: AbortSignal.abort() })
  t.is(result.exitCode, 4)
  t.is(result.cause, 'time: every argument: interrupted')
})
