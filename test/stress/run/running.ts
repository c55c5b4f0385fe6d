/** Load tests that are quick, and what holds for the result of any of them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { ExecutionContext } from 'ava'

import type { RunResult, StressedNf, StressTest } from '../../../src/result/index.js'
import { type StressOptions, stress } from '../../../src/stress/run/index.js'
import { temporary } from '../../temporary.js'

/** So slow that any machine can, and so short that nobody waits. */
export const gentle = { topology: 'two-port-veth', sizes: [64], flows: 20, duration: 0.1, repeat: 1, rateCap: 2000 }

export function run(options: Partial<StressOptions> & Pick<StressOptions, 'tests'>): Promise<RunResult<StressedNf>> {
  return stress({ nf: 'nop', ...gentle, ...options })
}

export function testsOf({ nfs }: RunResult<StressedNf>): readonly StressTest[] {
  return nfs.flatMap(({ tests }) => tests)
}

/** A binary for the ports of `nop`: the body of `nf_process`. */
export function binaryOf(body: string): string {
  const file = join(temporary(), 'nf.ts')
  const head = 'export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32'
  writeFileSync(
    file,
    `let count = 0\nexport function nf_init(): i32 { return 1 }\n${head} {\n  count += 1\n${body}\n}\n`,
  )
  return file
}

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true, strict: true }).compile(
  typeof schema === 'object' && schema !== null ? schema : {},
)

export function isSane(t: ExecutionContext, result: RunResult<StressedNf>): void {
  for (const { trials, latency, name } of testsOf(result)) {
    t.true(trials.length > 0, name)
    for (const { sent, received, lost, testerLost } of trials) t.is(sent, received + lost + testerLost)
    const values = latency?.percentiles.map(({ value }) => value) ?? []
    const ordered = latency === undefined ? [] : [latency.min, ...values, latency.max]
    t.deepEqual(
      ordered,
      ordered.toSorted((a, b) => a - b),
    )
    const counted = latency?.buckets.reduce((sum, { count }) => sum + count, 0)
    t.is(counted, latency?.count)
  }
  t.true(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors))
}
