import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test from 'ava'

import { startAhead, startTask } from '../../../src/verify/run/process.js'
import { temporary } from '../../temporary.js'

const file = fileURLToPath(new URL('../../../src/verify/run/process.js', import.meta.url))

/** Processes that were started with this in their environment. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)
    } catch {
      return false
    }
  })
}

test('a process that waits for its task takes the first, and the next task has one of its own', async (t) => {
  startAhead()
  startAhead()
  const task = { nf: temporary(), config: [], solvers: ['z3-embedded' as const] }
  const results = await Promise.all([startTask(task, () => {}).result, startTask(task, () => {}).result])
  for (const result of results) t.like(result, { kind: 'unfinished', verdict: 'error', exitCode: 2 })
})

test('a process whose task never comes ends with the one that started it', async (t) => {
  const mark = `MARK=${process.pid}-${Math.random()}`
  const script = join(temporary(), 'started.mjs')
  writeFileSync(
    script,
    `import { startAhead } from ${JSON.stringify(file)}; startAhead(); setTimeout(() => process.exit(3), 1500)`,
  )
  const [name = '', value] = mark.split('=')
  const ended = spawnSync(process.execPath, [script], {
    env: { ...process.env, [name]: value },
  })
  t.is(ended.status, 3, ended.stderr.toString())
  for (let i = 0; i < 100 && marked(mark).length > 0; i++) await pause(100)
  t.deepEqual(marked(mark), [])
})
