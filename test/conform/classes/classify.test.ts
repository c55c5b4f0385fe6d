import test from 'ava'

import { classOf } from '../../../src/conform/classes/classify.js'
import { type MoveOptions, movedBy, movedTimes } from '../../../src/conform/classes/moved-times.js'
import type { TimedPacket } from '../../../src/conform/run-case.js'
import type { Violation } from '../../../src/result/index.js'

const violation: Violation = {
  nf: 'mine',
  instance: 'dut',
  kind: 'verdict',
  summary: '',
  time: '0',
  ingress: 0,
  expected: { text: 'drop', ports: [] },
  actual: { text: 'port 1', ports: [1] },
  input: '',
  differences: [],
}
const everyTime = { of: 3, same: 3, passed: 0 }
const found = { found: { packet: 2, by: -5n }, tried: 3, isWhole: true, band: 100n }
const none = { ...found, found: undefined }

test('what passes sometimes is timing on real ports, and depends on something else where time is virtual', (t) => {
  const runs = { of: 3, same: 2, passed: 1 }
  t.is(classOf({ violation, runs, isRealTime: true }).kind, 'timing')
  t.like(classOf({ violation, runs, isRealTime: false }), { kind: 'behaviour' })
  // What fails each time, if not alike, never passes.
  const unlike = classOf({ violation, runs: { of: 3, same: 1, passed: 0 }, isRealTime: true })
  t.is(unlike.kind, 'behaviour')
  t.regex(unlike.reason, /not always alike/)
})

test('an artefact goes before times, and neither is asked for what is wrong at any time', (t) => {
  const artefact = 'it was padded'
  t.deepEqual(classOf({ violation, runs: everyTime, isRealTime: true, artefact, moves: found }), {
    kind: 'wire artefact',
    reason: artefact,
  })
  t.is(classOf({ violation, runs: everyTime, isRealTime: true, moves: found }).kind, 'timing')
  const trap = { ...violation, kind: 'trap' as const }
  t.is(classOf({ violation: trap, runs: everyTime, isRealTime: true, artefact, moves: found }).kind, 'behaviour')
})

test('what was not tried is said', (t) => {
  const reason = (moves: typeof none | string | undefined): string =>
    classOf({ violation, runs: everyTime, isRealTime: true, ...(moves === undefined ? {} : { moves }) }).reason
  t.regex(reason(none), /moved in 3 ways, by up to 100 ns$/)
  t.regex(reason({ ...none, isWhole: false }), /and not all that there are were tried$/)
  t.regex(reason('there is a switch'), /its times were not moved: there is a switch$/)
  t.regex(reason(undefined), /its times were not moved$/)
})

function packets(...times: readonly bigint[]): readonly TimedPacket[] {
  return times.map((now) => ({ now, port: 0, bytes: new Uint8Array(), fills: [] }))
}

/** The way of the specification: whether the last packet comes within so long of the first. */
function within(life: bigint) {
  return { of: (all: readonly TimedPacket[]) => String((all.at(-1)?.now ?? 0n) - (all[0]?.now ?? 0n) <= life) }
}

const options: MoveOptions = { least: 1n, factor: 4n, band: 50n, gap: 0n, margin: 0n, mostTries: 99 }

test('a case is run at other times that lead the same way only, until it passes', async (t) => {
  const times: (bigint | undefined)[] = []
  const passes = (all: readonly TimedPacket[]): boolean => {
    times.push(all[1]?.now)
    return (all[1]?.now ?? 0n) <= 90n
  }
  t.like(await movedTimes(passes, packets(0n, 100n), within(100n), options), {
    found: { packet: 2, by: -16n },
    tried: 3,
  })
  t.deepEqual(times, [99n, 96n, 84n])
})

test('where no time nearby makes it right, each of its band is tried, and none that leads elsewhere', async (t) => {
  const moves = await movedTimes(() => false, packets(0n, 100n), within(100n), options)
  t.deepEqual(moves, { found: undefined, tried: 4, isWhole: true, band: 50n })
  const few = await movedTimes(() => false, packets(0n, 100n), within(100n), { ...options, mostTries: 2 })
  t.like(few, { tried: 2, isWhole: false })
  const wide = await movedTimes(() => false, packets(0n, 1000n), within(1000n), options)
  t.like(wide, { band: 100n })
  t.is(await movedTimes(() => true, packets(0n), within(1n), options), 'one packet alone shows it')
})

test('a time at which a little more leads elsewhere is none where time is real', async (t) => {
  const margin = 20n
  const all: (bigint | undefined)[] = []
  const passes = ([, second]: readonly TimedPacket[]): boolean => {
    all.push(second?.now)
    return false
  }
  await movedTimes(passes, packets(0n, 60n), within(100n), { ...options, least: 30n, margin })
  // 90 and 110 may be after 100.
  t.deepEqual(all, [30n, 10n])
})

test('no packet comes before the one before it', (t) => {
  t.is(movedBy(packets(0n, 10n), { packet: 2, by: -11n }), undefined)
  t.is(movedBy(packets(0n, 10n), { packet: 2, by: -5n }, 6n), undefined)
  t.deepEqual(
    movedBy(packets(0n, 10n, 20n), { packet: 2, by: 5n })?.map(({ now }) => now),
    [0n, 15n, 25n],
  )
})
