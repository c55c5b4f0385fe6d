/**
 * The network function on any packet, from any state that the invariant allows: what every proof of a path begins with.
 */
import type { SymbolicState } from '../contracts/symbolic/index.js'
import { type Integer, Integers } from '../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import type { Term } from '../smt/index.js'
import { SpecError } from '../spec/error.js'
import { entryFacts } from './invariant.js'
import {
  anyPacket,
  type PacketInput,
  type PacketRun,
  runPacket,
  type Start,
  type Structure,
  type Written,
} from './machine/index.js'
import { jointsIn, type Pairing } from './pairing.js'
import type { Subject } from './subject.js'

export interface PacketProof {
  readonly subject: Subject
  readonly start: Start
  readonly pairing: Pairing
  readonly left: Written
  /** Bytes of the longest packet. */
  readonly longest: number
}

/** The network function's run on a path. */
export interface NfOnPath {
  readonly nf: PacketRun
  /** How many of the path's facts it has left: the first ones. */
  readonly nfFacts: number
  /** How many of the path's steps it took: the first ones. */
  readonly nfSteps: number
}

/** A run that returned. */
export interface AnyPacketRun extends NfOnPath {
  readonly given: PacketInput
  readonly ingress: Integer
  readonly now: Integer
  /** When the packet before came, or any time before now. */
  readonly last: Integer
  /** What nf_process answered. */
  readonly answer: Term
}

/** @throws Undecidable where the run does not return, or depends on what cannot be followed. */
export function runAnyPacket({ subject, start, pairing, left, longest }: PacketProof, path: Path): AnyPacketRun {
  const { portCount } = subject
  const integers = new Integers(path.terms)
  const given = anyPacket(path, { portCount, longest })
  const last = integers.unsigned(given.last, 0n, (1n << 62n) - 1n)
  const now = integers.unsigned(given.now, 0n, (1n << 62n) - 1n)
  const ingress = integers.unsigned(given.port, 0n, BigInt(portCount) - 1n)
  const before = new SpecRun(path, portCount, last)
  const nf = runPacket(start, { ...given, frame: given.frame.copy() }, path, {
    left,
    joints: jointsIn(pairing),
    refinements: (structure) => {
      const pair = pairing.find((each) => each.structure?.name === structure.name)
      if (pair?.declaration.kind !== 'expiringMap') return undefined
      return { expiringMap: (entry) => entryFacts(pair, before, entry) }
    },
  })
  const [nfFacts, nfSteps] = [path.factCount, path.stepCount]
  const { end } = nf
  if (end.kind === 'trapped') {
    path.oblige({ guarantee: 'no trap', what: `trap: ${end.what}`, place: undefined, holds: path.terms.false })
  }
  if (end.kind !== 'returned') throw new Undecidable(`${end.kind}: ${end.what}`, end.place)
  if (nf.leftovers.length > 0) {
    const [first] = nf.leftovers
    throw new Undecidable(`${first?.what} depends on memory that an earlier packet wrote`, first?.place)
  }
  return { given, ingress, now, last, nf, answer: end.result, nfFacts, nfSteps }
}

export function stateOf(nf: PacketRun, structure: Structure): SymbolicState {
  for (const [found, state] of nf.states) if (found.name === structure.name) return state
  throw new RangeError(`there is no structure ${structure.name}`)
}

/** A specification or property that is wrong in itself on a path cannot be followed there. */
export function followed<R>(run: () => R, what = 'the specification'): R {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const { file, line } = error.where
    const place = file === undefined || line === undefined ? undefined : ({ kind: 'source', file, line } as const)
    throw new Undecidable(`${what}: ${error.message}`, place)
  }
}
