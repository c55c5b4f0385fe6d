/**
 * Looks for packets that meet the targets, breadth first: from every kind of state that was reached, beginning with the
 * empty one, the specification is explored over one more packet, and a solver gives packets for what was not met yet.
 * What a packet really meets is what the reference devices say; so nothing that is tried has to be right.
 */
import { setImmediate } from 'node:timers/promises'

import type { ForeseeingSolver, Term, Terms } from '../smt/index.js'
import type { PathReport } from '../verify/exploration/explore.js'
import { exploreFrom, type GoalsOnPath } from './explored.js'
import { MANNERS } from './known/device.js'
import type { KnownEntry } from './known/entries.js'
import type { KnownState } from './known/state.js'
import { Nearest } from './nearest.js'
import { MILLISECOND, PacketsOnPath, Wishes } from './packets-on-path.js'
import type { Reachability } from './reach.js'
import type { Hit, Packet, Reference, Step } from './reference.js'
import { type FilledPacket, followedBy, NOTHING, type Sequence, stateOf, withFills } from './sequence.js'
import { SMALL } from './subject.js'
import { expiryOf, MARGINS, useOf } from './targets.js'
import { tidied } from './tidy.js'
import { wearing, wears } from './wear.js'

export interface SearchOptions {
  readonly solver: ForeseeingSolver
  readonly reach: Reachability
  /** Most packets of a sequence that a solver finds one by one. */
  readonly longest: number
  /** Milliseconds of the processor; what is not found by then is not found. */
  readonly budget: number
  /** Ends the search as the end of the budget does. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (what: string) => void
}

export interface Found {
  /** Sequences, each of which was the first to meet something with its last packet. */
  readonly sequences: readonly Sequence[]
  readonly met: ReadonlySet<string>
  /** How many kinds of state were looked at, and all states that sequences lead to. */
  readonly states: number
  readonly reached: readonly KnownState[]
  /** Everything that could be tried was; else the budget was used up. */
  readonly isComplete: boolean
}

const MOST_STATES = 80
/** Paths whose packets are looked for while those before them are tried. */
const AHEAD = 4

export function search(reference: Reference, options: SearchOptions): Promise<Found> {
  return new Search(reference, options).run()
}

class Search {
  readonly #reference: Reference
  readonly #terms: Terms
  readonly #options: SearchOptions
  readonly #sequences: Sequence[] = []
  readonly #met = new Set<string>()
  /** Of the targets that were looked for. */
  readonly #impossible = new Set<string>()
  readonly #ways = new Set<string>()
  /** Those of packets that come soon: nothing has expired. */
  readonly #plainWays = new Set<string>()
  readonly #kinds = new Set<string>([''])
  readonly #queue: Sequence[] = [NOTHING]
  readonly #deadline: number
  readonly #nearest: Nearest
  /** Paths from a state are left that were not tried. */
  #isCut = false

  constructor(reference: Reference, options: SearchOptions) {
    this.#reference = reference
    this.#terms = reference.terms
    this.#options = options
    this.#nearest = new Nearest(reference.terms, options.reach)
    this.#deadline = processorTime() + options.budget
  }

  async run(): Promise<Found> {
    let states = 0
    let next = this.#queue.shift()
    while (next !== undefined && states < MOST_STATES && !this.#isOver) {
      states += 1
      this.#options.onProgress?.(`state ${states}, ${next.length} packets; ${this.#met.size} targets met`)
      // Signals are heard in between.
      await setImmediate()
      this.#from(next)
      next = this.#queue.shift()
    }
    return {
      sequences: this.#sequences,
      met: this.#met,
      states,
      reached: this.#sequences.map(stateOf),
      isComplete: next === undefined && !this.#isCut,
    }
  }

