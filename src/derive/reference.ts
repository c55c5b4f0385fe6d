/**
 * The specification run on packets that are known, from the empty state, with a device that makes its choices in a plain
 * way: what each packet meets, where it goes, and the state that it leaves.
 */
import { Integers } from '../domains/symbolic/integer.js'
import type { SymbolicReading } from '../domains/symbolic/reading.js'
import type { LeavesOn } from '../domains/symbolic/verdict.js'
import type { Terms } from '../smt/index.js'
import { type ObservedPart, type ObservedPlace, type Observer, observedBy } from '../spec/instrumented/index.js'
import type { Site, VerdictKind } from '../spec/verdict.js'
import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import type { Conditions } from './conditions.js'
import { FixedChoices, type Manner } from './known/device.js'
import type { Asked } from './known/entries.js'
import { KnownFrame } from './known/frame.js'
import { KnownPath } from './known/path.js'
import { type KnownState, WorkingState } from './known/state.js'
import { LARGE } from './subject.js'
import { beyondOf, boundaryOf, expiryOf, MARGINS, useOf } from './targets.js'

export interface Packet {
  readonly bytes: Uint8Array
  readonly port: number
  /** Nanoseconds. */
  readonly now: bigint
}

/** What one packet did. */
export interface Step {
  /** What it met, in order. */
  readonly met: ReadonlySet<string>
  /** Its way through the source: what is in it, and the sides it took. */
  readonly way: string
  /** The kind of state that it was taken from, as far as that may make a difference. */
  readonly from: string
  readonly verdict: VerdictKind
  readonly site: Site | undefined
  /** A bit for each port that it left by. */
  readonly ports: number
  /** As it left by the first port, checksums not followed; undefined where it was dropped. */
  readonly output: Uint8Array | undefined
  readonly state: KnownState
  /** Entries that were looked up, there or just expired, and how many nanoseconds they had left. */
  readonly hits: readonly Hit[]
  /** How far comparisons were from their boundaries, least for each of `beyondOf`. */
  readonly gaps: ReadonlyMap<string, bigint>
}

export interface Hit {
  readonly at: string
  readonly table: string
  /** Below zero where it had expired. */
  readonly margin: bigint
  /** How long an entry is there after its time. */
  readonly life: bigint
  /** Where the entry got its time and its value. */
  readonly timed: string
  readonly valued: string
}

/** Packets that are remembered: what is tried again is mostly tried soon. */
const MOST_STEPS = 4096

export class Reference {
  readonly terms: Terms
  readonly conditions: Conditions
  readonly reading: SymbolicReading
  readonly #lookups: ReadonlySet<string>
  readonly #steps = new Map<string, Step>()

  constructor(reading: SymbolicReading, conditions: Conditions, terms: Terms) {
    this.reading = reading
    this.conditions = conditions
    this.terms = terms
    const tables = new Set(Object.keys(reading.declarations))
    this.#lookups = new Set(conditions.lookups(tables).map(({ at }) => at))
  }

