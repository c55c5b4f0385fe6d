/** Real network functions that take their inputs in any order, at any time, that the ports allow. */
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { loadNf } from '../../../src/nf/index.js'
import { loadSpec, Oracle, UNDECIDED, VIOLATION } from '../../../src/oracle/index.js'
import { Random } from '../../../src/testbed/index.js'
import { ethernet } from '../../nfs/frames.js'
import { oneAtATime } from '../../nfs/one-at-a-time.js'
import { ready, type Subject, subjects } from '../recorded.js'
import { binary, type Device, departures, type Frame, isRight, type Outcome, taken, watch } from './simulated.js'

const START = 1_000_000

/** A run of frames, for a number. */
type Traffic = (seed: number) => readonly Frame[]

interface Rig {
  readonly ports: number
  readonly traffic: Traffic
  /** The one before is used no more. */
  device(): Device
  oracle(): Oracle
}

function subjectNamed(name: string): Subject {
  const subject = subjects.find((one) => one.name === name)
  if (subject === undefined) throw new Error(`no subject ${name}`)
  return subject
}

async function rigOf(name: string, frames: number): Promise<Rig> {
  const subject = subjectNamed(name)
  const { oracle } = await ready(subject)
  const nf = await loadNf(subject.nf, { config: subject.config, portCount: subject.ports })
  const traffic: Traffic = (seed) => {
    const [entering = []] = fc.sample(subject.traffic({ minLength: frames, maxLength: frames }), { numRuns: 1, seed })
    let sent = START
    return entering.map(({ ingress, wait, frame }) => {
      sent += wait
      return { ingress, sent, bytes: frame }
    })
  }
  const fresh = oneAtATime(nf)
  return { ports: subject.ports, traffic, oracle, device: () => binary(fresh()) }
}

/** Eight stations that speak to each other, and move now and then; some are heard by a second port for a moment. */
async function stationsRig(capacity: number, ageing: string, frames: number): Promise<Rig> {
  const nf = await loadNf('bridge', { config: { capacity, ageingTime: ageing }, portCount: 4 })
  const spec = await loadSpec('nfs/bridge/spec.ts')
  const fresh = oneAtATime(nf)
  const traffic: Traffic = (seed) => {
    const random = new Random(seed, 'stations')
    const home = Array.from({ length: 8 }, () => random.below(4))
    let sent = START
    return Array.from({ length: frames }, (_, i) => {
      sent += random.below(30)
      const from = random.below(8)
      const to = random.below(9)
      if (random.below(20) === 0) home[from] = random.below(4)
      const ingress = random.below(30) === 0 ? random.below(4) : (home[from] ?? 0)
      const dst = to === 8 ? 0xffffffffffff : 0x020000000001 + to
      const bytes = ethernet({ src: 0x020000000001 + from, dst, payload: [i >> 8, i & 255, 0, 0] })
      return { ingress, sent, bytes }
    })
  }
  return {
    ports: 4,
    traffic,
    oracle: () => new Oracle({ nf: 'bridge', instance: 'bridge', spec, config: nf.config }),
    device: () => binary(fresh()),
  }
}

/** Runs the traffic of a number; `spoil` makes of the device what it likes. */
function outcomeOf(rig: Rig, seed: number, slowest: number, spoil: (device: Device) => Device = (device) => device) {
  const random = new Random(seed, 'delays')
  const frames = rig.traffic(seed)
  const delays = { before: random.below(slowest + 1), after: random.below(2 * slowest + 1) }
  const order = taken(frames, delays, random)
  const left = departures(order, spoil(rig.device()), delays, random)
  const watching = { portCount: rig.ports, tellsPassed: seed % 2 === 0, patience: 1000 + 4 * slowest }
  return { frames, order, left, outcome: watch(rig.oracle(), frames, left, watching, random) }
}

function counts({ judged }: Outcome): { violations: number; undecided: number } {
  const all = [...judged.values()].flat()
  return {
    violations: all.filter((judgement) => judgement === VIOLATION).length,
    undecided: all.filter((judgement) => judgement === UNDECIDED).length,
  }
}

/** The inputs that an oracle finds in violation that is told in which order, and when, the device took them. */
function violationsKnowingTheOrder(rig: Rig, { order, left }: ReturnType<typeof outcomeOf>): number[] {
  const oracle = rig.oracle()
  return order.flatMap(({ tag, ingress, at, bytes }) => {
    const own = left.get(tag) ?? []
    const egress = own.reduce((set, { port }) => set | (1 << port), 0)
    const output = own[0]?.bytes ?? bytes
    const { length } = bytes
    const judgement = oracle.judge(ingress, BigInt(at), bytes, 0, length, egress, output, 0, output.length)
    return judgement === VIOLATION ? [tag] : []
  })
}

for (const [name, slowest] of [
  ['nat', 60],
  ['firewall', 60],
  ['policer, fast and small', 20],
  ['nop, frames of stations', 60],
  ['bridge, with VLANs', 10],
] as const) {
  test(`${name}: whatever order the device takes its inputs in, it is right`, async (t) => {
    const rig = await rigOf(name, 120)
    let [reordered, timesMoved] = [0, 0]
    for (let seed = 0; seed < 16; seed++) {
      const { frames, outcome } = outcomeOf(rig, seed, slowest)
      t.true(isRight(outcome, frames.length), `seed ${seed}: ${JSON.stringify(counts(outcome))}`)
      reordered += outcome.judge.reordered
      timesMoved += outcome.judge.timesMoved
      t.is(outcome.judge.waiting, 0)
    }
    t.log(`${reordered} in another order, ${timesMoved} at another time`)
    if (!name.startsWith('nop')) t.true(reordered + timesMoved > 0)
  })
}