  get #isOver(): boolean {
    return processorTime() > this.#deadline || this.#options.signal?.aborted === true
  }

  #from(sequence: Sequence): void {
    const [manner] = MANNERS
    const state = stateOf(sequence)
    const { paths } = exploreFrom(this.#reference, state, manner, this.#options.solver)
    const wishes = new Wishes(this.#terms, state)
    const possible = paths
      .filter(({ satisfied }) => satisfied.kind !== 'no')
      .map((path) => ({ path, packets: new PacketsOnPath(this.#terms, this.#options.solver, wishes, path.facts) }))
    let foreseen = 0
    for (const [at, { path, packets }] of possible.entries()) {
      if (this.#isOver) {
        this.#isCut = true
        return
      }
      for (; foreseen < Math.min(at + AHEAD, possible.length); foreseen++) {
        const next = possible[foreseen]
        next?.packets.foresee()
      }
      this.#tryPath(sequence, path, packets)
    }
  }

  #tryPath(sequence: Sequence, path: PathReport<GoalsOnPath>, packets: PacketsOnPath): void {
    if (!this.#isKnownWay(sequence, path, packets)) {
      const any = packets.where()
      const way = any && this.#consider(sequence, any).step?.way
      if (way !== undefined) this.#plainWays.add(plainWay(sequence, way))
    }
    if (path.end.kind !== 'ended') return
    const { goals, gaps, asked } = path.end.result
    for (const [target, conditions] of goals) {
      if (this.#met.has(target) || this.#impossible.has(target)) continue
      const open = conditions.filter((condition) => condition !== this.#terms.false)
      for (const condition of open) {
        const packet = this.#met.has(target) ? undefined : packets.where(condition)
        if (packet !== undefined) this.#consider(sequence, packet)
      }
      // Not asked before a path has no packet: most targets are soon met.
      const isLeft = open.length > 0 && !this.#met.has(target)
      if (isLeft && this.#options.reach.of(target).kind === 'impossible') this.#impossible.add(target)
    }
    const solve = (condition: Term): Packet | undefined => packets.where(condition)
    for (const { packet, name, within } of this.#nearest.of(gaps, this.#met, solve)) {
      const found = followedBy(this.#reference, sequence, packet)
      if ((found.step?.gaps.get(name) ?? within + 1n) <= within) this.#keep(meeting(found, `${name} ${within}`), false)
    }
    for (const { at, entry, isFound } of asked) {
      if (this.#met.has(useOf(at, entry.marks.timed, entry.marks.valued))) continue
      const packet = packets.where(isFound)
      if (packet !== undefined) this.#consider(sequence, packet)
    }
  }

  /** Whether packets on a path take a way that a plain packet took from a state of this kind. */
  #isKnownWay(sequence: Sequence, { satisfied }: PathReport<GoalsOnPath>, packets: PacketsOnPath): boolean {
    const packet = satisfied.kind === 'yes' ? packets.of(satisfied.model) : undefined
    if (packet === undefined || packet.now < stateOf(sequence).last) return false
    const { step } = withFills(this.#reference, sequence, { ...packet, fills: [] })
    return step !== undefined && this.#plainWays.has(plainWay(sequence, step.way))
  }

  #consider(before: Sequence, packet: Packet): Sequence {
    const found = followedBy(this.#reference, before, packet)
    this.#keep(found)
    this.#shifted(found)
    this.#worn(found)
    return found
  }

  /** Keeps a sequence that meets something new, as plain as it can be, and the state that it leads to, if that is new. */
  #keep(found: Sequence, isTidied = true): void {
    const { before, step } = found
    if (before === undefined || step === undefined) return
    const way = wayOf(step)
    const isNewWay = !this.#ways.has(way) && [...step.met].every((target) => found.own.has(target))
    const fresh = [...found.own].filter((target) => !this.#met.has(target))
    const { kind } = step.state
    const isNewState =
      !this.#kinds.has(kind) && before.length < this.#options.longest - 1 && !isCrowded(this.#reference, step.state)
    if (fresh.length === 0 && !isNewWay && !isNewState) return
    this.#ways.add(way)
    for (const target of found.own) this.#met.add(target)
    const plain = isTidied ? this.#tidied(found) : found
    if (fresh.length > 0 || isNewWay) this.#sequences.push(plain)
    if (!isNewState) return
    this.#kinds.add(kind)
    this.#queue.push(plain)
  }

  #tidied(found: Sequence): Sequence {
    const { before, step, packet } = found
    if (before === undefined || step === undefined || packet === undefined) return found
    let best = found
    tidied(packet.bytes, (bytes) => {
      const changed = followedBy(this.#reference, before, { ...packet, bytes })
      const isSame =
        changed.step?.way === step.way &&
        changed.step.state.kind === step.state.kind &&
        [...(found.step?.met ?? [])].every((target) => !found.own.has(target) || changed.own.has(target))
      if (isSame)
        best = {
          ...changed,
          own: new Set([...changed.own, ...found.own]),
          met: new Set([...changed.met, ...found.own]),
        }
      return isSame
    })
    return best
  }

  /** The same packet at times when what it looks up is just there, or just not any more. */
  #shifted({ before, step, packet }: Sequence): void {
    if (before === undefined || step === undefined || packet === undefined) return
    const { last } = stateOf(before)
    for (const hit of step.hits) {
      for (const { margin, name } of MARGINS) {
        const { target, instead } = shiftedOf(hit, name, step)
        const now = packet.now + hit.margin - margin
        if (now < last || this.#met.has(instead)) continue
        const late = { ...packet, now }
        const found = withFills(this.#reference, before, late)
        if (found.own.has(target)) this.#keep(meeting(found, instead))
        else this.#keptAlive(before, late, target, instead)
      }
    }
  }

  /** With an earlier packet once more just before it: what else has to be there by then would have expired. */
  #keptAlive(before: Sequence, late: FilledPacket, target: string, instead: string): void {
    const now = late.now - MILLISECOND
    if (now < stateOf(before).last || before.length + 1 >= this.#options.longest) return
    for (const earlier of before.packets) {
      const again = withFills(this.#reference, before, { ...earlier, now })
      const found = withFills(this.#reference, again, late)
      if (!found.own.has(target)) continue
      this.#keep(meeting(found, instead))
      return
    }
  }

  /** The same packet again and again, where it changes a value each time, until something else becomes of it. */
  #worn(found: Sequence): void {
    const { before, step, packet } = found
    if (before === undefined || step === undefined || packet === undefined || before.step === undefined) return
    if (step.state.kind !== stateOf(before).kind || !wears(stateOf(before), step.state)) return
    const name = `worn ${step.state.kind} ${step.way}`
    if (this.#kinds.has(name)) return
    this.#kinds.add(name)
    const worn = wearing(this.#reference, found, packet)
    if (worn === undefined) return
    this.#keep(worn.refused)
    // Where nothing was used up, another value alone makes no other state of large tables: there are too many.
    if (worn.last !== found || largeIn(this.#reference, step.state).length === 0) this.#queue.push(worn.last)
  }
}

/** What a packet meets at a time when an entry that it looks up is about to expire, or just has. */
function shiftedOf({ at, timed }: Hit, margin: string, { site }: Step): { target: string; instead: string } {
  const target = expiryOf(`${at} of ${timed}`, margin)
  // Where the packet is dropped either way, nothing shows whether the entry was there.
  return { target, instead: `${target}, where else line ${site?.line ?? 0} answers` }
}

/** Milliseconds, of all threads: what a busy machine does besides does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** More entries in large tables than fill one that is made small, and far fewer than fill these: what they do, two do. */
function isCrowded(reference: Reference, state: KnownState): boolean {
  return largeIn(reference, state).length > SMALL
}

/** Entries of tables that a few packets cannot fill. */
function largeIn(reference: Reference, { entries }: KnownState): readonly KnownEntry[] {
  return [...entries].flatMap(([name, each]) => (reference.isLargeTable(name) ? each : []))
}

function meeting(found: Sequence, target: string): Sequence {
  return { ...found, own: new Set([...found.own, target]), met: new Set([...found.met, target]) }
}

/** Where it leads to hangs on all that is there already. */
function plainWay(before: Sequence, way: string): string {
  return `${stateOf(before).kind} | ${way}`
}

function wayOf({ from, way }: Step): string {
  return `${from} | ${way}`
}
