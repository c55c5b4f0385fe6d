/**
 * One table in three structures, as Vigor's network functions keep it: a map from keys to indices, a vector whose cells begin
 * with the keys, and a chain of the indices in use with their times. Before a packet they are views of the entries of one
 * expiring map, which says their joint invariant and nothing else: has(k) implies that get(k) is in use and its cell begins
 * with k, and the other way round. After it they are read as one again, wherever they agree.
 */
import { less } from '../../domains/symbolic/counting.js'
import type { ExpiringMapBase, ExpiringMapUpdate } from '../../domains/symbolic/expiring-map-base.js'
import { IndexAllocatorBase } from '../../domains/symbolic/index-allocator-base.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import { MapBase } from '../../domains/symbolic/map.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { VectorBase } from '../../domains/symbolic/vector.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import { ChainState, ExpiringMapState, MapState, VectorState } from './states.js'
import type { Timeline } from './timeline.js'

/** The names of its structures, and the bits of a cell. */
export interface JointShape {
  readonly map: string
  readonly vector: string
  readonly chain: string
  readonly cellBits: number
}

/** Something that has to hold, so that the three may be taken for one before the next packet. */
export interface Coherence {
  readonly what: string
  readonly holds: Term
}

interface Parts {
  readonly map: MapState
  readonly vector: VectorState
  readonly chain: ChainState
}

export class JointState extends ExpiringMapState {
  readonly map: MapState
  readonly vector: VectorState
  readonly chain: ChainState
  /** What has expired of a copy that is looked at, since its parts were left. */
  #expired: readonly Integer[] = []

  constructor(entries: ExpiringMapBase, { map, vector, chain }: Parts) {
    super(entries)
    this.map = map
    this.vector = vector
    this.chain = chain
  }

  /** The three before a packet, over the same entries. */
  static before(
    entries: ExpiringMapBase,
    { map, vector, chain, cellBits }: JointShape,
    timeline: Timeline,
  ): JointState {
    const { scope, shape } = entries
    const { capacity, keyBits } = shape
    const made = {
      map: new MapState(new MapBase(scope, { name: map, capacity, keyBits }, entries), timeline),
      vector: new VectorState(new VectorBase(scope, { name: vector, capacity, valueBits: cellBits }, entries)),
      chain: new ChainState(new IndexAllocatorBase(scope, { name: chain, capacity }, entries)),
    }
    for (const part of Object.values(made)) timeline.add(part)
    return new JointState(entries, made)
  }

  /**
   * The same entries before the same packet, in the three structures of a second run on the same path. What is in cells
   * beside the keys in use need not be the same: that of free indices, and behind keys, where earlier packets may have left it.
   */
  static beside({ base, map, vector, chain }: JointState, timeline: Timeline): JointState {
    const { scope, shape } = vector.base
    const made = {
      map: new MapState(map.base, timeline),
      vector: new VectorState(new VectorBase(scope, { ...shape, name: `${shape.name}.second` }, base)),
      chain: new ChainState(chain.base),
    }
    for (const part of Object.values(made)) timeline.add(part)
    return new JointState(base, made)
  }

  /** What happened to the entries, as the chain tells it, oldest first. */
  override get updates(): readonly ExpiringMapUpdate[] {
    const expired = this.#expired.map((threshold) => ({ kind: 'expire', threshold }) as const)
    const before = this.chain.updates.map((update): ExpiringMapUpdate => {
      if (update.kind === 'allocate') {
        const { index: slot, time } = update
        return { kind: 'insert', slot, key: this.keyAt(this.base.slots.integer(slot)), time, value: undefined }
      }
      if (update.kind === 'refresh') return { kind: 'refresh', slot: update.index, time: update.time }
      return update.kind === 'free' ? { kind: 'erase', slot: update.index } : update
    })
    return [...before, ...expired]
  }

  override fork(): JointState {
    const copy = new JointState(this.base, { map: this.map, vector: this.vector, chain: this.chain })
    copy.#expired = this.#expired
    return copy
  }

  override mark(): () => void {
    throw new TypeError('its parts are marked')
  }

  override has(key: Term): Term {
    return this.#where(this.map.has(key), () => this.slotOf(key))
  }

  override slotOf(key: Term): Integer {
    return this.map.get(key)
  }

  override used(slot: Integer): Term {
    return this.#where(this.chain.used(slot), () => slot)
  }

  override keyAt(slot: Integer): Term {
    return this.map.keyIn(this.vector.get(slot))
  }

  override timeAt(slot: Integer): Integer {
    return this.chain.timeAt(slot)
  }

  override valueAt(): undefined {}

  override count(): Integer {
    const [threshold, ...others] = this.#expired
    const count = this.chain.count()
    if (threshold === undefined) return count
    if (others.length > 0)
      throw new Undecidable('how many are left of a table in several structures that expires twice')
    return less(this.base.scope.integers, count, this.chain.countBelow(threshold))
  }

  override countBelow(threshold: Integer): Integer {
    if (this.#expired.length > 0)
      throw new Undecidable('how many expire of a table in several structures that has expired')
    return this.chain.countBelow(threshold)
  }

  /** Of a copy: its parts, which it shares, stay as they are. */
  override expire(threshold: Integer): void {
    this.#expired = [...this.#expired, threshold]
  }

  /** Where the entry at a slot has not expired. */
  #where(holds: Term, slot: () => Integer): Term {
    const { path, integers } = this.base.scope
    const kept = this.#expired.map((threshold) => integers.le(threshold, this.timeAt(slot())))
    return path.terms.all([holds, ...kept])
  }

  /** At any key and at any index, so at every one. */
  coherence(): Coherence[] {
    const { scope, slots, shape } = this.base
    const { path, integers } = scope
    const { terms } = path
    const key = path.fresh(`${shape.name}.coherentKey`, bitVecSort(shape.keyBits))
    const bits = path.fresh(`${shape.name}.coherentIndex`, slots.sort)
    path.assume(slots.isBelowCapacity(bits))
    const index = slots.integer(bits)
    const at = this.slotOf(key)
    const isThere = terms.and(this.used(at), terms.eq(this.keyAt(at), key))
    const own = this.keyAt(index)
    const isBack = terms.and(this.has(own), integers.eq(this.slotOf(own), index))
    return [
      {
        what: 'the index of every key is in use, and its cell begins with the key',
        holds: terms.implies(this.has(key), isThere),
      },
      {
        what: 'the map has what the cell of every index in use begins with, at that index',
        holds: terms.implies(this.used(index), isBack),
      },
    ]
  }
}
