/** Lock files: read as they are written, refused where they are none, and never believed. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'
import fc from 'fast-check'

import { openSyncSolver } from '../../../src/smt/index.js'
import { loadSubject, prove } from '../../../src/verify/index.js'
import { type Lock, lockText, readLock } from '../../../src/verify/lock/index.js'
import type { Candidate, Pair } from '../../../src/verify/pairing.js'
import { temporary } from '../../temporary.js'
import { gate } from '../gate.js'

function written(text: string): string {
  const file = join(temporary('lock'), 'verify.lock.yaml')
  writeFileSync(file, text)
  return file
}

const SIZES = { kind: 'expiring_map', sizes: [], origin: 'nf_init' } as const

function pairOf(fields: readonly string[], invariants: readonly Candidate[]): Pair {
  const keyLayout = {
    size: fields.length + 1,
    fields: new Map(fields.map((name, offset) => [name, { offset, size: 1, order: 'big' }] as const)),
    padding: new Map([[fields.length, 0]]),
  }
  return {
    state: 'flows',
    declaration: { kind: 'indexSet', capacity: 4 },
    structure: { name: 'expiring_map1', ...SIZES },
    keyLayout,
    ...(invariants.length === 0 ? {} : { candidates: invariants }),
  }
}

const names = fc.uniqueArray(fc.constantFrom('src', 'dst', 'port', 'on', 'no'), { minLength: 1 })
const invariants: fc.Arbitrary<Candidate[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('bits' as const),
      part: fc.constantFrom('key' as const, 'value' as const),
      offset: fc.nat(3),
      mask: fc.integer({ min: 1, max: 255 }),
      bits: fc.nat(255),
    }),
    fc.record({
      kind: fc.constant('never' as const),
      part: fc.constantFrom('key' as const, 'value' as const),
      field: fc.constantFrom('src', 'on'),
      value: fc.bigInt(0n, 1n << 70n),
    }),
    fc.record({
      kind: fc.constant('apart' as const),
      part: fc.constantFrom('key' as const, 'value' as const),
      field: fc.constantFrom('src', 'on'),
      parameter: fc.constantFrom('wan', 'lan'),
      bits: fc.integer({ min: 1, max: 32 }),
    }),
  ),
)

test('what is written is read again', (t) => {
  fc.assert(
    fc.property(names, invariants, fc.uniqueArray(fc.nat(1 << 20)), fc.uniqueArray(fc.nat(9)), (...given) => {
      const [fields, found, bytes, globals] = given
      const left = { bytes: new Set(bytes), globals: new Set(globals) }
      const pair = pairOf(fields, found)
      const lock = readLock(written(lockText([pair], left)))
      const state = lock?.states.get('flows')
      t.deepEqual(state?.key, pair.keyLayout)
      t.deepEqual(state?.invariants, found)
      t.deepEqual([...(lock?.left.bytes ?? [])].sort(), [...left.bytes].sort())
      t.deepEqual([...(lock?.left.globals ?? [])].sort(), [...left.globals].sort())
    }),
    { numRuns: 60 },
  )
})

test('what is no lock file is refused with the place', (t) => {
  const memory = 'memory: { bytes: [], globals: [] }\n'
  for (const [text, what] of [
    [`states: 7\n${memory}`, /lock\.yaml:1:9: a map/],
    [`states:\n  flows: { key: { size: 3 } }\n${memory}`, /lock\.yaml:2:10: it has no structure/],
    ['states: {}\nmemory: { bytes: [[9, 3]], globals: [] }\n', /lock\.yaml:2:19: the first and the last/],
    [`states:\n  a: { structure: x, invariants: [{ part: key, kind: odd }] }\n${memory}`, /lock\.yaml:2:.*no kind/],
  ] as const) {
    t.throws(() => readLock(written(text)), { message: what }, text)
  }
})

test('a lock is begun with, and where it is wrong all is found out anew', async (t) => {
  const solver = await openSyncSolver({ backends: ['z3-embedded'] })
  t.teardown(() => solver.close())
  const subject = await loadSubject(gate(t))
  const first = prove(subject, { solver })
  t.is(first.verdict, 'proved')
  t.false(first.isLocked)
  const left = first.explored.packets?.left ?? { bytes: new Set(), globals: new Set() }
  const lock = readLock(written(lockText(first.pairing, left)))
  if (lock === undefined) return t.fail()
  const again = prove(subject, { solver, lock })
  t.is(again.verdict, 'proved')
  t.true(again.isLocked)
  const anew = prove(subject, { solver, lock: turned(lock) })
  t.is(anew.verdict, 'proved')
  t.false(anew.isLocked)
})

/** The lock with the key's bytes in the other order. */
function turned(lock: Lock): Lock {
  const stations = lock.states.get('stations')
  const mac = stations?.key?.fields.get('mac')
  if (stations?.key === undefined || mac === undefined) throw new Error('no such field')
  const fields = new Map([['mac', { ...mac, order: mac.order === 'big' ? ('little' as const) : ('big' as const) }]])
  return { ...lock, states: new Map([['stations', { ...stations, key: { ...stations.key, fields } }]]) }
}
