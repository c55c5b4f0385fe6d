import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { FakeDevice, frame, type Rig, rig } from './fake.js'

const single = 'title: x\nnodes: { a: { nf: f } }\ninputs: { left: a.0, right: a.1 }\n'

/** Two devices in a row; the link between them as given. */
const chain = (link: string): string => `title: x
nodes: { a: { nf: f }, b: { nf: f } }
links:
  - { from: a.1, to: b.0${link} }
inputs: { left: a.0, right: b.1 }
`

const across = (): FakeDevice => new FakeDevice(2, (_, port) => 1 << (1 - port))

function send({ simulator }: Rig, times: readonly (readonly [input: number, time: number])[]): void {
  for (const [i, [input, time]] of times.entries()) {
    simulator.send(input, frame(i), 0, 60, BigInt(time), i)
  }
  simulator.finish()
}

test('one device is judged frame by frame, in order, with the time and port of each', (t) => {
  const lab = rig(single, [across()])
  send(lab, [
    [0, 5],
    [1, 5],
    [0, 9],
  ])
  t.deepEqual(lab.judges[0]?.log, ['5 in 0 out 2 [0] 60', '5 in 1 out 1 [1] 60', '9 in 0 out 2 [2] 60'])
  t.deepEqual(lab.observer.left_, ['0 [0]', '1 [1]', '2 [2]'])
  t.deepEqual(lab.observer.gone_, [0, 1, 2])
  t.true(lab.simulator.counts.isDirect)
})

test('the clock does not go back: earlier times are moved up and counted', (t) => {
  for (const yaml of [single, chain('')]) {
    const lab = rig(yaml, yaml === single ? [across()] : [across(), across()])
    send(lab, [
      [0, 50],
      [0, 40],
      [0, 60],
    ])
    t.deepEqual(
      lab.judges[0]?.log.map((line) => line.split(' ')[0]),
      ['50', '50', '60'],
    )
    t.is(lab.simulator.counts.timesBack, 1)
  }
})

test('a frame that begins where 32 bits do not reach is refused, and not judged by other bytes', (t) => {
  const { simulator } = rig(single, [across()])
  t.throws(() => simulator.send(0, frame(1), 2 ** 32, 60, 1n, 0), { instanceOf: RangeError })
})

test('what is judged does not depend on the burst', (t) => {
  const run = (burst: number, sends: readonly (readonly [number, number])[]) => {
    let seen = 0
    // Drops, floods, forwards and nonsense, with a state of its own.
    const lab = rig(single, [new FakeDevice(2, () => [0, 3, 1, 2, -1][seen++ % 5] ?? 0)], { burst })
    send(lab, sends)
    return [lab.judges[0]?.log, lab.observer.left_, lab.observer.gone_, lab.nodes[0]?.violationCount]
  }
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1), fc.nat(20)), { maxLength: 200 }),
      fc.integer({ min: 2, max: 256 }),
      (sends, burst) => t.deepEqual(run(burst, sends), run(1, sends)),
    ),
    { numRuns: 50 },
  )
})

test('a trap is a violation of its packet; nothing after it is judged, whatever the burst', (t) => {
  for (const burst of [1, 3, 256]) {
    const lab = rig(
      single,
      [
        new FakeDevice(2, ([id]) => {
          if (id === 4) throw new Error('trap')
          return 2
        }),
      ],
      { burst },
    )
    send(
      lab,
      [...Array(9).keys()].map((time) => [0, time] as const),
    )
    const [node] = lab.nodes
    t.deepEqual([node?.sent, node?.ignoredAfterTrap, node?.violationCount, node?.trapped], [9, 4, 1, true])
    t.like(node?.violations[0], { summary: '4 in 0 trap: trapped [4]', trace: 'trace', packet: 5 })
    t.is(lab.judges[0]?.log.length, 5)
    t.is(lab.observer.gone_.length, 9)
  }
})

