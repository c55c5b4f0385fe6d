/** What structures are read by, and libVig's memory that is none of them. */
import { Integers } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { LIBVIG_DATA_START } from '../../nf/memory-map.js'
import type { Term } from '../../smt/index.js'
import type { Region } from './heap.js'
import type { LibvigMachine } from './machine.js'
import type { Reading } from './representation/represented.js'

export function readingOf(machine: LibvigMachine): Reading {
  const { path, memory } = machine
  const hashOf = (address: number, size: number): Term => {
    const end = machine.call('hash', [path.terms.bv(address, 32), path.terms.bv(size, 32)])
    if (end.kind !== 'returned' || end.result === undefined) throw new Undecidable('hash gives no number')
    return end.result
  }
  return { path, integers: new Integers(path.terms), memory, hashOf }
}

/** libVig's own, in which nothing lasts from one call to the next. */
export function staticData(machine: LibvigMachine): Region {
  const end = Number(machine.known('libvig_heap_base', []))
  return { name: "libVig's static data", start: LIBVIG_DATA_START, end, access: 'write' }
}
