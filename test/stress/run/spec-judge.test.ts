/** Frames that real network functions let through, held to their specifications without any port. */
import test from 'ava'

import { loadNf } from '../../../src/nf/index.js'
import { loadSpec } from '../../../src/oracle/index.js'
import { answersTo } from '../../../src/stress/rig/answers.js'
import { type Flows, type Load, loadOf } from '../../../src/stress/rig/load.js'
import { Sample } from '../../../src/stress/rig/sample.js'
import { isApart, judgingOf, SpecJudge } from '../../../src/stress/run/spec-judge.js'
import { loadTopology } from '../../../src/testbed/index.js'

const SECOND = 1_000_000_000n

interface Change {
  /** Of the frame that comes out. */
  readonly bytes?: (bytes: Uint8Array) => void
  readonly isLost?: boolean
  /** Of one of its copies. */
  readonly copy?: (bytes: Uint8Array) => void
}

async function bench(name: string, topology: string, config: Readonly<Record<string, unknown>> = {}, flows = 12) {
  const loaded = loadTopology(topology)
  const nf = await loadNf(name, { config, ...(name === 'bridge' ? { portCount: 4 } : {}) })
  const spec = await loadSpec(nf.manifest.spec ?? '')
  const load = loadOf(nf, loaded, { version: 4, direction: 'both', size: 64, flows, seed: 1 })
  let device = nf.instantiate()
  let { heartbeats } = load
  const judge = new SpecJudge({ nf, spec, heartbeats: () => heartbeats })
  let now = 1_700_000_000n * SECOND
  /** One frame of each flow, and what comes out, at most `change`d. */
  const pass = (sample: Sample, flows: Flows, test: number, change: (flow: number) => Change = () => ({})) => {
    const { frames, ports } = flows
    const frame = new Uint8Array(frames.length)
    for (let flow = 0; flow < frames.flows; flow++) {
      now += 1000n
      frames.write(frame, flow, test, flow)
      device.setFrame(0, frame, 0, frame.length, ports[flow] ?? 0, now)
      device.run(1)
      const at = device.frameBuffer(0)
      const out = device.bytes.slice(at, at + frame.length)
      const { bytes, isLost, copy } = change(flow)
      bytes?.(out)
      for (let port = 0; port < nf.config.portCount; port++) {
        const isOut = device.verdict(0) > 0 && ((device.verdict(0) >> port) & 1) === 1
        if (isOut && isLost !== true) sample.take(flow, flow, port, now, out, 0, out.length)
        if (isOut) copy?.(out)
      }
    }
  }
  return {
    load,
    judge,
    wait(nanoseconds: bigint) {
      now += nanoseconds
    },
    restart() {
      device = nf.instantiate()
      judge.restart()
    },
    /** The heartbeats of the load, or the first of them alone from now on. */
    beat(hosts = heartbeats.length) {
      heartbeats = heartbeats.slice(0, hosts)
      for (const { bytes, port } of heartbeats) {
        device.setFrame(0, bytes, 0, bytes.length, port, now)
        device.run(1)
      }
    },
    learn(given: Load = load) {
      let wrong = 0
      for (const flows of given.learning) {
        const sample = judge.sampleOf(flows)
        if (sample === undefined) continue
        pass(sample, flows, 0)
        wrong += judge.learned(sample).wrong
      }
      return wrong
    },
    trial(flows: Flows = load, change?: (flow: number) => Change) {
      const sample = judge.sampleOf(flows)
      if (sample === undefined) return undefined
      pass(sample, flows, 7, change)
      return judge.judge(7, sample)
    },
    /** Answers to what comes out, as the tester makes them. */
    answers(): Load {
      const kept = {
        ports: new Int8Array(load.frames.flows).fill(-1),
        headers: new Uint8Array(load.frames.flows * load.frames.tagAt),
      }
      const sample = new Sample(load)
      pass(sample, load, 0)
      for (const { flow, egress, bytes } of sample.frames()) {
        kept.ports[flow] = 31 - Math.clz32(egress)
        kept.headers.set(bytes.subarray(0, load.frames.tagAt), flow * load.frames.tagAt)
      }
      const answers = answersTo(load, kept)
      if (answers === undefined) throw new Error('nothing came out')
      return answers
    },
  }
}

