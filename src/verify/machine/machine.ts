/**
 * One run of an NF's code on a path: everything it can see and change, as terms. Made anew for each run.
 */
import {
  type Bytes,
  type CallChoices,
  Checksums,
  SymbolicAlgebra,
  SymbolicClock,
  SymbolicHash,
  SymbolicHeap,
  type SymbolicState,
  Timeline,
} from '../../contracts/symbolic/index.js'
import type { Integer } from '../../domains/symbolic/integer.js'
import { Integers } from '../../domains/symbolic/integer.js'
import type { Path, Place } from '../../domains/symbolic/path.js'
import type { Scope } from '../../domains/symbolic/scope.js'
import type { WrittenFrame } from '../../domains/symbolic/written-frame.js'
import { type Location, type Stepper, Store } from '../../wasm/index.js'
import { SymbolicDomain, type Watch } from './domain.js'
import { Leftovers } from './leftovers.js'
import type { LibvigCosts } from './libvig-costs.js'
import { Loans } from './loans.js'
import { SymbolicMemory } from './memory.js'
import type { NfMemory } from './nf-memory.js'
import { PacketAccess } from './packet-access.js'
import type { Structure } from './structure.js'
import type { MachineValue } from './value.js'

/** A call of libVig as it was made, for reports and for the witnesses of choices. */
export interface CallRecord {
  readonly name: string
  /** By parameter: an integer, bytes, or the name of a structure. Outs are not in it. */
  readonly arguments: Readonly<Record<string, Integer | Bytes | string>>
  readonly outcome: string
  readonly result: Integer | undefined
  readonly out: Integer | undefined
  /** What libVig chose. */
  readonly chosen: Integer | undefined
  readonly place: Place | undefined
}

export interface MachineParts {
  readonly path: Path
  readonly integers?: Integers
  /** The previous packet's time, and this one's. */
  readonly last: Integer
  readonly now: Integer
  /** Undefined in nf_init. */
  readonly frame: WrittenFrame | undefined
  readonly nfMemory: NfMemory
  readonly pages: number
  readonly costs: LibvigCosts
  /** Bytes of libVig's heap not yet taken; undefined after nf_init, when nothing may be allocated. */
  readonly heap: Integer | undefined
  /** Whether earlier packets may have left something. */
  readonly hasLeftovers: boolean
  /** For calls on the structures named: where libVig's choices are noted or taken from. */
  readonly choices?: ((structures: string) => CallChoices) | undefined
}

export class Machine implements Watch {
  readonly path: Path
  readonly scope: Scope
  readonly algebra: SymbolicAlgebra
  readonly checksums: Checksums
  readonly timeline = new Timeline()
  readonly domain: SymbolicDomain
  readonly store: Store<MachineValue>
  readonly packet: PacketAccess
  readonly memory: SymbolicMemory
  readonly loans: Loans
  readonly states = new Map<Structure, SymbolicState>()
  readonly heap: SymbolicHeap
  readonly mayAllocate: boolean
  readonly hash: SymbolicHash
  readonly clock: SymbolicClock
  readonly costs: LibvigCosts
  readonly leftovers: Leftovers
  readonly choices: MachineParts['choices']
  readonly calls: CallRecord[] = []
  /** Set as soon as there is one. */
  stepper: Stepper<MachineValue> | undefined

  constructor(parts: MachineParts) {
    const { path, integers = new Integers(path.terms), last, now, frame, costs } = parts
    this.path = path
    this.scope = { path, integers, last }
    this.algebra = new SymbolicAlgebra(path, integers)
    this.checksums = new Checksums(path)
    this.domain = new SymbolicDomain(path, this)
    this.store = new Store(this.domain)
    this.packet = new PacketAccess(path, this, frame)
    this.leftovers = new Leftovers(!parts.hasLeftovers)
    this.loans = new Loans(path, this, this.states)
    this.memory = new SymbolicMemory({
      path,
      watch: this,
      nf: parts.nfMemory,
      packet: this.packet,
      loans: this.loans,
      leftovers: this.leftovers,
      pages: parts.pages,
    })
    this.costs = costs
    this.heap = new SymbolicHeap(this.scope, parts.heap ?? integers.of(0n), (structure, sizes) =>
      costs.costOn(path, structure, sizes),
    )
    this.mayAllocate = parts.heap !== undefined
    this.hash = new SymbolicHash(this.scope)
    this.clock = new SymbolicClock(now)
    this.choices = parts.choices
  }

  place(): Place | undefined {
    const position = this.stepper?.position()
    return position && placeOf(position)
  }

  onDecision(condition: Parameters<Watch['onDecision']>[0]): void {
    this.leftovers.note('a branch', condition, this.place())
  }
}

export function placeOf({ code, offset }: Location): Place {
  return { kind: 'binary', functionIndex: code.index, offset }
}
