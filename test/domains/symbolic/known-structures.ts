/**
 * Structures whose contents are known: queries are terms over all of it, so that symbolic keys and slots take part in
 * the answer; updates are evaluated. What a specification read symbolically works on in tests without an explorer.
 */
import type { Choice, Choices } from '../../../src/domains/symbolic/choices.js'
import type { Frame } from '../../../src/domains/symbolic/frame.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import type { RingState } from '../../../src/domains/symbolic/ring.js'
import type { AllocatorState, MapState } from '../../../src/domains/symbolic/tables.js'
import { bitVecSort, type Term } from '../../../src/smt/index.js'
import type { EvaluatingPath } from './evaluating-path.js'

export interface Entry {
  readonly key: bigint
  readonly time: bigint
  readonly value: bigint
}

/** Entries by slot, kept from packet to packet. */
export type Contents = (Entry | undefined)[]

/** Time of last use by index. */
export type Times = (bigint | undefined)[]

class Known {
  protected readonly path: EvaluatingPath
  protected readonly integers: Integers

  constructor(path: EvaluatingPath) {
    this.path = path
    this.integers = new Integers(path.terms)
  }

  protected number(value: number | bigint): Integer {
    return this.integers.of(BigInt(value))
  }

  protected known(integer: Integer): bigint {
    const bits = this.path.bits(integer.term)
    return integer.lo < 0n ? BigInt.asIntN(integer.term.width, bits) : bits
  }
}

export class KnownMap extends Known implements MapState {
  readonly capacity: Integer
  readonly #contents: Contents
  readonly #keyBits: number
  readonly #valueBits: number

  constructor(path: EvaluatingPath, contents: Contents, keyBits: number, valueBits: number) {
    super(path)
    this.#contents = contents
    this.#keyBits = keyBits
    this.#valueBits = valueBits
    this.capacity = this.number(contents.length)
  }

