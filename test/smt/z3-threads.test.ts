import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import test from 'ava'

import type { Reply, Request } from '../../src/smt/engine.js'
import { compiledZ3, z3Module } from '../../src/smt/z3-module.js'
import { forgetZ3Ahead, startZ3Ahead } from '../../src/smt/z3-thread.js'
import { BlockingZ3, ThreadedZ3 } from '../../src/smt/z3-threads.js'

/** So deep that Z3 is busy with it for minutes, and looks at no limit meanwhile. */
function endless(): string {
  const levels = 400_000
  const term = `${'(bvnot (bvadd x '.repeat(levels)}x${'))'.repeat(levels)}`
  return `(set-logic QF_BV)(declare-fun x () (_ BitVec 8))(set-option :timeout 100)(assert (= x ${term}))(check-sat)`
}

const simple = '(declare-fun p () Bool)(assert p)(check-sat)(get-value (p))'

const engines: [string, () => Promise<{ run(request: Request): Reply | Promise<Reply>; close(): Promise<void> }>][] = [
  ['by promise', () => ThreadedZ3.start()],
  ['blocking', () => BlockingZ3.start()],
]

for (const [how, start] of engines) {
  test(`an instance that does not come back is stopped and replaced, ${how}`, async (t) => {
    const engine = await start()
    t.teardown(() => engine.close())
    t.deepEqual(await engine.run({ fresh: true, script: endless(), patience: 1000 }), { kind: 'time' })
    t.like(await engine.run({ fresh: false, script: simple, patience: 10_000 }), { kind: 'died' })
    t.deepEqual(await engine.run({ fresh: true, script: simple, patience: 10_000 }), {
      kind: 'text',
      text: 'sat\n((p true))\n',
    })
    t.deepEqual(await engine.run({ fresh: false, script: '(check-sat)', patience: 10_000 }), {
      kind: 'text',
      text: 'sat\n',
    })
    t.deepEqual(await engine.run({ fresh: true, script: '(get-value (p))', patience: 10_000 }), {
      kind: 'text',
      text: '(error "line 1 column 13: unknown constant p")\n',
    })
  })
}

test('an answer that came while the asking thread was busy beyond its patience is heard', async (t) => {
  const engine = await ThreadedZ3.start()
  t.teardown(() => engine.close())
  // Not in the turn in which the port is read, where the answer would be read too.
  await new Promise((resolve) => setImmediate(resolve))
  const reply = engine.run({ fresh: true, script: simple, patience: 100 })
  const until = performance.now() + 2000
  while (performance.now() < until);
  t.deepEqual(await reply, { kind: 'text', text: 'sat\n((p true))\n' })
})

test.serial('Z3 is compiled once: what the first thread has compiled is there for all others', async (t) => {
  const first = await ThreadedZ3.start()
  await first.close()
  const code = compiledZ3()
  t.true(code instanceof WebAssembly.Module)
  t.true(z3Module() === code)
  const second = await ThreadedZ3.start()
  t.teardown(() => second.close())
  t.like(await second.run({ fresh: true, script: simple, patience: 10_000 }), { kind: 'text' })
  t.is(compiledZ3(), code)
})

test.serial('an instance that is started ahead is the one that the first who opens one has', async (t) => {
  for (const isForgotten of [false, true]) {
    startZ3Ahead()
    if (isForgotten) await forgetZ3Ahead()
    const engine = await BlockingZ3.start()
    t.like(engine.run({ fresh: true, script: simple, patience: 10_000 }), { kind: 'text' })
    await engine.close()
  }
})

for (const backend of ['z3-embedded', 'z3-inline']) {
  test(`a worker thread that explores asks and waits, by ${backend}, and the worker ends once it has closed`, async (t) => {
    const library = new URL('../../src/smt/index.js', import.meta.url).href
    const code = `
      import('${library}').then(async ({ Terms, openSyncSolver, bitVecSort }) => {
        const t = new Terms()
        const x = t.variable('x', bitVecSort(8))
        const solver = await openSyncSolver({ backends: ['${backend}'] })
        const answers = [5, 6].map((limit) => solver.check([t.ult(x, t.bv(limit, 8)), t.ugt(x, t.bv(4, 8))]).status)
        await solver.close()
        require('node:worker_threads').parentPort.postMessage(answers)
      })`
    const worker = new Worker(code, { eval: true })
    // Listened for from the start: the worker may have ended before its message is looked at.
    const exit = once(worker, 'exit')
    const [answers] = await once(worker, 'message')
    t.deepEqual(answers, ['unsat', 'sat'])
    const [exitCode] = await exit
    t.is(exitCode, 0)
  })
}
