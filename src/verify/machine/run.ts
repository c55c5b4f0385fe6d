/**
 * Runs of an NF on a path. `runInit` runs nf_init from a memory of zeros; what it leaves is where every packet starts.
 * `runPacket` runs nf_process on a packet and a state of which only the invariants are known.
 */
import type { CallChoices, Refinements, SymbolicState } from '../../contracts/symbolic/index.js'
import { stateOver, symbolicState } from '../../contracts/symbolic/index.js'
import { exactSigned } from '../../domains/symbolic/exact.js'
import { Integers } from '../../domains/symbolic/integer.js'
import { type Path, type Place, Undecidable, withOwnNames } from '../../domains/symbolic/path.js'
import type { WrittenFrame } from '../../domains/symbolic/written-frame.js'
import type { Term } from '../../smt/index.js'
import type { Instance, Outcome, Stepper } from '../../wasm/index.js'
import { type ConfigResolver, constantConfig, openConfig } from './config.js'
import { Joint } from './joint.js'
import { type Leftover, leftByte, leftGlobal } from './leftovers.js'
import { ending, type Linked, link, type RunLimits } from './linked.js'
import { type CallRecord, Machine, placeOf } from './machine.js'
import { pagesOf } from './memory.js'
import type { SymbolicNf } from './nf.js'
import { NfMemory } from './nf-memory.js'
import type { Structure } from './structure.js'
import { heapAfterTables, stateOfTable } from './tables.js'
import { type MachineValue, nameOf, Pointer } from './value.js'

export interface RunOptions {
  /** Default: the NF's configuration. */
  readonly config?: ConfigResolver
  readonly limits?: RunLimits
}

/** How a run ended; places are byte offsets of the binary. */
export type RunEnd =
  | { readonly kind: 'returned'; readonly result: Term }
  | {
      readonly kind: 'trapped' | 'out of fuel' | 'unsupported'
      readonly what: string
      readonly place: Place | undefined
    }

export interface Run {
  readonly end: RunEnd
  readonly calls: readonly CallRecord[]
  /** By the structures that the NF has handles of. */
  readonly states: ReadonlyMap<Structure, SymbolicState>
  readonly checksums: Machine['checksums']
  /** Byte offsets of the instructions that ran, in order. */
  readonly trace: readonly number[]
}

/** Where every packet starts, but for what earlier packets may have left. */
export interface Start {
  readonly nf: SymbolicNf
  readonly memory: NfMemory
  readonly globals: readonly MachineValue[]
  /** Those that the NF has handles of, and tables that may be kept in several of these. */
  readonly structures: readonly Structure[]
  readonly config: ConfigResolver
  readonly limits: RunOptions['limits']
}

export function runInit(nf: SymbolicNf, given: Path, options: RunOptions = {}): Run & { readonly start: Start } {
  // What nf_init was given at random stays in its memory, and packets meet it on paths whose constants are numbered anew.
  const path = withOwnNames(given, 'nf_init')
  const integers = new Integers(path.terms)
  const never = integers.of(0n)
  nf.open?.assume(path)
  const tables = nf.tables(integers)
  const machine = new Machine({
    path,
    integers,
    last: never,
    now: never,
    frame: undefined,
    nfMemory: new NfMemory(path.terms),
    pages: pagesOf(nf.memory),
    costs: nf.costs,
    heap: heapAfterTables(path, nf.costs, BigInt(nf.memory) - nf.costs.heapStart, tables),
    hasLeftovers: false,
  })
  for (const table of tables) machine.states.set(table.structure, stateOfTable(table, machine.scope, machine.timeline))
  const config = options.config ?? configOf(nf, path)
  const linked = link(nf, machine, config, options.limits)
  const run = call(machine, linked, 'nf_init', [])
  if (run.end.kind === 'returned') {
    path.oblige({
      guarantee: 'verdict',
      what: 'nf_init answers 1',
      place: undefined,
      holds: path.terms.eq(run.end.result, path.terms.bv(1, 32)),
    })
  }
  const start: Start = {
    nf,
    memory: machine.memory.nf,
    globals: linked.instance.globals.map(({ value }) => value),
    structures: [...machine.states.keys()],
    config,
    limits: options.limits,
  }
  return { ...run, start }
}

