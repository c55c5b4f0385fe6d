/**
 * Runs a path on the real binary: one model of it is made real, libVig's heap and the packet, and the binary has to go
 * the same way and give the same bytes. What this finds are paths that cannot be, contracts that say less
 * or more than libVig does, and faults of the stepper's domain.
 */
import { realise, realiseJoint, Unrealisable } from '../contracts/realise/index.js'
import { JointState } from '../contracts/symbolic/index.js'
import { assumeCount } from '../domains/symbolic/counting.js'
import { Evaluator, isModel, type Model, type SyncSolver, type Term, type Terms } from '../smt/index.js'
import { type Asking, mended } from './exploration/mended.js'
import type { PacketInput, PacketRun } from './machine/index.js'
import { bits, packetIn, writtenOver } from './model-packet.js'
import type { RealNf } from './real-nf.js'
import { refined } from './refine.js'

export type Confirmation =
  | { readonly kind: 'confirmed' }
  /** The model cannot be made real: nothing is said of the path. */
  | { readonly kind: 'unrealisable'; readonly reason: string }
  /** The binary does something else than was found: a fault of Vigil. */
  | { readonly kind: 'different'; readonly what: string }

/** A state and a packet, as a model has them. */
export interface Situation {
  readonly run: PacketRun
  readonly input: PacketInput
  readonly model: Model
}

export interface PathToConfirm extends Situation {
  readonly terms: Terms
  readonly facts: readonly Term[]
  /** Facts that the others are expected to follow from: a model of them is found sooner. Default: all. */
  readonly premises?: readonly Term[]
}

export interface RealPacket {
  readonly bytes: Uint8Array
  readonly port: number
  /** Nanoseconds. */
  readonly now: bigint
}

/** Entries that are soon put in. */
const FEW = 8n
/** Of a question that only saves another: products make it take longer than what it saves. */
const SOON = { time: 2_000 }
/** Values that are given before a solver is asked: it takes the longer the more is wished for. */
const PATIENCE = 2_000

/** A model of the path that is easy to make real; undefined where it rests on the value of a hash or checksum, or on a long table. */
export function realisableModel(real: RealNf, path: PathToConfirm, solver: SyncSolver): Model | undefined {
  const model = convenientModel(path, solver)
  real.restart()
  return refined(model, path.facts, path.run, real)
}

/** Brings the structures of a binary into the state before the packet. Throws Unrealisable. */
export function makeReal(real: RealNf, { run, input, model }: Situation): RealPacket {
  const values = new Evaluator(model)
  real.restart()
  for (const [{ name, origin, parts }, state] of run.states) {
    if (parts !== undefined && state.structure === 'expiring_map' && state.state instanceof JointState) {
      const handles = {
        map: handleOf(real, parts.map),
        vector: handleOf(real, parts.vector),
        chain: handleOf(real, parts.chain),
      }
      realiseJoint(real.libvig, handles, state.state, values)
    } else if (origin === 'nf_init') realise(real.libvig, handleOf(real, { name }), state, values)
  }
  const bytes = packetIn(run.frame, model)
  return { bytes, port: Number(bits(values, input.port)), now: bits(values, input.now) }
}

function handleOf({ handles }: RealNf, { name }: { readonly name: string }): number {
  const handle = handles.get(name)
  if (handle === undefined) throw new Unrealisable(`the binary has no structure ${name}`)
  return handle
}

export function confirm(real: RealNf, path: PathToConfirm, solver: SyncSolver): Confirmation {
  return confirmIn(() => real, path, solver)
}

/**
 * The same where a model says in which configuration the binary runs; `wishes` are what else its model had better be.
 */
export function confirmIn(
  realOf: (model: Model) => RealNf | undefined,
  path: PathToConfirm,
  solver: SyncSolver,
  wishes: readonly Term[] = [],
): Confirmation {
  const model = convenientModel(path, solver, wishes)
  const real = realOf(model)
  if (real === undefined) return { kind: 'unrealisable', reason: 'its configuration cannot be given' }
  real.restart()
  const exact = refined(model, path.facts, path.run, real)
  if (exact === undefined)
    return { kind: 'unrealisable', reason: 'the path depends on the value of a hash or checksum, or on a long table' }
  try {
    return runReal(real, { ...path, model: exact })
  } catch (error) {
    if (error instanceof Unrealisable) return { kind: 'unrealisable', reason: error.message }
    throw error
  }
}

