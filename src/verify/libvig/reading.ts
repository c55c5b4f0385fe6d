/** What structures are read by, and libVig's memory that is none of them. */
import { Integers } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { LIBVIG_DATA_START } from '../../nf/memory-map.js'
import { bitVecSort, type Term } from '../../smt/index.js'
import type { Region } from './heap.js'
import type { LibvigMachine } from './machine.js'
import type { HashOf, Reading } from './representation/represented.js'

/** `key`: where a key lies whose home is to be the first bucket, and its size. */
export function readingOf(machine: LibvigMachine, key?: { readonly address: number; readonly size: number }): Reading {
  const { path, memory } = machine
  const { terms } = path
  const hashOf = (address: Term, size: number): Term => {
    const end = machine.call('hash', [address, terms.bv(size, 32)])
    if (end.kind !== 'returned' || end.result === undefined) throw new Undecidable('hash gives no number')
    return end.result
  }
  const firstBucket = (bits: number): Term => {
    machine.countHomes(bits, undefined)
    const first = key === undefined ? path.fresh('first', bitVecSort(bits)) : homeOf(key, bits)
    machine.countHomes(bits, first)
    return first
  }
  const homeOf = ({ address, size }: { readonly address: number; readonly size: number }, bits: number): Term => {
    const home = terms.extract(bits - 1, 0, hashOf(terms.bv(address, 32), size))
    // A number where nothing is unknown.
    if (home.op !== 'var' && home.op !== 'bv') throw new Undecidable('the hash does not end in its product')
    return home
  }
  const hashApart: HashOf = (address, size) => machine.hashApart(() => hashOf(address, size))
  return { path, integers: new Integers(terms), memory, hashOf, hashApart, firstBucket }
}

/** libVig's own, in which nothing lasts from one call to the next. */
export function staticData(machine: LibvigMachine): Region {
  const end = Number(machine.known('libvig_heap_base', []))
  return { name: "libVig's static data", start: LIBVIG_DATA_START, end, access: 'write' }
}
