/**
 * Looks for packets from the empty state on which the real binary does what the specification does not allow. What fails
 * in a proof says where to look: for some packets before it that bring about the state it needs and, where only the state
 * differs afterwards, for one more that shows it. Where there is no proof to fail, two packets are tried of which the second
 * looks at what the first has left. What counts is how the real binary runs (judged-runs.ts), so nothing that is tried
 * has to be right.
 */

import { Model } from '../../smt/index.js'
import type { NfOnPath } from '../any-packet-run.js'
import type { PathReport } from '../exploration/explore.js'
import type { Structure } from '../machine/index.js'
import { type AttemptParts, Attempts, OutOfQueries } from './attempts.js'
import type { Failure } from './failures.js'
import { FullTables } from './full-table.js'
import { FEW_STEPS, type Finding } from './judged-runs.js'
import { findOverLifetimes } from './lifetimes.js'
import { findInConversations } from './plain.js'
import { repeated } from './repeated.js'
import { anyOnesIn, type EndedPath, isEnded, writtenOn } from './scenario.js'
import { shrink } from './shrink.js'
import { nothingYet } from './start-state.js'

export interface SearchParts extends AttemptParts {
  readonly structures: readonly Structure[]
  /** Bytes of the longest packet. */
  readonly longest: number
  readonly paths: readonly PathReport<NfOnPath>[]
}

export interface Found {
  readonly finding: Finding
  /** What had failed in the proof; undefined where the search did without. */
  readonly failure: Failure | undefined
  readonly structures: readonly Structure[]
  /** Handles of the structures in the binary that ran, by their names. */
  readonly handles: ReadonlyMap<string, number>
}

const MOST_QUERIES = 300
/** Packets before the one that fails. */
const MOST_BEFORE = 2
/** Paths tried for each of these, by how many packets come before. */
const PATHS_BEFORE = [0, 16, 5]
/** Other packets tried on the same paths where nothing says which. */
const VARIATIONS = 6

/** Packets that show a failure; undefined where none were found. */
export function findSequence(parts: SearchParts, failures: readonly Failure[]): Found | undefined {
  return new Search(parts).find(failures)
}

/** One packet from empty tables that shows a failure: soon found, or soon known not to be there. */
export function findOnePacket(parts: SearchParts, failures: readonly Failure[]): Found | undefined {
  return new Search(parts).findOne(failures)
}

/** Packets that show a failure: one, from empty tables or after one that came again and again; or some over lifetimes. */
export function findSoon(parts: SearchParts, failures: readonly Failure[]): Found | undefined {
  return new Search(parts).findSoon(failures)
}

/** Packets that go wrong where nothing is known of the ways of the binary: of those that any network has. */
export function findByPlainPackets(parts: SearchParts): Found | undefined {
  return new Search(parts).plain()
}

/** Packets that go wrong, by trying each path alone and after each that changes the state. */
export function findByTrying(parts: SearchParts): Found | undefined {
  return new Search(parts).try()
}

class Search {
  readonly #parts: SearchParts
  readonly #attempts: Attempts
  /** Paths that leave another state than they found. */
  readonly #changing: readonly EndedPath[]
  readonly #ended: readonly EndedPath[]
  #fromNothing: readonly EndedPath[] | undefined

  constructor(parts: SearchParts, start = nothingYet(parts.structures, parts.terms)) {
    this.#parts = parts
    this.#attempts = new Attempts(parts, start, MOST_QUERIES)
    this.#ended = parts.paths.filter(isEnded).filter(({ satisfied }) => satisfied.kind === 'yes')
    this.#changing = this.#ended.filter(changesState)
  }

  find(failures: readonly Failure[]): Found | undefined {
    return (
      this.findSoon(failures) ?? this.#spoken() ?? this.#afterSome(1, MOST_BEFORE, failures) ?? this.#withFullTables()
    )
  }

  /** Sequences that a solver has to find may take minutes, and these do not. */
  findSoon(failures: readonly Failure[]): Found | undefined {
    return this.findOne(failures) ?? this.#overLifetimes() ?? this.#afterRepeated(failures)
  }