  has(key: Term): Term {
    return this.path.terms.any(this.#entries().map(([, entry]) => this.#isKey(key, entry)))
  }

  slotOf(key: Term): Integer {
    return this.#entries().reduce(
      (found, [slot, entry]) => this.integers.select(this.#isKey(key, entry), this.number(slot), found),
      this.number(0),
    )
  }

  used(slot: Integer): Term {
    return this.path.terms.any(this.#entries().map(([at]) => this.integers.eq(slot, this.number(at))))
  }

  keyAt(slot: Integer): Term {
    return this.#at(slot, this.#keyBits, ({ key }) => key)
  }

  timeAt(slot: Integer): Integer {
    return this.integers.unsigned(this.#at(slot, 64, ({ time }) => time))
  }

  valueAt(slot: Integer): Term | undefined {
    return this.#valueBits === 0 ? undefined : this.#at(slot, this.#valueBits, ({ value }) => value)
  }

  count(): Integer {
    return this.number(this.#entries().length)
  }

  insert(slot: Integer, key: Term, time: Integer, value: Term | undefined): void {
    const entry = { key: this.path.bits(key), time: this.known(time), value: value ? this.path.bits(value) : 0n }
    this.#contents[Number(this.known(slot))] = entry
  }

  refresh(slot: Integer, time: Integer): void {
    this.#change(slot, { time: this.known(time) })
  }

  setValue(slot: Integer, value: Term | undefined): void {
    if (value !== undefined) this.#change(slot, { value: this.path.bits(value) })
  }

  erase(slot: Integer): void {
    this.#contents[Number(this.known(slot))] = undefined
  }

  expire(threshold: Integer): void {
    const limit = this.known(threshold)
    for (const [slot, { time }] of this.#entries()) if (time < limit) this.#contents[slot] = undefined
  }

  #entries(): (readonly [slot: number, entry: Entry])[] {
    return this.#contents.flatMap((entry, slot) => (entry === undefined ? [] : [[slot, entry] as const]))
  }

  #isKey(key: Term, entry: Entry): Term {
    return this.path.terms.eq(key, this.path.terms.bv(entry.key, this.#keyBits))
  }

  #at(slot: Integer, bits: number, of: (entry: Entry) => bigint): Term {
    const { terms } = this.path
    return this.#entries().reduce(
      (found, [at, entry]) => terms.ite(this.integers.eq(slot, this.number(at)), terms.bv(of(entry), bits), found),
      terms.bv(0, bits),
    )
  }

  #change(slot: Integer, change: Partial<Entry>): void {
    const at = Number(this.known(slot))
    const entry = this.#contents[at]
    if (entry === undefined) throw new Error(`slot ${at} is not in use`)
    this.#contents[at] = { ...entry, ...change }
  }
}

export class KnownSet extends Known implements AllocatorState {
  readonly capacity: Integer
  readonly #times: Times

  constructor(path: EvaluatingPath, times: Times) {
    super(path)
    this.#times = times
    this.capacity = this.number(times.length)
  }

  used(index: Integer): Term {
    const used = this.#times.flatMap((time, at) => (time === undefined ? [] : [at]))
    return this.path.terms.any(used.map((at) => this.integers.eq(index, this.number(at))))
  }

  timeAt(index: Integer): Integer {
    return this.number(this.#times[Number(this.known(index))] ?? 0n)
  }

  count(): Integer {
    return this.number(this.#times.filter((time) => time !== undefined).length)
  }

  allocate(index: Integer, time: Integer): void {
    this.refresh(index, time)
  }

  refresh(index: Integer, time: Integer): void {
    this.#times[Number(this.known(index))] = this.known(time)
  }

  free(index: Integer): void {
    this.#times[Number(this.known(index))] = undefined
  }

  expire(threshold: Integer): void {
    const limit = this.known(threshold)
    for (const [at, time] of this.#times.entries()) if (time !== undefined && time < limit) this.#times[at] = undefined
  }
}

/** The lowest value that is allowed, which is what the fast reading takes where nothing is seen. */
export class LowestChoices extends Known implements Choices {
  choose({ range, allowed }: Choice): Integer {
    for (let value = 0n; value < this.known(range); value++) {
      if (this.path.holds(allowed(this.number(value)))) return this.number(value)
    }
    throw new Error('there is nothing to choose')
  }

  chooseBy(): Integer {
    return this.number(0)
  }
}

/** Every key has the row in which backends stand in order: the lowest live one is picked. */
export function orderedRing(path: EvaluatingPath, backends: number): RingState {
  const integers = new Integers(path.terms)
  const ring = {
    height: integers.of(1n),
    backends: integers.of(BigInt(backends)),
    at: (_: Integer, rank: Integer) => rank,
  }
  return { ring, rowOf: () => integers.of(0n) }
}

/** A frame of which the model knows the bytes; what is written is kept in a log. */
export class LoggedFrame implements Frame {
  readonly length: Term
  readonly writes: { readonly offset: Term; readonly byte: Term }[]
  readonly #path: EvaluatingPath

  constructor(
    path: EvaluatingPath,
    length: Term,
    writes: readonly { readonly offset: Term; readonly byte: Term }[] = [],
  ) {
    this.#path = path
    this.length = length
    this.writes = [...writes]
  }

  /** A frame with these bytes. */
  static of(path: EvaluatingPath, bytes: Uint8Array): LoggedFrame {
    path.model.programs.set('packet.byte', (at) => BigInt(bytes[Number(at)] ?? 0))
    return new LoggedFrame(path, path.constant('packet.length', bitVecSort(16), BigInt(bytes.length)))
  }

  read(offset: Term, size: number): Term {
    const { terms } = this.#path
    const parts = Array.from({ length: size }, (_, i) => this.#byte(terms.add(offset, terms.bv(i, 32))))
    return terms.concat(...parts)
  }

  write(offset: Term, value: Term): void {
    const { terms } = this.#path
    const size = value.width / 8
    for (let i = 0; i < size; i++) {
      this.writes.push({ offset: terms.add(offset, terms.bv(i, 32)), byte: terms.byte(size - 1 - i, value) })
    }
  }

  /** The model knows the sums of the bytes before any is written; no specification asks for others. */
  wordSum(start: Term, end: Term): Integer {
    const { terms } = this.#path
    const sum = terms.declareFunction('packet.sum', [bitVecSort(32), bitVecSort(32)], bitVecSort(31))
    return new Integers(terms).unsigned(terms.apply(sum, start, end))
  }

  spliced(at: number, taken: number, put: Term | undefined): Frame {
    return new SplicedFrame(this.#path, this, { at, taken, put })
  }

  copy(): LoggedFrame {
    return new LoggedFrame(this.#path, this.length, this.writes)
  }

  #byte(at: Term): Term {
    const { terms } = this.#path
    const base = terms.apply(terms.declareFunction('packet.byte', [bitVecSort(32)], bitVecSort(8)), at)
    return this.writes.reduce((byte, write) => terms.ite(terms.eq(at, write.offset), write.byte, byte), base)
  }
}

/** With some bytes of another taken out, and others put in; only read. */
class SplicedFrame implements Frame {
  readonly length: Term
  readonly writes = []
  readonly #path: EvaluatingPath
  readonly #frame: Frame
  readonly #splice: { readonly at: number; readonly taken: number; readonly put: Term | undefined }

  constructor(
    path: EvaluatingPath,
    frame: Frame,
    splice: { readonly at: number; readonly taken: number; readonly put: Term | undefined },
  ) {
    const { terms } = path
    const put = (splice.put?.width ?? 0) / 8
    this.length = terms.add(frame.length, terms.bv(BigInt.asUintN(16, BigInt(put - splice.taken)), 16))
    this.#path = path
    this.#frame = frame
    this.#splice = splice
  }

  read(offset: Term, size: number): Term {
    const { terms } = this.#path
    const from = Number(this.#path.bits(offset))
    return terms.concat(...Array.from({ length: size }, (_, i) => this.#byte(from + i)))
  }

  write(): void {
    throw new Error('nothing is written over a packet with another tag')
  }

  wordSum(): Integer {
    throw new Error('nothing is added of a packet with another tag')
  }

  spliced(): undefined {
    return undefined
  }

  copy(): SplicedFrame {
    return new SplicedFrame(this.#path, this.#frame, this.#splice)
  }

  #byte(offset: number): Term {
    const { terms } = this.#path
    const { at, taken, put } = this.#splice
    const size = (put?.width ?? 0) / 8
    if (put !== undefined && offset >= at && offset < at + size) return terms.byte(size - 1 - (offset - at), put)
    return this.#frame.read(terms.bv(offset < at ? offset : offset - size + taken, 32), 1)
  }
}
