/**
 * A network function whose mutants are judged: everything that is found out about the original once. Its paths give
 * packets and states in which mutants are compared with it; the types of its specification's fields what entries are.
 */

import { Unrealisable } from '../contracts/realise/index.js'
import { Integers } from '../domains/symbolic/integer.js'
import type { Path } from '../domains/symbolic/path.js'
import { Run as SpecRun } from '../domains/symbolic/run.js'
import { InputError } from '../errors.js'
import { Random } from '../generate/random.js'
import { type Mutant, mutantsOf } from '../mutants/index.js'
import { type SyncSolver, Terms } from '../smt/index.js'
import { makeReal, type RealPacket, realisableModel, type Situation } from '../verify/confirm.js'
import { type ExploreOptions, explore } from '../verify/exploration/explore.js'
import { loadSubject, prepare, type Subject } from '../verify/index.js'
import { entryFacts } from '../verify/invariant.js'
import { explorePackets } from '../verify/left-behind.js'
import {
  anyPacket,
  type PacketInput,
  type PacketRun,
  runInit,
  runPacket,
  type Start,
  type Written,
} from '../verify/machine/index.js'
import { jointsIn, type Pair, type Pairing } from '../verify/pairing.js'
import { type RealNf, realNf } from '../verify/real-nf.js'
import { type LineOf, linesOf } from './lines.js'

/** What two binaries are compared under. */
export interface Compared {
  readonly subject: Subject
  /** Of states that have layouts. */
  readonly pairing: Pairing
}

export interface Original extends Compared {
  readonly name: string
  /** Settings of `subject`: the default configuration with small tables, so that states are made real at once. */
  readonly config: readonly string[]
  /** As configured: what is the same there is the same. */
  readonly configured: Compared
  readonly mutants: readonly Mutant[]
  readonly real: RealNf
  /** What its packets leave in its memory. */
  readonly left: Written
  /** One for each path that can be made real, and the packet of it. */
  readonly situations: readonly Situation[]
  readonly packets: readonly RealPacket[]
  readonly lineOf: LineOf
}

const LONGEST = 1514
/** Entries of a table while its mutants are judged. */
const SMALL = 16n

/** Throws InputError where the original itself cannot be followed. */
export async function loadOriginal(name: string, solver: SyncSolver): Promise<Original> {
  const configured = await loadSubject(name)
  const config = await smallTables(name, configured, { terms: new Terms(), solver })
  const subject = await loadSubject(name, { config })
  const random = new Random(1)
  const prepared = prepare(subject, { solver, random: () => random.fraction(), longest: LONGEST })
  const { start, terms } = prepared
  if (start === undefined) {
    const why = prepared.causes.map(({ what }) => what).join('; ')
    throw new InputError(`mutants of ${name} cannot be compared: ${why}`)
  }
  // Whether the original keeps what it must is not asked here.
  const exploring: ExploreOptions = { terms, solver, mostPaths: 1000, isJudging: false }
  const real = realNf(subject, subject.nf.config)
  const pairing = withLayouts(prepared.pairing)
  const { paths, left } = explorePackets(
    (path, before) => followed({ start, subject, pairing }, before, path),
    exploring,
    prepared.left,
  )
  const situations: Situation[] = []
  const packets: RealPacket[] = []
  for (const { end, satisfied, facts } of paths) {
    if (end.kind !== 'ended' || satisfied.kind !== 'yes') continue
    const { run, input } = end.result
    const model = realisableModel(real, { terms, run, input, facts, model: satisfied.model }, solver)
    if (model === undefined) continue
    const packet = made(real, { run, input, model })
    if (packet === undefined) continue
    situations.push({ run, input, model })
    packets.push(packet)
  }
  return {
    name,
    subject,
    config,
    configured: { subject: configured, pairing: pairing.map((pair) => declaredIn(configured, pair)) },
    mutants: mutantsOf(subject.nf.wasm),
    real,
    pairing,
    left,
    situations,
    packets,
    lineOf: linesOf(subject.nf),
  }
}

/**
 * Settings by which tables are small, so that a state is made in no time. What is the same with these need not be with
 * larger ones, whose slots have more bits. They are found by their values, which are those of a table's capacity.
 */
async function smallTables(name: string, subject: Subject, exploring: ExploreOptions): Promise<readonly string[]> {
  const tables = startOf(subject, exploring).structures.filter(
    ({ kind, origin }) => kind !== 'cht' && origin === 'nf_init',
  )
  const capacities = new Set(tables.map(({ sizes }) => sizes.at(-1)?.constant))
  const settings: string[] = []
  for (const [setting, value] of subject.nf.config.entries) {
    if (value.kind !== 'scalars' || typeof value.raw !== 'bigint') continue
    if (value.raw <= SMALL || !capacities.has(value.raw)) continue
    const small = [...settings, `${setting}=${SMALL}`]
    try {
      await loadSubject(name, { config: small })
      settings.push(`${setting}=${SMALL}`)
    } catch (error) {
      // Not allowed so small.
      if (!(error instanceof InputError)) throw error
    }
  }
  return settings
}

function startOf({ machine, nf }: Subject, exploring: ExploreOptions): Start {
  const [only, ...others] = explore((path) => runInit(machine, path), exploring).paths
  if (only?.end.kind === 'ended' && only.end.result.end.kind === 'returned' && others.length === 0) {
    return only.end.result.start
  }
  throw new InputError(`nf_init of ${nf.manifest.name} does not end in one way, so its mutants cannot be compared`)
}

/** States whose records are where they seem to be: only of these is known what the types of fields say. */
function withLayouts(pairing: Pairing): Pairing {
  return pairing.filter(
    ({ declaration, keyLayout, valueLayout }) =>
      declaration.kind === 'expiringMap' &&
      keyLayout !== undefined &&
      (declaration.value === undefined || valueLayout !== undefined),
  )
}

/** The same pair where tables have other sizes. */
function declaredIn({ reading }: Subject, pair: Pair): Pair {
  const declaration = reading.declarations[pair.state]
  if (declaration === undefined) throw new RangeError(`the specification has no state ${pair.state}`)
  return { ...pair, declaration }
}

interface Known {
  readonly start: Start
  readonly subject: Subject
  readonly pairing: Pairing
}

interface Followed {
  readonly run: PacketRun
  readonly input: PacketInput
  readonly written: Written
}

/** The original on a path, with entries as the types of fields have them; whether what it must keep holds is not asked. */
function followed({ start, subject, pairing }: Known, left: Written, path: Path): Followed {
  const { portCount } = subject
  const input = anyPacket(path, { portCount, longest: LONGEST })
  const last = new Integers(path.terms).unsigned(input.last, 0n, (1n << 62n) - 1n)
  const before = new SpecRun(path, portCount, last)
  const run = runPacket(start, input, path, {
    left,
    joints: jointsIn(pairing),
    refinements: ({ name }) => {
      const pair = pairing.find(({ structure }) => structure?.name === name)
      return pair && { expiringMap: (entry) => entryFacts(pair, before, entry) }
    },
  })
  return { run, input, written: run.written }
}

function made(real: RealNf, situation: Situation): RealPacket | undefined {
  try {
    return makeReal(real, situation)
  } catch (error) {
    if (error instanceof Unrealisable) return undefined
    throw error
  }
}
