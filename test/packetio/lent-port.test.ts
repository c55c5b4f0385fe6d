import { Worker } from 'node:worker_threads'
import type { ExecutionContext } from 'ava'

import { Burst, lendPort, openDpdkRings, Pacer, startDpdk } from '../../src/packetio/index.js'
import { frameOf } from './frames.js'
import { polled, withDpdk } from './with-dpdk.js'

const index = new URL('../../src/packetio/index.js', import.meta.url).href

/** A thread that borrows a port, says so, and goes on with `body`. */
async function borrower(t: ExecutionContext, lent: unknown, body: string): Promise<Worker> {
  const text = `
    import { parentPort, workerData } from 'node:worker_threads'
    const { Burst, borrowPort, joinDpdk, waitForFrames } = await import(${JSON.stringify(index)})
    joinDpdk()
    const port = borrowPort(workerData)
    parentPort.postMessage('has it')
    ${body}`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`), { workerData: lent })
  t.teardown(() => worker.terminate())
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return worker
}

function ended(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('exit', resolve)
    worker.once('error', reject)
  })
}

function burstWith(frame: Uint8Array): Burst {
  const burst = new Burst(1, 2048)
  burst.bytes.set(frame)
  burst.set(0, 0, frame.length)
  return burst
}

/** Sends back what comes, so many frames. */
const echo = (count: number): string => `
  const burst = new Burst(32, 2048)
  for (let seen = 0; seen < ${count}; ) {
    waitForFrames([port], 10)
    const came = port.receive(burst)
    for (let sent = 0; sent < came; ) sent += port.send(burst, sent, came - sent)
    seen += came
  }`

withDpdk('a port is used by the thread that borrows it, and by none else until it is given back', async (t) => {
  startDpdk()
  const [one, other] = openDpdkRings('lent')
  const worker = await borrower(t, lendPort(other), `${echo(1)}\nport.close()`)
  const burst = burstWith(frameOf(80, 3))
  const away = { message: 'another thread uses the port' }
  t.throws(() => other.receive(burst), away)
  t.throws(() => other.send(burst, 0, 1), away)
  t.throws(() => other.counts(), away)
  t.throws(() => other.close(), away)
  t.throws(() => new Pacer([other]), away)
  t.is(one.send(burst, 0, 1), 1)
  t.deepEqual(polled(one, 1), [frameOf(80, 3)])
  t.is(await ended(worker), 0)
  t.like(other.counts(), { received: 1, sent: 1 })
  other.close()
  t.throws(() => other.receive(burst), { message: 'the port is closed' })
  one.close()
})

withDpdk('a thread that is ended gives its port back, and the next one has it', async (t) => {
  startDpdk()
  const [one, other] = openDpdkRings('given')
  const lent = lendPort(other)
  t.deepEqual(lendPort(other), lent)
  // Each leaves DPDK too.
  for (let i = 0; i < 3; i++) {
    const worker = await borrower(t, lent, 'for (;;) port.receive(new Burst(1, 2048))')
    await t.throwsAsync(borrower(t, lent, ''), { any: true, message: /the port is not to be had/ })
    await worker.terminate()
  }
  const worker = await borrower(t, lent, `${echo(300)}\nport.close()`)
  const burst = burstWith(frameOf(60, 1))
  for (let sent = 0; sent < 300; ) sent += one.send(burst, 0, 1)
  t.is(polled(one, 300).length, 300)
  t.is(await ended(worker), 0)
  other.close()
  await t.throwsAsync(borrower(t, lent, ''), { any: true, message: /the port is not to be had/ })
  one.close()
})