  /**
   * Each packet from each state once, as long as it is remembered.
   *
   * @throws SpecError, Undecidable where the specification cannot be run on it.
   */
  run(state: KnownState, packet: Packet, manner: Manner): Step {
    const { bytes, port, now } = packet
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const name = `${manner.name} ${port} ${now} ${state.content} | ${content}`
    const known = this.#steps.get(name)
    if (known !== undefined) return known
    const step = this.#run(state, packet, manner)
    this.#steps.set(name, step)
    const [oldest] = this.#steps.keys()
    if (this.#steps.size > MOST_STEPS && oldest !== undefined) this.#steps.delete(oldest)
    return step
  }

  #run(state: KnownState, { bytes, port, now }: Packet, manner: Manner): Step {
    const { terms, reading } = this
    const integers = new Integers(terms)
    const working = new WorkingState(terms, reading.declarations, state, manner)
    const seen = new Met(this.conditions)
    const { verdict } = observedBy(seen, () =>
      reading.run({
        path: new KnownPath(terms),
        frame: new KnownFrame(terms, bytes.slice()),
        ingress: integers.of(BigInt(port)),
        now: integers.of(now),
        states: working.bindings,
        choices: new FixedChoices(manner, integers, working.lookups),
      }),
    )
    const hits = working.lookups.asked.flatMap((asked) => this.#hit(asked, now))
    for (const { at, margin, timed, valued } of hits) {
      if (margin >= 0n) seen.met.add(useOf(at, timed, valued))
      const [near] = MARGINS.filter((each) => each.margin === margin)
      if (near === undefined) continue
      seen.met.add(expiryOf(at, near.name))
      seen.met.add(expiryOf(`${at} of ${timed}`, near.name))
    }
    const portsOf = (leavesOn: LeavesOn): number => {
      let ports = 0
      for (let egress = 0; egress < reading.portCount; egress++) {
        if (leavesOn(integers.of(BigInt(egress))) === terms.true) ports |= 1 << egress
      }
      return ports
    }
    const ports = portsOf(verdict.leavesOn)
    const frame = verdict.forms.find(({ leavesOn }) => portsOf(leavesOn) !== 0)?.expected?.frame
    const output = ports !== 0 && frame instanceof KnownFrame ? frame.bytes : undefined
    const { ipv4, ipv6 } = layersOf(bytes)
    const form = ipv4 !== -1 ? 'IPv4' : ipv6 !== -1 ? 'IPv6' : 'other'
    const way = [form, ...seen.sides, verdict.site?.line ?? 0].join(' ')
    const from = hits.length === 0 && this.#isLarge(state) ? (state.kind === '' ? '' : 'others') : state.kind
    const { kind, site } = verdict
    const after = working.after(now)
    return { met: seen.met, way, from, verdict: kind, site, ports, output, state: after, hits, gaps: seen.gaps }
  }

  /** Nothing is in a table that a few packets could fill: who finds no entry goes the same way whatever the others are. */
  #isLarge({ entries }: KnownState): boolean {
    return [...entries].every(([name, each]) => each.length === 0 || this.isLargeTable(name))
  }

  isLargeTable(name: string): boolean {
    const declaration = this.reading.declarations[name]
    return declaration?.kind === 'expiringMap' && declaration.capacity > LARGE
  }

  #hit({ at, table, isMeant, isFound, entry, threshold }: Asked, now: bigint): Hit[] {
    const time = entry.time.constant
    const limit = threshold?.constant
    if (isMeant !== this.terms.true || time === undefined || limit === undefined || !this.#lookups.has(at)) return []
    // What was there and went otherwise is no matter of time.
    if (isFound !== this.terms.true && time >= limit) return []
    const { timed, valued } = entry.marks
    return [{ at, table, margin: time - limit, life: now - limit, timed, valued }]
  }
}

class Met implements Observer {
  readonly met = new Set<string>()
  readonly sides: string[] = []
  readonly gaps = new Map<string, bigint>()
  readonly #conditions: Conditions

  constructor(conditions: Conditions) {
    this.#conditions = conditions
  }

  condition(at: ObservedPlace, part: ObservedPart, value: unknown): void {
    const condition = this.#conditions.at(at, part)
    if (condition === undefined) return
    const side = value ? condition.sides.true : condition.sides.false
    this.met.add(side)
    this.sides.push(side)
  }

  compared(at: ObservedPlace, a: unknown, b: unknown, result: unknown): void {
    this.condition(at, 'itself', result)
    const condition = this.#conditions.at(at, 'itself')
    const distance = distanceOf(a, b)
    if (condition === undefined || distance === undefined) return
    if (distance !== 0n) {
      const name = beyondOf(condition.id, distance < 0n ? 'below' : 'above')
      const gap = distance < 0n ? -distance : distance
      const least = this.gaps.get(name)
      if (least === undefined || gap < least) this.gaps.set(name, gap)
    }
    if (distance >= -1n && distance <= 1n) this.met.add(boundaryOf(condition.id, distance))
  }

  under<T>(_condition: unknown, _side: boolean, run: () => T): T {
    return run()
  }
}

function distanceOf(a: unknown, b: unknown): bigint | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a - b
  return typeof a === 'number' && typeof b === 'number' ? BigInt(a) - BigInt(b) : undefined
}
