import test from 'ava'
import fc from 'fast-check'

import { byteKeys, type ConcreteSorts } from '../../../src/contracts/concrete.js'
import { ConcreteExpiringMap } from '../../../src/domains/concrete/expiring-map.js'
import { SymbolicExpiringMap } from '../../../src/domains/symbolic/expiring-map.js'
import { ExpiringMapBase } from '../../../src/domains/symbolic/expiring-map-base.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import { bitVecSort, boolSort } from '../../../src/smt/index.js'
import { KnownPath } from './known-path.js'

type Key = ConcreteSorts['key']

/** What is done, with a number from which a slot, key or time is made that the update may have. */
interface Step {
  readonly kind: 'insert' | 'refresh' | 'setValue' | 'erase' | 'expire'
  readonly pick: number
  readonly key: number
  readonly time: bigint
  readonly value: number
  /** Arguments as variables, else as constants. */
  readonly isSymbolic: boolean
}

const CAPACITY = 5
const KEYS = 8
const LAST = 100n

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'refresh', 'setValue', 'erase', 'expire'),
  pick: fc.nat(1000),
  key: fc.nat(KEYS - 1),
  time: fc.bigInt({ min: 0n, max: 150n }),
  value: fc.nat(255),
  isSymbolic: fc.boolean(),
})

const byte = (value: number): Key => Uint8Array.of(value)

/** A concrete map with something in it. */
function startOf(steps: readonly Step[]): ConcreteExpiringMap<Key, Key> {
  const map = new ConcreteExpiringMap<Key, Key>(CAPACITY, byteKeys)
  for (const { kind, key, time, value, pick } of steps) {
    const free = [...map.freeSlots()]
    const slot = free[pick % Math.max(1, free.length)]
    if (kind === 'insert' && slot !== undefined && !map.has(byte(key))) {
      map.insert(slot, byte(key), time < LAST ? time : LAST, byte(value))
    }
  }
  return map
}

/** Gives the base functions the values of a concrete state; junk where it says nothing. */
function describe(path: KnownPath, map: ConcreteExpiringMap<Key, Key>): void {
  const { terms } = path
  const index = bitVecSort(3)
  for (let key = 0; key < 256; key++) {
    const term = terms.bv(key, 8)
    path.define('m.has', [term], boolSort, map.has(byte(key)))
    path.define('m.slot', [term], index, BigInt(map.has(byte(key)) ? map.slotOf(byte(key)) : key % 8))
  }
  for (let slot = 0; slot < 8; slot++) {
    const term = terms.bv(slot, 3)
    const used = slot < CAPACITY && map.used(slot)
    path.define('m.used', [term], boolSort, used)
    path.define('m.key', [term], bitVecSort(8), BigInt(used ? (map.keyAt(slot)[0] ?? 0) : 77))
    path.define('m.time', [term], bitVecSort(62), used ? map.timeAt(slot) : 5n)
    path.define('m.value', [term], bitVecSort(8), BigInt(used ? (map.valueAt(slot)[0] ?? 0) : 9))
  }
  path.variable('m.count', 3, BigInt(map.count()))
}

class Both {
  readonly path = new KnownPath()
  readonly integers = new Integers(this.path.terms)
  readonly concrete: ConcreteExpiringMap<Key, Key>
  readonly symbolic: SymbolicExpiringMap
  #names = 0

  constructor(start: ConcreteExpiringMap<Key, Key>) {
    const { path, integers } = this
    this.concrete = start
    describe(path, start)
    const shape = { name: 'm', capacity: integers.of(BigInt(CAPACITY)), keyBits: 8, valueBits: 8 }
    this.symbolic = new SymbolicExpiringMap(
      new ExpiringMapBase({ path, integers, last: integers.of(LAST) }, shape, 'arbitrary'),
    )
  }

  bits(value: number, isSymbolic: boolean) {
    const { path } = this
    return isSymbolic ? path.variable(`v${this.#names++}`, 8, BigInt(value)) : path.terms.bv(value, 8)
  }

  integer(value: bigint, isSymbolic: boolean): Integer {
    const { path, integers } = this
    if (!isSymbolic) return integers.of(value)
    return integers.unsigned(path.variable(`n${this.#names++}`, 10, value))
  }

