/**
 * Values of the symbolic machine: bit vectors of 32 and 64 bits, and pointers into what has no address here. A packet, a
 * cell that libVig lends and a structure behind a handle are opaque bases: their pointers can be moved and accessed
 * through, but not looked at.
 */

import type { Integer } from '../../domains/symbolic/integer.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import { Term } from '../../smt/index.js'
import type { Structure } from './structure.js'

/** Bytes of a structure in the NF's hands. */
export interface Loan {
  readonly kind: 'loan'
  readonly from: Structure
  readonly part: 'cell' | 'key' | 'value'
  readonly access: 'read' | 'write'
  readonly index: Integer
  /** A cell's bytes until it is given back; keys and values are in the structure's state. */
  cell: Term | undefined
  isOpen: boolean
}

export interface Handle {
  readonly kind: 'handle'
  readonly structure: Structure
}

export interface Packet {
  readonly kind: 'packet'
}

export type Base = Packet | Loan | Handle

export class Pointer {
  readonly base: Base
  /** 32 bits. */
  readonly offset: Term

  constructor(base: Base, offset: Term) {
    this.base = base
    this.offset = offset
  }

  /** Never null, and not moved. */
  get isStart(): boolean {
    return this.offset.op === 'bv' && this.offset.value === 0n
  }
}

export type MachineValue = Term | Pointer

/** A value as bits; a pointer has none. */
export function bitsOf(value: MachineValue, doing: string): Term {
  if (value instanceof Term) return value
  throw new Undecidable(`${doing} of ${nameOf(value)}`)
}

export function nameOf({ base }: Pointer): string {
  switch (base.kind) {
    case 'packet':
      return 'the address of the packet'
    case 'loan':
      return `the address of a ${base.part} of ${base.from.name}`
    case 'handle':
      return `the handle of ${base.structure.name}`
  }
}
