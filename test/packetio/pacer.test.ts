import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'

import {
  Burst,
  changeLink,
  clockOffset,
  Pacer,
  type PacerOptions,
  type PacketPort,
  waitForFrames,
} from '../../src/packetio/index.js'
import { temporary } from '../temporary.js'
import { rooted, slowPort, wire } from './rooted.js'

const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))

/** An experimental type (IEEE 802 clause 9.2), so that no stack takes a frame for its own. */
const HEADER = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]

const MILLISECOND = 1_000_000

function paced(t: ExecutionContext, ports: readonly PacketPort[], options: PacerOptions = {}): Pacer {
  const pacer = new Pacer(ports, options)
  t.teardown(() => pacer.stop())
  return pacer
}

/** A frame that carries a number. */
function push(pacer: Pacer, number: number, { port = 0, due = 0, length = 60 }): void {
  const bytes = pacer.frames[pacer.next]
  bytes?.set(HEADER)
  if (bytes !== undefined) new DataView(bytes.buffer, bytes.byteOffset).setUint32(14, number)
  pacer.push(length, port, due)
}

async function done(pacer: Pacer): Promise<void> {
  while (pacer.finished() < pacer.pushed) await sleep(1)
}

/** The numbers of frames, and when they arrived. */
function arrived(port: PacketPort, count: number, patience = 5000): { numbers: number[]; times: bigint[] } {
  const burst = new Burst(64, 2048)
  const numbers: number[] = []
  const times: bigint[] = []
  while (numbers.length < count && waitForFrames([port], patience) > 0) {
    const filled = port.receive(burst)
    for (let i = 0; i < filled; i++) {
      numbers.push(new DataView(burst.bytes.buffer).getUint32(burst.start(i) + 14))
      times.push(burst.time(i))
    }
  }
  return { numbers, times }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

for (const spin of [true, false]) {
  rooted(`frames of two ports leave in the order of the ring, and none before it is due (spin: ${spin})`, async (t) => {
    const [one, other] = [wire(t).ports, wire(t).ports]
    const frames = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -MILLISECOND, max: MILLISECOND })), {
      minLength: 1,
    })
    await fc.assert(
      fc.asyncProperty(frames, async (shapes) => {
        // Smaller than most lists of frames, so that the ring goes round.
        const pacer = new Pacer([one[0], other[0]], { slots: 8, spin })
        try {
          const start = pacer.now()
          const sent: number[] = []
          const look = (): void => {
            for (const from = pacer.finished(); sent.length < from; ) sent.push(pacer.sentAt(sent.length % pacer.slots))
          }
          for (const [number, [toOther, due]] of shapes.entries()) {
            while (pacer.room === 0) look()
            push(pacer, number, { port: Number(toOther), due: start + due })
            pacer.publish()
          }
          await done(pacer)
          look()
          const ways = [one, other].map((ports, port) => {
            const wanted = upTo(shapes.length).filter((i) => Number(shapes[i]?.[0]) === port)
            t.deepEqual(arrived(ports[1], wanted.length).numbers, wanted)
            return wanted.length
          })
          t.is(
            ways.reduce((a, b) => a + b),
            sent.length,
          )
          t.true(sent.every((time, i) => time >= Math.max(sent[i - 1] ?? 0, start + (shapes[i]?.[1] ?? 0))))
        } finally {
          pacer.stop()
        }
      }),
      { numRuns: 30 },
    )
  })
}

rooted('the next frame of another port is handed over after the one before it arrived', async (t) => {
  const [one, other] = [wire(t).ports, wire(t).ports]
  const pacer = paced(t, [one[0], other[0]])
  for (const number of upTo(200)) push(pacer, number, { port: number % 2 })
  pacer.publish()
  await done(pacer)
  const [even, odd] = [one, other].map((ports) => arrived(ports[1], 100).times)
  const times = upTo(200).map((number) => (number % 2 === 0 ? even : odd)?.[number >> 1] ?? 0n)
  t.true(times.every((time, i) => time >= (times[i - 1] ?? 0n)))
})

rooted('when a frame was sent and when it arrived are times of one clock, by the offset between theirs', async (t) => {
  const { ports } = wire(t)
  const pacer = paced(t, [ports[0]])
  const before = clockOffset()
  for (const number of upTo(100)) push(pacer, number, { due: pacer.now() + number * 10_000 })
  pacer.publish()
  await done(pacer)
  const { times } = arrived(ports[1], 100)
  const after = BigInt(Date.now() + 1) * 1_000_000n
  for (const [slot, time] of times.entries()) {
    t.true(time >= pacer.origin + BigInt(pacer.sentAt(slot)) + before)
  }
  t.true((times.at(-1) ?? 0n) <= after)
})

rooted('a late frame does not shift those behind it: each waits for its own time only', async (t) => {
  const { ports } = wire(t)
  const pacer = paced(t, [ports[0]])
  const start = pacer.now()
  // Were gaps slept one by one, the last would be due in hours.
  const hour = 3_600_000
  const dues = [-hour, 5, -hour, 10, 10, 20].map((due) => start + due * MILLISECOND)
  for (const [number, due] of dues.entries()) push(pacer, number, { due })
  pacer.publish()
  await done(pacer)
  const sent = dues.map((_, slot) => pacer.sentAt(slot))
  t.deepEqual(arrived(ports[1], dues.length).numbers, upTo(dues.length))
  t.true(dues.every((due, i) => (sent[i] ?? 0) >= due))
})