function configOf({ config, open }: SymbolicNf, { terms }: Path): ConfigResolver {
  return open === undefined ? constantConfig(terms, config) : openConfig(terms, open)
}

/** What is run: a packet, and when and where it comes in. */
export interface PacketInput {
  /** Changed by the run: give it a copy of what is to be kept. */
  readonly frame: WrittenFrame
  /** 32 bits. */
  readonly port: Term
  /** 64 bits, from 0 to below 2^62. */
  readonly now: Term
  /** The previous packet's time, 64 bits; 0 before the first. */
  readonly last: Term
}

export interface PacketOptions {
  /** What is known of every entry of a structure, beyond its invariant. */
  readonly refinements?: (structure: Structure) => Refinements | undefined
  /** Tables that are kept in several structures, which are taken to agree before the packet. */
  readonly joints?: readonly Structure[]
  /** What earlier packets may have written: addresses, and numbers of globals. */
  readonly left?: Written
  /** For calls on the structures named: where libVig's choices are noted for another run, or taken from one. */
  readonly choices?: (structures: string) => CallChoices
  /** A run on the same path of another network function: this one begins in the same state, and is told apart from it. */
  readonly beside?: Run
}

export interface Written {
  readonly bytes: ReadonlySet<number>
  readonly globals: ReadonlySet<number>
}

export interface PacketRun extends Run {
  readonly frame: WrittenFrame
  /** What this run leaves otherwise than it was found. */
  readonly written: Written
  /** Where something depends on what earlier packets left. */
  readonly leftovers: readonly Leftover[]
}

export function runPacket(start: Start, input: PacketInput, path: Path, options: PacketOptions = {}): PacketRun {
  const { terms } = path
  const { nf } = start
  const integers = new Integers(terms)
  nf.open?.assume(path)
  const left = options.left ?? { bytes: new Set(), globals: new Set() }
  const machine = new Machine({
    path,
    integers,
    last: exactSigned(integers, input.last),
    now: exactSigned(integers, input.now),
    frame: input.frame,
    nfMemory: new NfMemory(terms),
    pages: pagesOf(nf.memory),
    costs: nf.costs,
    heap: undefined,
    hasLeftovers: left.bytes.size > 0 || left.globals.size > 0,
    choices: options.choices,
  })
  const owner = options.beside === undefined ? 'nf' : 'second'
  const tables = nf.tables(integers)
  const joints = (options.joints ?? []).map(jointBefore)
  for (const structure of start.structures) {
    if (structure.parts !== undefined) continue
    const table = tables.find((each) => each.structure.name === structure.name)
    const part = joints.flatMap((joint) => joint.partState(structure) ?? [])[0]
    machine.states.set(
      structure,
      table === undefined ? (part ?? before(structure)) : stateOfTable(table, machine.scope, machine.timeline),
    )
  }
  const linked = link(nf, machine, start.config, start.limits)
  // Over the data segments, which nf_init may have written over.
  for (const [address, cell] of start.memory.cells) machine.memory.nf.write(address, [cell])
  for (const address of left.bytes) machine.memory.nf.write(address, [leftByte(terms, address, owner)])
  const globals = start.globals.map((value, index) =>
    left.globals.has(index) ? leftGlobalOf(linked.instance, index) : value,
  )
  for (const [index, value] of globals.entries()) {
    const global = linked.instance.globals[index]
    if (global !== undefined) global.value = value
  }
  const found = new NfMemory(terms, machine.memory.nf.cells)
  const packet = new Pointer({ kind: 'packet' }, terms.bv(0, 32))
  const length = terms.zeroExtendTo(32, input.frame.length)
  const alone = call(machine, linked, 'nf_process', [input.port, packet, length, input.now])
  const run = { ...alone, states: joints.reduce((states, joint) => joint.inPlaceOfParts(states), alone.states) }
  const after = linked.instance.globals.map(({ value }) => value)
  // No packet comes after one that does not return, such as one that traps deep in the stack.
  const isLast = run.end.kind !== 'returned'
  const written = {
    bytes: new Set(isLast ? [] : machine.memory.nf.changedSince(found)),
    globals: new Set(isLast ? [] : after.flatMap((value, index) => (sameValue(value, globals[index]) ? [] : [index]))),
  }
  if (run.end.kind === 'returned') machine.leftovers.note('the verdict', run.end.result, undefined)
  for (const { byte } of input.frame.writes) machine.leftovers.note('a byte of the packet', byte, undefined)
  return { ...run, frame: input.frame, written, leftovers: machine.leftovers.found }

  function jointBefore(structure: Structure): Joint {
    const other = options.beside && stateNamed(options.beside.states, structure)
    return other === undefined
      ? Joint.arbitrary(structure, machine, options.refinements?.(structure))
      : Joint.beside(structure, other, machine)
  }

  function before(structure: Structure): SymbolicState {
    const other = options.beside && stateNamed(options.beside.states, structure)
    return other === undefined ? arbitrary(structure) : stateOver(other, machine.timeline)
  }

  function arbitrary(structure: Structure): SymbolicState {
    const refinements = options.refinements?.(structure)
    return symbolicState(structure.kind, structure.sizes, {
      scope: machine.scope,
      timeline: machine.timeline,
      name: structure.name,
      start: 'arbitrary',
      ...(refinements === undefined ? {} : { refinements }),
    })
  }

  function leftGlobalOf({ globals: all }: Instance<MachineValue>, index: number): Term {
    return leftGlobal(terms, index, all[index]?.type.type === 'i64' ? 64 : 32, owner)
  }
}

