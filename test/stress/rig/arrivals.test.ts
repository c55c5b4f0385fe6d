import test from 'ava'

import { Burst } from '../../../src/packetio/index.js'
import { TestFrames } from '../../../src/stress/frames.js'
import { answersTo, bothWays } from '../../../src/stress/rig/answers.js'
import { Arrivals } from '../../../src/stress/rig/arrivals.js'
import { FrameCheck } from '../../../src/stress/rig/frame-check.js'
import { type Load, straightLoad } from '../../../src/stress/rig/load.js'
import { SentTimes } from '../../../src/stress/rig/sent-times.js'

const ORIGIN = 1_700_000_000_000_000_000n
const TEST = 7

interface Arriving {
  readonly sequence: number
  readonly port?: number
  /** Nanoseconds since the origin. */
  readonly at?: number
  readonly test?: number
  readonly damage?: (bytes: Uint8Array) => void
}

function made(marked?: number): { times: SentTimes; arrivals: Arrivals; take(arriving: Arriving): void; load: Load } {
  const load: Load = {
    ...straightLoad({ version: 4, size: 80, flows: 3, seed: 1 }),
    tolerated: new Uint32Array(3).fill(1 << 2),
  }
  const times = new SentTimes()
  const options = { keeps: true, ...(marked === undefined ? {} : { marked }) }
  const arrivals = new Arrivals(load, TEST, times, ORIGIN, 4, options)
  const burst = new Burst(1, 256)
  const take = ({ sequence, port = 1, at = 0, test: id = TEST, damage }: Arriving): void => {
    const bytes = burst.bytes.subarray(0, load.frames.length)
    load.frames.write(bytes, sequence % 3, id, sequence)
    damage?.(bytes)
    burst.set(0, 0, load.frames.length)
    // The last eight bytes of what the addon writes of a frame.
    new BigInt64Array(burst.frames)[2] = ORIGIN + BigInt(at)
    arrivals.take(burst, Buffer.from(burst.bytes.buffer), 1, port)
  }
  return { times, arrivals, take, load }
}

test('frames are told apart by what became of them', (t) => {
  const { arrivals, take } = made()
  for (const sequence of [0, 1, 2, 5, 3]) take({ sequence })
  take({ sequence: 2 })
  // Flow 2 again, behind sequence 5.
  take({ sequence: 4, port: 0 })
  take({ sequence: 4, port: 2 })
  take({ sequence: 6, test: TEST + 1 })
  take({ sequence: 6, damage: (bytes) => bytes.fill(1, 70, 71) })
  take({ sequence: 6, damage: (bytes) => bytes.fill(0xee, 42, 44) })
  take({ sequence: 6, damage: (bytes) => bytes.fill(0) })
  t.deepEqual(arrivals.counts, {
    received: 5,
    duplicated: 1,
    outOfOrder: 0,
    misdirected: 1,
    flooded: 1,
    corrupt: 2,
    foreign: 2,
  })
  t.is(arrivals.lastMissing(6), 4)
  t.is(arrivals.lastMissing(4), undefined)
  t.deepEqual([...arrivals.byPort], [1, 10, 1, 0])
})

test('a frame behind a later one of its flow is out of order, and one behind another flow is not', (t) => {
  const { arrivals, take } = made()
  for (const sequence of [4, 0, 3, 1]) take({ sequence })
  t.is(arrivals.counts.outOfOrder, 1)
})

test('a latency is from sending to arriving, also of a frame that came before it was known when it was sent', (t) => {
  const { times, arrivals, take } = made(1)
  const [direction] = arrivals.directions
  times.set(0, 1000)
  take({ sequence: 0, at: 5000 })
  take({ sequence: 1, at: 9000 })
  t.is(direction?.latencies.count, 1)
  t.is(direction?.markedLatency, undefined)
  arrivals.settle()
  t.is(direction?.latencies.count, 1)
  times.set(1, 2500)
  arrivals.settle()
  arrivals.settle()
  t.is(direction?.latencies.count, 2)
  t.deepEqual([direction?.latencies.min, direction?.latencies.max, direction?.markedLatency], [4000, 6500, 6500])
})

test('when a frame was sent is known for the latest million', (t) => {
  const times = new SentTimes()
  times.set(5, 50)
  times.set(5 + 2 ** 20, 60)
  t.is(times.get(5), undefined)
  t.is(times.get(5 + 2 ** 20), 60)
  times.clear()
  t.is(times.get(5 + 2 ** 20), undefined)
})