  #overLifetimes(): Found | undefined {
    const { runs, devices } = this.#parts
    const device = devices.in(new Model())
    const finding = device && findOverLifetimes(runs, device)
    return finding && this.#found(finding)
  }

  /** In states that one packet leads to when it comes again and again. */
  #afterRepeated(failures: readonly Failure[]): Found | undefined {
    const { runs, devices } = this.#parts
    const device = devices.in(new Model())
    const result = device && repeated(runs, device, this.#parts)
    if (result === undefined) return undefined
    if ('found' in result) return this.#found(result.found)
    for (const start of result.left) {
      const found = new Search(this.#parts, start).#afterSome(0, 1, failures)
      if (found !== undefined) return found
    }
    return undefined
  }

  findOne(failures: readonly Failure[]): Found | undefined {
    return this.#afterSome(0, 0, failures)
  }

  /** Of packets before the one that fails: so many at least, and so many at most. */
  #afterSome(least: number, most: number, failures: readonly Failure[]): Found | undefined {
    return withinQueries(() => {
      for (let before = least; before <= most; before++) {
        for (const failure of failures) {
          const finding = this.#after(before, failure)
          if (finding !== undefined) return this.#found(finding, failure)
        }
      }
      return undefined
    })
  }

  /** What any network has, then full tables, as they take many packets. */
  plain(): Found | undefined {
    return this.#spoken() ?? this.#overLifetimes() ?? this.#withFullTables()
  }

  #spoken(): Found | undefined {
    const { runs, devices } = this.#parts
    const device = devices.in(new Model())
    const finding = device && findInConversations(runs, device)
    return finding && this.#found(finding)
  }

  #withFullTables(): Found | undefined {
    const { structures, runs, devices } = this.#parts
    const device = devices.in(new Model())
    if (device === undefined) return undefined
    const tables = new FullTables(runs, device, structures)
    const plain = tables.fromPlain()
    if (plain !== undefined) return this.#found(plain)
    for (const path of this.#startable()) {
      const [packet] = this.#attempts.packetsOf(this.#attempts.scenarios.of(nfFacts(path), path)) ?? []
      const finding = packet && tables.from(packet)
      if (finding !== undefined) return this.#found(finding)
    }
    return undefined
  }

  try(): Found | undefined {
    const { scenarios } = this.#attempts
    const found = withinQueries(() => {
      for (const path of this.#ended) {
        const attempt = this.#attempts.try(scenarios.of(nfFacts(path), path), VARIATIONS)
        if (attempt.kind === 'found') return this.#found(attempt.finding)
      }
      for (const first of this.#startable()) {
        for (const next of this.#ended) {
          const followed = scenarios.followed(first, nfFacts(first), writtenOn(first), next)
          const attempt = followed && this.#attempts.try(followed, VARIATIONS)
          if (attempt?.kind === 'found') return this.#found(attempt.finding)
        }
      }
      return undefined
    })
    return found ?? this.plain()
  }

  #found(found: Finding, failure?: Failure): Found {
    const { structures, runs } = this.#parts
    const { device } = found
    const isEndless = found.detail.violation.kind === 'hang'
    // What does not end takes all its steps at every try: fewer tell it nearly as well, and then it is run once more.
    const smallest = shrink(found, (packets) => runs.run(packets, device, isEndless ? FEW_STEPS : undefined))
    const finding = isEndless ? (runs.run(smallest.packets, device) ?? found) : smallest
    return { finding, failure, structures, handles: device.real.handles }
  }

  #after(before: number, failure: Failure): Finding | undefined {
    const { path, facts, guarantee } = failure
    const { scenarios } = this.#attempts
    const alone = scenarios.of(facts, path)
    for (const earlier of this.#choicesOf(before)) {
      const attempt = this.#attempts.try(earlier.reduce((scenario, each) => scenarios.after(each, scenario), alone))
      if (attempt.kind === 'found') return attempt.finding
      if (attempt.kind === 'impossible' || guarantee !== 'state' || !isEnded(path)) continue
      const shown = this.#shown(path, facts, earlier)
      if (shown !== undefined) return shown
    }
    return undefined
  }

  /** With one packet more, to which the state that was left makes a difference. */
  #shown(path: EndedPath, facts: Failure['facts'], earlier: readonly EndedPath[]): Finding | undefined {
    const { scenarios } = this.#attempts
    const about = facts.slice(-1).flatMap(anyOnesIn)
    for (const next of this.#ended) {
      const followed = scenarios.followed(path, facts, about, next)
      if (followed === undefined) continue
      const attempt = this.#attempts.try(earlier.reduce((scenario, each) => scenarios.after(each, scenario), followed))
      if (attempt.kind === 'found') return attempt.finding
    }
    return undefined
  }

  /** Paths of the packets before, the latest first. The earliest can be taken from the empty state. */
  *#choicesOf(before: number): Generator<readonly EndedPath[]> {
    if (before === 0) yield []
    if (before === 0) return
    const most = PATHS_BEFORE[before] ?? 0
    const first = this.#startable().slice(0, most)
    if (before === 1) for (const one of first) yield [one]
    // One that is not possible at first changes what was there: another kind of change.
    const others = this.#changing.filter((path) => !this.#startable().includes(path))
    const later = [...others.slice(0, most), ...first]
    if (before === 2) for (const one of later) for (const other of first) yield [one, other]
  }

  /** Paths that change the state and can be taken when there is nothing yet. */
  #startable(): readonly EndedPath[] {
    this.#fromNothing ??= this.#changing.filter((path) =>
      this.#attempts.isPossible(this.#attempts.scenarios.of(nfFacts(path), path)),
    )
    return this.#fromNothing
  }
}

function withinQueries<R>(search: () => R): R | undefined {
  try {
    return search()
  } catch (error) {
    if (error instanceof OutOfQueries) return undefined
    throw error
  }
}

function nfFacts({ facts, end }: EndedPath): EndedPath['facts'] {
  return facts.slice(0, end.result.nfFacts)
}

function changesState({ end }: EndedPath): boolean {
  return [...end.result.nf.states].some(([{ name }, state]) => {
    switch (state.structure) {
      case 'expiring_map':
        return state.state.updates.some(({ kind }) => kind !== 'expire')
      case 'dchain':
        return state.state.updates.some(({ kind }) => kind !== 'expire')
      case 'map':
      case 'vector':
        return end.result.nf.calls.some(
          (call) => /put|erase|borrow/.test(call.name) && Object.values(call.arguments).includes(name),
        )
      default:
        return false
    }
  })
}