test('frames pass a chain both ways, at once where links are perfect', (t) => {
  const lab = rig(chain(''), [across(), across()])
  send(lab, [
    [0, 1],
    [1, 1],
  ])
  t.deepEqual(lab.judges[0]?.log, ['1 in 0 out 2 [0] 60', '1 in 1 out 1 [1] 60'])
  t.deepEqual(lab.judges[1]?.log, ['1 in 0 out 2 [0] 60', '1 in 1 out 1 [1] 60'])
  t.deepEqual(lab.observer.left_, ['0 [0]', '1 [1]'])
  t.deepEqual(lab.observer.gone_, [0, 1])
})

test('a delay holds every frame up by as much', (t) => {
  const lab = rig(chain(', delay: 10ns'), [across(), across()])
  send(lab, [
    [0, 1],
    [0, 4],
    [0, 30],
  ])
  t.deepEqual(
    lab.judges[1]?.log.map((line) => line.split(' ')[0]),
    ['11', '14', '40'],
  )
})

test('a lossy link loses about its share, a jittery one keeps order, a reordering one does not', (t) => {
  const run = (link: string, seed: number): Rig => {
    const lab = rig(chain(link), [across(), across()], { seed })
    send(
      lab,
      [...Array(250).keys()].map((i) => [0, i * 100] as const),
    )
    return lab
  }
  const ids = (lab: Rig): number[] => lab.judges[1]?.log.map((line) => Number(/\[(\d+)\]/.exec(line)?.[1])) ?? []
  const isSorted = (list: readonly number[]): boolean => list.every((id, i) => i === 0 || id > (list[i - 1] ?? 0))

  const lossy = run(', loss: 0.2', 1)
  t.is(ids(lossy).length + lossy.simulator.counts.lostOnLinks, 250)
  t.true(lossy.simulator.counts.lostOnLinks > 20 && lossy.simulator.counts.lostOnLinks < 90)
  t.is(lossy.observer.gone_.length, 250)
  t.deepEqual(ids(run(', loss: 0.2', 1)), ids(lossy))
  t.notDeepEqual(ids(run(', loss: 0.2', 2)), ids(lossy))

  const jittery = run(', delay: 10ns, jitter: 1us', 1)
  t.true(isSorted(ids(jittery)))
  t.is(ids(jittery).length, 250)

  const reordered = run(', reorder: { probability: 0.1, by: 350ns }', 1)
  t.false(isSorted(ids(reordered)))
  t.deepEqual(
    ids(reordered).toSorted((a, b) => a - b),
    [...Array(250).keys()],
  )
  t.true(reordered.simulator.counts.heldBackOnLinks > 5)
})

test('a flood travels every link and leaves several times, once gone', (t) => {
  const yaml = `title: x
nodes: { a: { nf: f }, b: { nf: f } }
links: [{ from: a.1, to: b.0 }]
inputs: { left: a.0 }
`
  const flood = (): FakeDevice => new FakeDevice(3, (_, port) => 7 & ~(1 << port))
  const lab = rig(yaml, [flood(), flood()])
  send(lab, [[0, 1]])
  t.deepEqual(lab.observer.left_, ['0 [0]', '0 [0]', '0 [0]'])
  t.deepEqual(lab.observer.gone_, [0])
})

test('frames that circulate for ever end the run with one clear line', (t) => {
  const yaml = `title: x
nodes: { a: { nf: f }, b: { nf: f } }
links: [{ from: a.1, to: b.0 }, { from: a.2, to: b.1 }]
inputs: { left: a.0 }
`
  const lab = rig(yaml, [
    new FakeDevice(3, (_, port) => 7 & ~(1 << port)),
    new FakeDevice(2, (_, port) => 3 & ~(1 << port)),
  ])
  const error = t.throws(() => send(lab, [[0, 1]]), { instanceOf: InputError })
  t.regex(error.message, /frames .*under way.*loop/)
})

test('a port that the network function does not have is refused where the topology names it', (t) => {
  const error = t.throws(() => rig(single.replace('a.1', 'a.7'), [across()]), { instanceOf: InputError })
  t.is(error.message, "rig.yaml:3: 'node0' has no port 7 (its ports are 0 to 1)")
})