async function neverInViolation(
  t: ExecutionContext,
  rig: Rig,
  seeds: readonly number[],
  slowest: number,
): Promise<void> {
  let undecided = 0
  for (const seed of seeds) {
    const { frames, outcome } = outcomeOf(rig, seed, slowest)
    const found = counts(outcome)
    t.is(found.violations, 0, `seed ${seed}`)
    t.is(outcome.judged.size, frames.length)
    undecided += found.undecided
  }
  t.log(`${undecided} undecided`)
  t.true(undecided <= seeds.length)
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

// In the last two, inputs are judged again when those they were concurrent with have final places.
test('stations that move while they are heard by two ports are never found in violation', async (t) => {
  await neverInViolation(t, await stationsRig(64, '400 ns', 200), [...upTo(25), 265, 356], 50)
})

test('a table that is full, in an order that does not show, leads to no violation', async (t) => {
  await neverInViolation(t, await stationsRig(4, '1000 ns', 200), upTo(25), 15)
})

test('backends that come and go while connections open are never found in violation', async (t) => {
  await neverInViolation(t, await rigOf('balancer, backends that share a port', 150), upTo(12), 15)
  await neverInViolation(t, await rigOf('balancer, a small table', 150), upTo(12), 8)
})

/** How a device does wrong: what it makes of what it should have done with one packet. */
type Fault = (right: ReturnType<Device>) => ReturnType<Device>

const faults: Readonly<Record<string, Fault>> = {
  'drops a frame': ({ bytes }) => ({ egress: 0, bytes }),
  'changes a byte': ({ egress, bytes }) => {
    const wrong = bytes.slice()
    wrong[5] = (wrong[5] ?? 0) ^ 1
    return { egress, bytes: wrong }
  },
  'sends a frame by another port': ({ egress, bytes }) => ({ egress: egress ^ 5, bytes }),
}

for (const name of ['nat', 'firewall', 'nop, frames of stations']) {
  for (const [what, fault] of Object.entries(faults)) {
    test(`${name}: a device that once ${what} is found out, and nothing else of it`, async (t) => {
      const rig = await rigOf(name, 100)
      let found = 0
      for (let seed = 0; seed < 12; seed++) {
        let wrong = -1
        const spoil =
          (device: Device): Device =>
          (one) => {
            const right = device(one)
            if (wrong !== -1 || one.tag < 30 || right.egress <= 0) return right
            wrong = one.tag
            return fault(right)
          }
        const run = outcomeOf(rig, seed, 5, spoil)
        const { judged } = run.outcome
        const violations = [...judged].filter(([, all]) => all.includes(VIOLATION)).map(([tag]) => tag)
        const known = violationsKnowingTheOrder(rig, run)
        // A dropped frame may be one that might have come before what lets it in.
        if (what === 'drops a frame')
          t.true(
            violations.every((tag) => known.includes(tag)),
            `seed ${seed}`,
          )
        else t.deepEqual(violations, known, `seed ${seed}`)
        if (violations.includes(wrong)) found += 1
      }
      t.log(`${found} found`)
      t.true(found >= 6)
    })
  }
}

test('a frame that leaves twice, or is let in though nobody asked, is found, and nothing else', async (t) => {
  const rig = await rigOf('firewall', 100)
  for (let seed = 0; seed < 12; seed++) {
    const random = new Random(seed, 'delays')
    const frames = rig.traffic(seed)
    const delays = { before: 5, after: 5 }
    const order = taken(frames, delays, random)
    const left = departures(order, rig.device(), delays, random)
    const [twice, own] = [...left].find(([tag, all]) => tag > 20 && all.length === 1) ?? [-1, []]
    const [last] = own
    if (last === undefined) continue
    const number = 1 + Math.max(...[...left.values()].flat().map((departure) => departure.number))
    left.set(twice, [...own, { ...last, at: last.at + 1, number }])
    const watching = { portCount: rig.ports, tellsPassed: true, patience: 1000 }
    const { judged } = watch(rig.oracle(), frames, left, watching, random)
    t.true(judged.get(twice)?.includes(VIOLATION), `seed ${seed}`)
    for (const [tag, all] of judged) if (tag !== twice) t.deepEqual(all, [0], `seed ${seed}, ${tag}`)
  }
})

test('a device that lets in what nobody asked for is found out', async (t) => {
  const rig = await rigOf('firewall', 100)
  let found = 0
  for (let seed = 0; seed < 12; seed++) {
    let wrong = -1
    const spoil =
      (device: Device): Device =>
      (one) => {
        const right = device(one)
        if (wrong !== -1 || one.tag < 20 || one.ingress !== 1 || right.egress !== 0 || one.bytes.length < 40)
          return right
        wrong = one.tag
        return { egress: 1, bytes: one.bytes }
      }
    const { outcome } = outcomeOf(rig, seed, 5, spoil)
    if (outcome.judged.get(wrong)?.includes(VIOLATION)) found += 1
    for (const [tag, all] of outcome.judged) if (tag !== wrong) t.deepEqual(all, [0], `seed ${seed}, ${tag}`)
  }
  t.true(found >= 10)
})