/** The state of the structure of that name, which must be of the same kind and sizes. */
function stateNamed(states: Run['states'], { name, kind, sizes }: Structure): SymbolicState {
  for (const [other, state] of states) {
    const isSame = other.sizes.every(({ constant }, at) => constant !== undefined && constant === sizes[at]?.constant)
    if (other.name === name && other.kind === kind && isSame && other.sizes.length === sizes.length) return state
  }
  throw new RangeError(`the other run has no structure like ${name}`)
}

function call(machine: Machine, linked: Linked, name: string, args: readonly MachineValue[]): Run {
  const callee = linked.instance.exports.get(name)
  if (callee?.kind !== 'wasm') throw new RangeError(`the binary exports no function ${name}`)
  const outcome = outcomeOf(machine, linked.stepper, () => linked.stepper.call(callee, args))
  const { calls, states, checksums } = machine
  const start = placeOf({ code: callee.code, offset: callee.code.start })
  return { end: endOf(machine, outcome, start), calls, states, checksums, trace: linked.trace }
}

/** A reason without a place gets that of the instruction. */
function outcomeOf(
  machine: Machine,
  stepper: Stepper<MachineValue>,
  run: () => Outcome<MachineValue>,
): Outcome<MachineValue> {
  try {
    return run()
  } catch (error) {
    const position = stepper.position()
    if (!(error instanceof Undecidable) || error.place !== undefined || position === undefined) throw error
    throw new Undecidable(error.reason, machine.place())
  }
}

/** `start`: where the function starts, which is where it ends if it cannot be entered. */
function endOf({ path, states, calls }: Machine, outcome: Outcome<MachineValue>, start: Place): RunEnd {
  const { terms } = path
  if (outcome.kind === 'returned') {
    for (const [{ name }, state] of states) {
      if (state.structure !== 'vector') continue
      const what = `every cell of ${name} that was lent is given back`
      const place = calls.findLast((call) => call.name === 'vector_borrow' && call.arguments.vector === name)?.place
      path.oblige({ guarantee: 'precondition', what, place, holds: terms.not(state.state.anyLent()) })
    }
    const [result] = outcome.values
    if (result instanceof Pointer) throw new Undecidable(`the result is ${nameOf(result)}`)
    return { kind: 'returned', result: result ?? terms.bv(0, 32) }
  }
  const place = outcome.at === undefined ? start : placeOf(outcome.at)
  if (outcome.kind === 'trapped') {
    path.oblige({ guarantee: 'no trap', what: `traps: ${outcome.trap}`, place, holds: terms.false })
  }
  return { kind: outcome.kind, what: ending(outcome), place }
}

function sameValue(a: MachineValue, b: MachineValue | undefined): boolean {
  if (a === b) return true
  return a instanceof Pointer && b instanceof Pointer && a.base === b.base && a.offset === b.offset
}