rooted('a frame that its port refuses is told with the reason, and those behind it are sent', async (t) => {
  const { ends, ports } = wire(t)
  const pacer = paced(t, [ports[0]])
  const lengths = [60, 1515, 60, 13, 60]
  for (const [number, length] of lengths.entries()) push(pacer, number, { length })
  pacer.publish()
  await done(pacer)
  t.deepEqual(
    lengths.map((_, slot) => pacer.errorOf(slot)),
    [undefined, 'EMSGSIZE', undefined, 'EINVAL', undefined],
  )
  t.deepEqual(arrived(ports[1], 3).numbers, [0, 2, 4])
  changeLink(ends[0].namespace, 'left', { isUp: false })
  for (const number of [5, 6]) push(pacer, number, {})
  pacer.publish()
  await done(pacer)
  t.deepEqual([pacer.errorOf(5), pacer.errorOf(6)], ['ENETDOWN', 'ENETDOWN'])
})

rooted(
  'frames that find a full queue are late, and none is dropped',
  async (t) => {
    const { ports, slow } = slowPort(t)
    const pacer = paced(t, [slow, ports[0]], { slots: 2048 })
    for (const number of upTo(2000)) push(pacer, number, { length: 1000 })
    pacer.publish()
    const seen = arrived(ports[1], 2000).numbers
    await done(pacer)
    // A busy machine may not come to read them in time: those are counted.
    t.is(seen.length + ports[1].counts().lost, 2000)
    t.true(seen.every((number, i) => number > (seen[i - 1] ?? -1)))
    t.true(upTo(2000).every((slot) => pacer.errorOf(slot) === undefined))
    // Those that the queue had no room for have the time at which it had.
    t.true(pacer.sentAt(1999) - pacer.sentAt(0) > 50 * MILLISECOND)
  },
  ['ip', 'tc', 'nsenter'],
)

rooted('a pacer that is stopped sends no more, and tells what it has not sent', async (t) => {
  const { ports } = wire(t)
  const pacer = paced(t, [ports[0]])
  const late = pacer.now() + 3_600_000 * MILLISECOND
  for (const [number, due] of [0, 0, late, 0].entries()) push(pacer, number, { due })
  pacer.publish()
  while (pacer.finished() < 2) await sleep(1)
  t.is(pacer.stop(), 2)
  t.is(pacer.finished(), 4)
  t.deepEqual(
    [0, 1, 2, 3].map((slot) => pacer.errorOf(slot)),
    [undefined, undefined, 'ECANCELED', 'ECANCELED'],
  )
  t.deepEqual(arrived(ports[1], 4, 200).numbers, [0, 1])
  t.is(pacer.stop(), 0)
  t.throws(() => pacer.publish(), { message: /the pacer was stopped/ })
})

rooted('a port that a pacer has is not sent on, closed or given to another until it is stopped', async (t) => {
  const { ports } = wire(t)
  const pacer = paced(t, [ports[0]])
  const busy = { message: /a pacer sends on the port: stop it first/ }
  const burst = new Burst(1, 60)
  burst.bytes.set(HEADER)
  burst.set(0, 0, 60)
  t.throws(() => ports[0].send(burst, 0, 1), busy)
  t.throws(() => ports[0].close(), busy)
  t.throws(() => new Pacer([ports[1], ports[0]]), busy)
  // What could not be started holds nothing.
  t.is(ports[1].send(burst, 0, 1), 1)
  t.is(waitForFrames([ports[0]], 5000), 1)
  t.is(ports[0].receive(burst), 1)
  pacer.stop()
  t.is(ports[0].send(burst, 0, 1), 1)
  ports[0].close()
  t.throws(() => new Pacer([ports[0]]), { message: /the port is closed/ })
})

rooted('what does not fit is said and not sent', async (t) => {
  const { ports } = wire(t)
  const pacer = paced(t, [ports[0]], { slots: 2, slotBytes: 100 })
  t.throws(() => pacer.push(101, 0, 0), { instanceOf: RangeError })
  push(pacer, 0, { port: 1 })
  t.throws(() => pacer.publish(), { instanceOf: RangeError, message: /outside of its pacer/ })
  push(pacer, 1, {})
  t.is(pacer.room, 0)
  t.throws(() => pacer.push(60, 0, 0), { instanceOf: RangeError })
  t.is(pacer.finished(), 0)
})

rooted('a process and a worker end while a pacer runs', (t) => {
  const script = join(temporary(), 'ends.mjs')
  writeFileSync(
    script,
    `import { createVeth, NetworkNamespace, openAfPacket, Pacer } from ${JSON.stringify(packetio)}
     import { isMainThread, Worker } from 'node:worker_threads'
     import { fileURLToPath } from 'node:url'
     const namespace = NetworkNamespace.create()
     createVeth({ namespace, name: 'a' }, { namespace, name: 'b' })
     const pacer = new Pacer([openAfPacket('a', { namespace })])
     for (let i = 0; i < 100; i++) pacer.push(60, 0, pacer.now() + i * 1e6)
     pacer.push(60, 0, 1e15)
     pacer.publish()
     if (isMainThread) {
       const worker = new Worker(fileURLToPath(import.meta.url))
       worker.on('exit', () => { console.log('over'); process.exit() })
     } else setTimeout(() => process.exit(), 10)`,
  )
  t.is(execFileSync(process.execPath, [script], { encoding: 'utf8' }), 'over\n')
})
