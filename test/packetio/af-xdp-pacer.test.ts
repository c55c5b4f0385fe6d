import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

import { Burst, Pacer, type PacketPort, waitForFrames } from '../../src/packetio/index.js'
import { temporary } from '../temporary.js'
import { burstOf, frameOf, ROOM } from './frames.js'
import { inside, openXdp, slowPort, withAfXdp, xdpWire } from './rooted.js'

const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))

const FRAMES = 100_000
/** A received frame begins 256 bytes into its buffer: were it that of a sent one, both would lie there. */
const LENGTH = 600
/** Where a frame says its number: in either part. */
const PLACES = [14, LENGTH - 4]
/** On their way at a time: fewer than a port's ring holds, and more than a veth's. */
const MOST = 2000

/** One way of a wire: numbered frames that a pacer sends by one port, and what the other receives of them. */
interface Way {
  readonly pacer: Pacer
  readonly to: PacketPort
  seen: number
  done: number
}

function way(t: ExecutionContext, from: PacketPort, to: PacketPort): Way {
  const pacer = new Pacer([from])
  t.teardown(() => pacer.stop())
  for (const bytes of pacer.frames) bytes.set(frameOf(LENGTH, 0))
  return { pacer, to, seen: 0, done: 0 }
}

function push({ pacer, seen }: Way): void {
  while (pacer.pushed < FRAMES && pacer.pushed - seen < MOST && pacer.room > 0) {
    const bytes = pacer.frames[pacer.next]
    if (bytes === undefined) return
    const words = new DataView(bytes.buffer, bytes.byteOffset)
    for (const place of PLACES) words.setUint32(place, pacer.pushed)
    pacer.push(LENGTH, 0, 0)
  }
  pacer.publish()
}

/** What is wrong with the frames that arrived, or were finished, since the last look. */
function look(each: Way, burst: Burst): string | undefined {
  const filled = each.to.receive(burst)
  const words = new DataView(burst.bytes.buffer)
  for (let i = 0; i < filled; i++, each.seen++) {
    const numbers = PLACES.map((place) => words.getUint32(burst.start(i) + place))
    if (burst.length(i) !== LENGTH || numbers.some((number) => number !== each.seen))
      return `${numbers.join(' and ')} arrived in place of ${each.seen}`
  }
  for (const finished = each.pacer.finished(); each.done < finished; each.done++) {
    const error = each.pacer.errorOf(each.done % each.pacer.slots)
    if (error !== undefined) return `${each.done} was not sent: ${error}`
  }
  return undefined
}

withAfXdp('pacers send 100,000 frames each way while as many are received by the same ports: all arrive', async (t) => {
  const { ports } = xdpWire(t)
  const ways = [way(t, ports[0], ports[1]), way(t, ports[1], ports[0])]
  const burst = new Burst(64, ROOM)
  while (ways.some(({ seen }) => seen < FRAMES)) {
    for (const each of ways) push(each)
    if (waitForFrames(ports, 5000) === 0) return t.fail(`${ways.map(({ seen }) => seen).join(' and ')} arrived`)
    for (const each of ways) {
      const wrong = look(each, burst)
      if (wrong !== undefined) return t.fail(wrong)
      const { sent, received } = each.to.counts()
      if (received !== each.seen || sent > FRAMES) return t.fail(`${received} received and ${sent} sent were counted`)
    }
  }
  while (ways.some(({ pacer }) => pacer.finished() < FRAMES)) await sleep(1)
  for (const { to } of ways) {
    const all = { sent: FRAMES, sentBytes: LENGTH * FRAMES, received: FRAMES, receivedBytes: LENGTH * FRAMES }
    t.deepEqual(to.counts(), { ...all, lost: 0, oversize: 0, refused: 0 })
  }
})

withAfXdp(
  'frames of a pacer that a full device drops are late, and none is lost, also while its port is waited for',
  (t) => {
    const { ends, ports, slow } = slowPort(t, openXdp)
    inside(ends[0].namespace, ...'tc qdisc change dev left root tbf rate 20mbit burst 16kb limit 32kb'.split(' '))
    const pacer = new Pacer([slow])
    t.teardown(() => pacer.stop())
    for (let i = 0; i < 2000; i++) {
      const frame = frameOf(1000, i & 255)
      frame[14] = i >> 8
      pacer.frames[pacer.next]?.set(frame)
      pacer.push(1000, 0, 0)
    }
    pacer.publish()
    const burst = new Burst(64, ROOM)
    const seen: number[] = []
    // A busy machine may not come to read them in time: those are counted.
    while (seen.length + ports[1].counts().lost < 2000) {
      if (waitForFrames([slow, ports[1]], 5000) === 0) return t.fail(`${seen.length} arrived`)
      const filled = ports[1].receive(burst)
      for (let i = 0; i < filled; i++) seen.push((burst.frame(i)[14] ?? 0) * 256 + (burst.frame(i)[15] ?? 0))
    }
    pacer.stop()
    t.true(seen.every((number, i) => number > (seen[i - 1] ?? -1)))
    t.like(slow.counts(), { sent: 2000, sentBytes: 2_000_000, refused: 0 })
    t.regex(inside(ends[0].namespace, 'tc', '-s', 'qdisc', 'show', 'dev', 'left'), /dropped [1-9]/)
  },
  ['ip', 'tc', 'nsenter'],
)

withAfXdp('a port that a pacer has is not sent on or closed until it is stopped', (t) => {
  const { ports } = xdpWire(t)
  const pacer = new Pacer([ports[0]])
  const busy = { message: /a pacer sends on the port: stop it first/ }
  t.throws(() => ports[0].send(burstOf([frameOf(60, 1)]), 0, 1), busy)
  t.throws(() => ports[0].close(), busy)
  pacer.stop()
  ports[0].close()
  t.throws(() => new Pacer([ports[0]]), { message: /the port is closed/ })
})

withAfXdp('a process and a worker end while a pacer sends by AF_XDP', (t) => {
  const script = join(temporary(), 'ends.mjs')
  writeFileSync(
    script,
    `import { createVeth, NetworkNamespace, openAfXdp, Pacer } from ${JSON.stringify(packetio)}
     import { isMainThread, Worker } from 'node:worker_threads'
     import { fileURLToPath } from 'node:url'
     const namespace = NetworkNamespace.create()
     createVeth({ namespace, name: 'a' }, { namespace, name: 'b' })
     const pacer = new Pacer([openAfXdp('a', { namespace })])
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