  apply({ kind, pick, key, time, value, isSymbolic }: Step): void {
    const { concrete, symbolic } = this
    const used = [...concrete.slots()]
    const slot = used[pick % Math.max(1, used.length)]
    const at = (number: number) => this.integer(BigInt(number), isSymbolic)
    if (kind === 'insert') {
      const free = [...concrete.freeSlots()]
      const to = free[pick % Math.max(1, free.length)]
      if (to === undefined || concrete.has(byte(key))) return
      symbolic.insert(at(to), this.bits(key, isSymbolic), this.integer(time, isSymbolic), this.bits(value, isSymbolic))
      concrete.insert(to, byte(key), time, byte(value))
    } else if (kind === 'expire') {
      const threshold = this.integer(time, isSymbolic)
      this.expectKept(time, threshold)
      symbolic.expire(threshold)
      concrete.expire(time)
    } else if (slot !== undefined) {
      if (kind === 'refresh') symbolic.refresh(at(slot), this.integer(time, isSymbolic))
      if (kind === 'refresh') concrete.refresh(slot, time)
      if (kind === 'setValue') symbolic.setValue(at(slot), this.bits(value, isSymbolic))
      if (kind === 'setValue') concrete.setValue(slot, byte(value))
      if (kind === 'erase') symbolic.erase(at(slot))
      if (kind === 'erase') concrete.erase(slot)
    }
  }

  /** How many an expiry keeps is a function that the model has to know. */
  expectKept(threshold: bigint, given: Integer): void {
    const { path, symbolic, concrete } = this
    const kept = BigInt(concrete.count() - concrete.countBelow(threshold))
    const fork = symbolic.fork()
    fork.expire(given)
    const { symbol, args } = fork.count().term
    if (symbol?.name.startsWith('m.kept') !== true) return
    path.model.table(symbol).define(
      args.map((arg) => path.value(arg)),
      kept,
    )
  }
}

test('the log over a base answers as the concrete map does, whatever its arguments', (t) => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 8 }),
      fc.array(step, { maxLength: 7 }),
      fc.bigInt(0n, 150n),
      (start, steps, threshold) => {
        const both = new Both(startOf(start))
        const { path, integers, concrete, symbolic } = both
        for (const each of steps) both.apply(each)
        both.expectKept(threshold, integers.of(threshold))
        const number = ({ term, lo }: Integer) =>
          lo < 0n ? BigInt.asIntN(term.width, path.number(term)) : path.number(term)
        for (let key = 0; key < KEYS; key++) {
          const term = both.bits(key, key % 2 === 0)
          t.is(path.value(symbolic.has(term)), concrete.has(byte(key)))
          if (concrete.has(byte(key))) t.is(number(symbolic.slotOf(term)), BigInt(concrete.slotOf(byte(key))))
        }
        for (let slot = 0; slot < CAPACITY + 2; slot++) {
          const at = both.integer(BigInt(slot), slot % 2 === 0)
          const used = slot < CAPACITY && concrete.used(slot)
          t.is(path.value(symbolic.used(at)), used)
          if (!used) continue
          t.is(path.number(symbolic.keyAt(at)), BigInt(concrete.keyAt(slot)[0] ?? 0))
          t.is(number(symbolic.timeAt(at)), concrete.timeAt(slot))
          t.is(path.value(symbolic.valueAt(at) ?? path.terms.false), BigInt(concrete.valueAt(slot)[0] ?? 0))
        }
        t.is(path.value(symbolic.used(integers.of(-1n))), false)
        t.is(number(symbolic.count()), BigInt(concrete.count()))
        t.is(number(symbolic.countBelow(integers.of(threshold))), BigInt(concrete.countBelow(threshold)))
        // What is assumed of an arbitrary state is true of this one.
        for (const fact of path.assumed) t.is(path.value(fact), true)
      },
    ),
    { numRuns: 150 },
  )
})

test('two maps over one base with the same updates are the same terms', (t) => {
  const { path, integers, symbolic } = new Both(startOf([]))
  const other = symbolic.over()
  const [key, slot, now] = [path.variable('k', 8, 3n), integers.of(2n), integers.of(120n)]
  for (const map of [symbolic, other]) {
    map.expire(integers.of(50n))
    map.insert(slot, key, now, path.terms.bv(7, 8))
  }
  t.is(symbolic.has(path.terms.bv(4, 8)), other.has(path.terms.bv(4, 8)))
  t.is(symbolic.count().term, other.count().term)
  const fork = symbolic.fork()
  fork.erase(slot)
  t.is(symbolic.updates.length, 2)
  t.is(fork.updates.length, 3)
})
