/** The state before the first packet that a solver looks for: empty tables, or what packets before it have left. */
import { Integers } from '../../domains/symbolic/integer.js'
import type { Term, Terms } from '../../smt/index.js'
import type { Structure } from '../machine/index.js'
import type { RealCall } from '../real-nf.js'
import { emptyState, type StateReading } from './end-state.js'
import type { TestPacket } from './judged-runs.js'

export interface StartState {
  /** From empty tables, in order, all right: the state is what they leave. */
  readonly packets: readonly TestPacket[]
  readonly reading: StateReading
}

export function nothingYet(structures: readonly Structure[], terms: Terms): StartState {
  return { packets: [], reading: emptyState(structures, terms) }
}

/** An entry of an expiring map: a key and a value as terms have them, byte 0 in the highest. */
export interface LeftEntry {
  readonly slot: number
  readonly key: Uint8Array
  /** Nanoseconds. */
  readonly time: bigint
  readonly value: Uint8Array
}

/** Where all that packets have changed is a few entries of expiring maps, by the names of these. */
export function entriesLeft(
  terms: Terms,
  structures: readonly Structure[],
  entries: ReadonlyMap<string, readonly LeftEntry[]>,
): StateReading {
  const empty = emptyState(structures, terms)
  const integers = new Integers(terms)
  return (symbol, args) => {
    const dot = symbol.name.indexOf('.')
    const known = entries.get(symbol.name.slice(0, dot))
    const { range } = symbol
    if (known === undefined) return empty(symbol, args)
    const width = range.kind === 'bitvec' ? range.width : 0
    const what = symbol.name.slice(dot + 1)
    const [argument] = args
    if (what === 'count') return terms.bv(known.length, width)
    if (argument === undefined) return undefined
    const isKey = ({ key }: LeftEntry): Term => terms.eq(argument, terms.bv(numberOf(key), argument.width))
    const isSlot = ({ slot }: LeftEntry): Term => terms.eq(argument, terms.bv(slot, argument.width))
    const pick = (is: (entry: LeftEntry) => Term, value: (entry: LeftEntry) => bigint): Term =>
      known.reduce((rest, entry) => terms.ite(is(entry), terms.bv(value(entry), width), rest), terms.bv(0, width))
    switch (what) {
      case 'has':
        return terms.any(known.map(isKey))
      case 'used':
        return terms.any(known.map(isSlot))
      case 'slot':
        return pick(isKey, ({ slot }) => BigInt(slot))
      case 'key':
        return pick(isSlot, ({ key }) => numberOf(key))
      case 'time':
        return pick(isSlot, ({ time }) => time)
      case 'value':
        return pick(isSlot, ({ value }) => numberOf(value))
      case 'kept.0': {
        const threshold = integers.signed(argument)
        const kept = known.map(({ time }) =>
          integers.select(integers.le(threshold, integers.of(time)), integers.of(1n), integers.of(0n)),
        )
        return integers.bits(
          kept.reduce((sum, one) => integers.add(sum, one), integers.of(0n)),
          width,
        )
      }
      default:
        return undefined
    }
  }
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** The time of each slot of a map as calls of libVig have set it, by the map's handle. */
export class SlotTimes {
  readonly #times = new Map<number, Map<number, bigint>>()

  note({ name, args, results, out }: RealCall): void {
    const [handle, second, third] = args
    const isFound = results[0] === 1
    if ((name === 'expiring_map_touch' || name === 'expiring_map_insert') && isFound) this.#set(handle, out, third)
    if (name === 'expiring_map_refresh') this.#set(handle, second, third)
  }

  of(handle: number): ReadonlyMap<number, bigint> {
    return this.#times.get(handle) ?? new Map()
  }

  #set(handle: RealCall['args'][number] | undefined, slot: RealCall['args'][number] | undefined, time: unknown): void {
    if (typeof time !== 'bigint') return
    const times = this.#times.get(Number(handle)) ?? new Map<number, bigint>()
    this.#times.set(Number(handle), times.set(Number(slot) >>> 0, time))
  }
}
