/**
 * One packet on one path, through two network functions that begin in the same state: all that they do must be the same,
 * what libVig could have chosen included; and what is taken for granted of every entry must hold again, so that it may
 * be taken for granted of the next packet's.
 */
import { SharedChoices, type SymbolicState } from '../contracts/symbolic/index.js'
import { Integers } from '../domains/symbolic/integer.js'
import { type Path, Undecidable } from '../domains/symbolic/path.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import { entryFacts, obligeCoherence, obligeInvariant } from './invariant.js'
import {
  anyPacket,
  type PacketInput,
  type PacketRun,
  runPacket,
  type Start,
  type Structure,
  type Written,
} from './machine/index.js'
import { type Output, obligeSameOutput, obligeSameState } from './obligations/sameness.js'
import type { Pair, Pairing } from './pairing.js'

export interface BothStarts {
  readonly first: Start
  readonly second: Start
  readonly portCount: number
  /** What is taken for granted of entries: what the types of a specification's fields say. May be empty. */
  readonly pairing: Pairing
  /** Tables that are kept in several structures, which are taken to agree: of the names of both. */
  readonly joints: readonly Structure[]
  /** Bytes of the longest packet. */
  readonly longest: number
}

/** What earlier packets may have left in the memory of each. */
export interface BothLeft {
  readonly first: Written
  readonly second: Written
}

export interface BothOnPath {
  readonly input: PacketInput
  readonly first: PacketRun
  readonly second: PacketRun
}

/** `onFirst` is told of the first's run, also where the second does not come to its end. */
export function bothOnPath(
  starts: BothStarts,
  left: BothLeft,
  path: Path,
  onFirst: (run: PacketRun, input: PacketInput) => void,
): BothOnPath {
  const { portCount, longest, joints } = starts
  const integers = new Integers(path.terms)
  const input = anyPacket(path, { portCount, longest })
  const most = (1n << 62n) - 1n
  const before = new SpecRun(path, portCount, integers.unsigned(input.last, 0n, most))
  const after = new SpecRun(path, portCount, integers.unsigned(input.now, 0n, most))
  const shared = new SharedChoices(path, integers)
  const first = runPacket(starts.first, { ...input, frame: input.frame.copy() }, path, {
    left: left.first,
    joints,
    choices: (structures) => shared.noted(structures),
    refinements: (structure) => {
      const pair = pairOf(starts.pairing, structure)
      return pair && { expiringMap: (entry) => entryFacts(pair, before, entry) }
    },
  })
  onFirst(first, input)
  const second = runPacket(starts.second, { ...input, frame: input.frame.copy() }, path, {
    left: left.second,
    joints,
    choices: (structures) => shared.taken(structures),
    beside: first,
  })
  obligeSameOutput(path, outputOf(first), outputOf(second), { count: portCount, ingress: input.port })
  for (const [structure, state] of first.states) {
    if (structure.origin === 'configuration') continue
    obligeSameState(path, integers, state, stateNamed(second, structure))
  }
  obligeInvariant(path, starts.pairing, first, after)
  obligeCoherence(path, starts.pairing, first)
  return { input, first, second }
}

function pairOf(pairing: Pairing, { name }: Structure): Pair | undefined {
  const pair = pairing.find(({ structure }) => structure?.name === name)
  return pair?.declaration.kind === 'expiringMap' ? pair : undefined
}

function outputOf({ end, frame, leftovers }: PacketRun): Output {
  if (end.kind !== 'returned') throw new Undecidable(`${end.kind}: ${end.what}`)
  const [leftover] = leftovers
  if (leftover !== undefined) {
    throw new Undecidable(`${leftover.what} depends on memory that an earlier packet wrote`, leftover.place)
  }
  return { answer: end.result, frame }
}

function stateNamed({ states }: PacketRun, { name }: Structure): SymbolicState {
  for (const [structure, state] of states) if (structure.name === name) return state
  throw new RangeError(`there is no structure ${name}`)
}