test('a direction of answers is the same whichever of its ports something came out by in a trial', (t) => {
  const load = straightLoad({ version: 4, size: 80, flows: 2, seed: 1 })
  const spread = { ...load, right: Uint32Array.of(0b110, 0b110) }
  const headers = new Uint8Array(2 * load.frames.tagAt)
  const one = answersTo(spread, { ports: Int8Array.of(1, -1), headers })
  const both = answersTo(spread, { ports: Int8Array.of(1, 2), headers })
  t.deepEqual(one?.directions, [{ name: 'port 1, 2 to 0', ports: [1, 2] }])
  t.deepEqual(one?.directions, both?.directions)
})

test('answers go back from where flows came out, with right checksums, and flows that did not come out have none', (t) => {
  const { arrivals, take, load } = made()
  take({ sequence: 0 })
  take({ sequence: 2 })
  if (arrivals.kept === undefined) return t.fail()
  t.deepEqual([...arrivals.kept.ports], [1, -1, 1])
  const answers = answersTo(load, arrivals.kept)
  if (answers === undefined) return t.fail()
  t.deepEqual(
    [[...answers.ports], [...answers.right]],
    [
      [1, 1],
      [1, 1],
    ],
  )
  const check = new FrameCheck(answers.frames)
  const wanted = new TestFrames({ version: 4, size: 80, flows: 3, seed: 1, reverse: true })
  for (const [index, flow] of [0, 2].entries()) {
    const bytes = Buffer.alloc(answers.frames.length)
    answers.frames.write(bytes, index, 1, 9)
    t.true(check.isIntact(bytes, 0, bytes.length))
    const reverse = Buffer.alloc(wanted.length)
    wanted.write(reverse, flow, 1, 9)
    t.deepEqual(bytes.subarray(0, wanted.tagAt), reverse.subarray(0, wanted.tagAt))
  }
  t.is(answersTo(load, { ports: new Int8Array(3).fill(-1), headers: new Uint8Array() }), undefined)
})

for (const version of [4, 6] as const) {
  test(`two ways through a device are counted apart, over IPv${version}`, (t) => {
    const shape = { version, size: 100, flows: 3, seed: 1 }
    const load = bothWays(straightLoad(shape), straightLoad(shape, true))
    t.deepEqual([...load.ports], [0, 1, 0, 1, 0, 1])
    t.deepEqual([...load.right], [2, 1, 2, 1, 2, 1])
    t.is(load.ways, 2)
    const times = new SentTimes()
    const arrivals = new Arrivals(load, TEST, times, ORIGIN, 2, { marked: 2 })
    const burst = new Burst(1, 256)
    // Of the frames back, every second one is lost.
    for (const sequence of [0, 1, 2, 4, 5, 6]) {
      times.set(sequence, 1000 * sequence)
      load.frames.write(burst.bytes, sequence % load.frames.flows, TEST, sequence)
      burst.set(0, 0, load.frames.length)
      new BigInt64Array(burst.frames)[2] = ORIGIN + BigInt(1000 * sequence + 100 + (sequence % 2) * 50)
      arrivals.take(burst, Buffer.from(burst.bytes.buffer), 1, sequence % 2 === 0 ? 1 : 0)
    }
    t.like(arrivals.counts, { received: 6, misdirected: 0, corrupt: 0, outOfOrder: 0 })
    t.deepEqual(
      arrivals.directions.map(({ name, received, markedLatency, latencies }) => [
        name,
        received,
        markedLatency,
        latencies.count,
        latencies.max,
      ]),
      [
        ['port 0 to 1', 4, 100, 4, 100],
        ['port 1 to 0', 2, undefined, 2, 150],
      ],
    )
  })

  test(`answers over IPv${version} have source and destination exchanged, and right checksums`, (t) => {
    const shape = { version, size: 100, flows: 4, seed: 9 }
    const load = straightLoad(shape)
    const headers = new Uint8Array(4 * load.frames.tagAt)
    const bytes = Buffer.alloc(load.frames.length)
    for (let flow = 0; flow < 4; flow++) {
      load.frames.write(bytes, flow, TEST, flow)
      headers.set(bytes.subarray(0, load.frames.tagAt), flow * load.frames.tagAt)
    }
    const answers = answersTo(load, { ports: new Int8Array(4).fill(1), headers })
    const wanted = straightLoad(shape, true)
    const check = new FrameCheck(wanted.frames)
    const expected = Buffer.alloc(wanted.frames.length)
    for (let flow = 0; flow < 4; flow++) {
      answers?.frames.write(bytes, flow, TEST, flow)
      wanted.frames.write(expected, flow, TEST, flow)
      t.deepEqual(bytes, expected)
      t.true(check.isIntact(bytes, 0, bytes.length))
    }
  })
}