const benches = [
  ['nop', 'two-port-veth'],
  ['nat', 'two-port-veth'],
  ['firewall', 'two-port-veth'],
  ['bridge', 'four-port-bridge-veth'],
  ['balancer', 'balancer-three-backends-veth'],
] as const

for (const [name, topology] of benches) {
  test(`${name}: what it lets through is as specified, and one byte that is not is found`, async (t) => {
    const { learn, trial, beat, judge } = await bench(name, topology)
    beat()
    learn()
    t.deepEqual(trial(), { judged: 12, wrong: 0, undecided: 0 })
    const last = (bytes: Uint8Array) => {
      bytes[11] = (bytes[11] ?? 0) ^ 1
    }
    t.deepEqual(
      trial(undefined, (flow) => (flow === 5 ? { bytes: last } : {})),
      { judged: 12, wrong: 1, undecided: 0 },
    )
    t.is(judge.described.length, 1)
    t.regex(judge.described[0] ?? '', /^frame 5 of a trial, by port \d: ethernet.src should be/)
  })

  test(`${name}: a frame that does not come out is not called wrong, nor what comes after it`, async (t) => {
    const { learn, trial, beat } = await bench(name, topology)
    beat()
    learn()
    t.deepEqual(
      trial(undefined, (flow) => ({ isLost: flow % 3 === 0 })),
      { judged: 8, wrong: 0, undecided: 0 },
    )
    t.deepEqual(trial(), { judged: 12, wrong: 0, undecided: 0 })
  })
}

for (const name of ['nat', 'firewall']) {
  test(`${name}: answers are judged where the conversation was heard of, and only there`, async (t) => {
    const { answers, trial, judge, restart } = await bench(name, 'two-port-veth')
    const back = answers()
    t.deepEqual(trial(back), { judged: 0, wrong: 0, undecided: 0 })
    t.is(trial()?.judged, 12)
    t.deepEqual(trial(back), { judged: 12, wrong: 0, undecided: 0 })
    // A device that forgot its tables, of which the judge does not know, lets nothing through that it could call wrong.
    restart()
    t.deepEqual(trial(back), { judged: 0, wrong: 0, undecided: 0 })
    t.deepEqual(judge.described, [])
  })
}

test('a conversation that was silent for long is not judged any more, until the device starts anew', async (t) => {
  const { trial, wait, restart } = await bench('nat', 'two-port-veth', { expiration: '10 s' })
  t.is(trial()?.judged, 12)
  wait(4n * SECOND)
  t.is(trial()?.judged, 12)
  wait(6n * SECOND)
  t.is(trial()?.judged, 0)
  t.is(trial()?.judged, 0)
  restart()
  t.is(trial()?.judged, 12)
})

test('a device whose table may be full is not judged any more, until it starts anew', async (t) => {
  const { trial, restart } = await bench('nat', 'two-port-veth', { maxFlows: 12 })
  t.is(trial()?.judged, 12)
  const { load } = await bench('nat', 'two-port-veth', {}, 13)
  t.is(trial(load), undefined)
  t.is(trial(), undefined)
  restart()
  t.is(trial()?.judged, 12)
})

test('what a bridge does to the frames that it learns by is not judged: it may know the stations', async (t) => {
  const { learn, trial, judge } = await bench('bridge', 'four-port-bridge-veth')
  t.is(learn(), 0)
  // Only the judge begins anew.
  judge.restart()
  t.is(learn(), 0)
  t.deepEqual(trial(), { judged: 12, wrong: 0, undecided: 0 })
})