/** A model whose state is soon made, where there is one: best of all one that differs little from the path's own. */
function convenientModel(path: PathToConfirm, solver: SyncSolver, wishes: readonly Term[] = []): Model {
  const { terms, run, facts, model } = path
  const easy = convenient(run)
  const few = [...easy, ...fewEntries(run)]
  const asking: Asking = { terms, check: (assertions) => solver.check(assertions, SOON), patience: PATIENCE }
  const near = (wish: readonly Term[]): Model | undefined => {
    const answer = mended(asking, [...facts, ...wish], model)
    return answer?.status === 'sat' ? answer.model : undefined
  }
  const wished =
    wishes.length === 0 ? undefined : (near([...few, ...wishes]) ?? anew(path, [...few, ...wishes], solver))
  return wished ?? near(few) ?? near(easy) ?? anew(path, easy, solver) ?? model
}

function anew(
  { facts, premises = facts }: PathToConfirm,
  wish: readonly Term[],
  solver: SyncSolver,
): Model | undefined {
  const answer = solver.check([...premises, ...wish])
  if (answer.status === 'sat' && isModel(answer.model, facts)) return answer.model
  if (answer.status !== 'sat' || premises === facts) return undefined
  const ofAll = solver.check([...facts, ...wish])
  return ofAll.status === 'sat' ? ofAll.model : undefined
}

function runReal(real: RealNf, situation: Situation): Confirmation {
  const { run, model } = situation
  const values = new Evaluator(model)
  const structures = [...run.states.keys()].flatMap(({ parts, ...whole }) =>
    parts === undefined ? [whole] : Object.values(parts),
  )
  const missing = structures.find(({ name }) => !real.handles.has(name))
  if (missing !== undefined) return { kind: 'different', what: `the binary has no structure ${missing.name}` }
  const { bytes, port, now } = makeReal(real, situation)
  const predicted = writtenOver(bytes, run.frame, values)
  const actual = real.process(bytes, port, now)
  const kind = actual.outcome.kind
  if (kind !== run.end.kind) return { kind: 'different', what: `it ${kind} where the path says ${run.end.kind}` }
  const at = actual.trace.findIndex((offset, index) => offset !== run.trace[index])
  if (at !== -1 || actual.trace.length !== run.trace.length) {
    return { kind: 'different', what: `it goes another way after ${at === -1 ? actual.trace.length : at} instructions` }
  }
  if (actual.outcome.kind !== 'returned' || run.end.kind !== 'returned') return { kind: 'confirmed' }
  const result = Number(BigInt.asIntN(32, bits(values, run.end.result)))
  if (actual.outcome.values[0] !== result) {
    return { kind: 'different', what: `it answers ${String(actual.outcome.values[0])}, not ${result}` }
  }
  const byte = actual.bytes.findIndex((each, index) => each !== predicted[index])
  return byte === -1
    ? { kind: 'confirmed' }
    : { kind: 'different', what: `byte ${byte} of the packet is not as predicted` }
}

/**
 * Facts without which a state is harder to make: nothing has expired, or only the entry whose slot is given out next, as
 * libVig does with what it has freed last.
 */
function convenient({ states }: PacketRun): Term[] {
  return [...states.values()].flatMap((state) => {
    if (state.structure !== 'expiring_map' && state.structure !== 'dchain') return []
    const { base, updates } = state.state
    const { integers, path } = base.scope
    const { terms } = path
    // How many there are has to agree with what is looked at: facts that the path can do without, left here.
    const before = state.state.over()
    before.count()
    const [first] = updates
    if (first?.kind !== 'expire') return []
    const isOld = (slot: Term) => terms.and(base.used(slot), integers.lt(base.time(slot), first.threshold))
    const counted = { path, integers, capacity: base.slots.capacity }
    assumeCount(counted, before.countBelow(first.threshold), base.touchedIndices, isOld)
    before.expire(first.threshold)
    before.count()
    const kept = base.kept(0, first.threshold)
    const [chosen] = updates.flatMap((update) => (update.kind === 'insert' ? [update.slot] : []))
    const nothingExpires = integers.eq(kept, base.count)
    if (chosen === undefined) return [nothingExpires]
    const isExpired = integers.lt(base.time(chosen), first.threshold)
    const isOnlyOne = integers.eq(integers.add(kept, integers.of(1n)), base.count)
    return [terms.or(nothingExpires, terms.all([base.used(chosen), isExpired, isOnlyOne]))]
  })
}

/** Hardly more entries than are looked at, in the first slots: each has to be put in. */
function fewEntries({ states }: PacketRun): Term[] {
  return [...states.values()].flatMap((state) => {
    if (state.structure !== 'expiring_map') return []
    const { base, updates } = state.state
    const { integers } = base.scope
    const isFirst = (slot: Term): Term => integers.lt(base.slots.integer(slot), integers.of(FEW))
    const slots = [
      ...base.touchedIndices,
      ...updates.flatMap((update) => (update.kind === 'insert' ? [update.slot] : [])),
    ]
    return [integers.le(base.count, integers.of(FEW)), ...slots.map(isFirst)]
  })
}
