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

test('a process that is at work and says nothing ends with the one that started it, its solvers too', async (t) => {
  const mark = `MARK=${process.pid}-${Math.random()}`
  const script = join(temporary(), 'busy.mjs')
  writeFileSync(
    script,
    `import { spawn } from 'node:child_process'
     import { endWithParent } from ${JSON.stringify(fileURLToPath(new URL('../../../src/end-with-parent.js', import.meta.url)))}
     endWithParent('group')
     spawn('sleep', ['600'], { stdio: 'ignore' })
     process.send('busy')
     setTimeout(() => { for (;;); }, 100)`,
  )
  const [name = '', value] = mark.split('=')
  const starter = join(temporary(), 'starter.mjs')
  writeFileSync(
    starter,
    `import { fork } from 'node:child_process'
     fork(${JSON.stringify(script)}, { detached: true }).on('message', () => process.kill(process.pid, 'SIGKILL'))`,
  )
  const ended = spawnSync(process.execPath, [starter], {
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  t.is(ended.signal, 'SIGKILL')
  const atWork = marked(mark)
  for (let i = 0; i < 100 && marked(mark).length > 0; i++) await pause(100)
  const left = marked(mark)
  for (const pid of left) process.kill(Number(pid), 'SIGKILL')
  t.deepEqual([atWork.length, left], [2, []])
})