test('a flooded frame whose copies are not alike is wrong', async (t) => {
  const { load, learn, trial, judge } = await bench('bridge', 'four-port-bridge-veth')
  const [first] = load.learning
  if (first === undefined) return t.fail()
  // Nobody has heard of those whom these frames are for.
  learn({ ...load, learning: [first] })
  t.deepEqual(trial(first), { judged: 12, wrong: 0, undecided: 0 })
  const copy = (bytes: Uint8Array) => bytes.fill(7, 20)
  t.deepEqual(
    trial(first, (flow) => (flow === 5 ? { copy } : {})),
    { judged: 12, wrong: 1, undecided: 0 },
  )
  t.regex(judge.described[0] ?? '', /its copies are not alike/)
})

test('a bridge has an entry for each end, and what it has heard once counts until it starts anew', async (t) => {
  const wide = await bench('bridge', 'four-port-bridge-veth', { capacity: 24 })
  wide.learn()
  t.is(wide.trial()?.judged, 12)
  const narrow = await bench('bridge', 'four-port-bridge-veth', { capacity: 23 })
  t.is(narrow.trial(), undefined)
  const { load, trial, judge } = await bench('nat', 'two-port-veth', { maxFlows: 50 })
  t.is(judge.sampleOf({ ...load, conversations: { ...load.conversations, count: 51 } }), undefined)
  t.is(trial(), undefined)
})

test('a balancer is judged by the backends that are heard of at present', async (t) => {
  const { learn, trial, beat } = await bench('balancer', 'balancer-three-backends-veth')
  beat(2)
  t.is(learn(), 0)
  t.deepEqual(trial(), { judged: 12, wrong: 0, undecided: 0 })
})

test('of many conversations some 64 are kept, of all ports, and all their frames', async (t) => {
  // A multiple of 64 times the ports, where taking each so manyth would leave ports out.
  const count = 64 * 256
  const { load } = await bench('bridge', 'four-port-bridge-veth', {}, count)
  const sample = new Sample(load)
  const frame = new Uint8Array(load.frames.length)
  for (let sequence = 0; sequence < 3 * count; sequence++) {
    sample.take(sequence % count, sequence, 1, 1n, frame, 0, frame.length)
  }
  const frames = sample.frames()
  const flows = new Set(frames.map(({ flow }) => flow))
  t.true(flows.size > 32 && flows.size < 128, String(flows.size))
  t.is(frames.length, 3 * flows.size)
  t.is(new Set([...flows].map((flow) => load.ports[flow])).size, 4)
})

test('what was sent after the room for frames was used up is not judged', async (t) => {
  const { load } = await bench('nop', 'two-port-veth')
  const sample = new Sample(load)
  const frame = new Uint8Array(load.frames.length)
  const take = (sequence: number) => sample.take(sequence % 12, sequence, 1, 1n, frame, 0, 60)
  for (let sequence = 0; sequence < 16_383; sequence++) take(sequence)
  // One that overtook others has the last place.
  take(20_000)
  take(16_383)
  t.is(sample.frames().length, 16_383)
})

test('of a frame that came out by two ports both are told, and whether the copies are alike', async (t) => {
  const { load, judge } = await bench('nop', 'two-port-veth')
  const sample = new Sample(load)
  const frame = new Uint8Array(load.frames.length)
  load.frames.write(frame, 0, 7, 0)
  sample.take(0, 0, 1, 5n, frame, 0, frame.length)
  t.like(sample.frames()[0], { egress: 2, time: 5n, isMixed: false })
  sample.take(
    0,
    0,
    0,
    6n,
    frame.map((byte) => byte ^ 1),
    0,
    frame.length,
  )
  t.like(sample.frames()[0], { egress: 3, time: 5n, isMixed: true })
  t.like(judge.judge(7, sample), { judged: 1, wrong: 1 })
})

test('where nf.yaml does not say that conversations are apart, as for a policer, no frame is judged, which is said', async (t) => {
  const policer = await loadNf('policer')
  t.false(isApart(policer))
  t.regex(judgingOf(policer, true), /^no frame is held to the specification/)
  t.true(isApart(await loadNf('router')))
  // Like nat, in C.
  t.true(isApart(await loadNf('nat-c')))
  t.regex(judgingOf(await loadNf('nat'), true), /^of a share of the conversations/)
  t.regex(judgingOf(await loadNf('nat'), false), /^no frame is held to the specification/)
})
