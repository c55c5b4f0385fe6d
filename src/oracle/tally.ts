import type { Outcomes, SiteCount } from '../result/types.js'
import type { Site, VerdictKind } from '../spec/verdict.js'

/** What became of a packet, as a number. */
export const FORWARDED = 0
export const REWRITTEN = 1
export const FLOODED = 2
export const DROPPED = 3
export const UNSPECIFIED = 4
export const VIOLATED = 5
export const NOT_DECIDED = 6
export type Outcome = number

/** Counts what became of packets, and which line of the specification decided. */
export class Tally {
  /** Packets by outcome. */
  readonly #packets = new Float64Array(NOT_DECIDED + 1)
  /** Frames that left, counted once for each egress port. */
  left = 0
  /** Choices that were learned from outputs. */
  searches = 0
  readonly #bySite: { site: Site; kind: VerdictKind; packets: number }[] = []

  /** Counts one packet; a line of the specification decided it only where it was judged as right. */
  count(site: Site | undefined, kind: VerdictKind, outcome: Outcome): void {
    if (outcome < VIOLATED) this.at(site, kind)
    this.add(outcome)
  }

  /** Counts one packet by what became of it. */
  add(outcome: Outcome): void {
    this.#packets[outcome] = (this.#packets[outcome] ?? 0) + 1
  }

  /** Counts one packet for the line that decided it. */
  at(site: Site | undefined, kind: VerdictKind): void {
    if (site === undefined) return
    const entry = this.#bySite[site.id]
    if (entry === undefined) this.#bySite[site.id] = { site, kind, packets: 1 }
    else entry.packets += 1
  }

  /** So many packets that were counted as violations are none after all. */
  excuse(packets: number): void {
    this.#packets[VIOLATED] = (this.#packets[VIOLATED] ?? 0) - packets
  }

  /** So many packets that were counted as undecided are violations after all. */
  convict(packets: number): void {
    this.#packets[NOT_DECIDED] = (this.#packets[NOT_DECIDED] ?? 0) - packets
    this.#packets[VIOLATED] = (this.#packets[VIOLATED] ?? 0) + packets
  }

  /** Counts what another has counted as well. */
  include(other: Tally): void {
    for (const [outcome, packets] of other.#packets.entries()) {
      this.#packets[outcome] = (this.#packets[outcome] ?? 0) + packets
    }
    this.left += other.left
    this.searches += other.searches
    for (const { site, kind, packets } of other.#bySite.filter((entry) => entry !== undefined)) {
      const entry = this.#bySite[site.id]
      if (entry === undefined) this.#bySite[site.id] = { site, kind, packets }
      else entry.packets += packets
    }
  }

  get forwarded(): number {
    return this.#packets[FORWARDED] ?? 0
  }

  get rewritten(): number {
    return this.#packets[REWRITTEN] ?? 0
  }

  get flooded(): number {
    return this.#packets[FLOODED] ?? 0
  }

  get dropped(): number {
    return this.#packets[DROPPED] ?? 0
  }

  get unspecified(): number {
    return this.#packets[UNSPECIFIED] ?? 0
  }

  get violated(): number {
    return this.#packets[VIOLATED] ?? 0
  }

  get undecided(): number {
    return this.#packets[NOT_DECIDED] ?? 0
  }

  get checked(): number {
    return this.#packets.reduce((sum, packets) => sum + packets, 0)
  }

  get outcomes(): Outcomes {
    const { forwarded, rewritten, flooded, dropped, unspecified, violated, undecided } = this
    return { forwarded, rewritten, flooded, dropped, unspecified, violated, undecided }
  }

  get coverage(): SiteCount[] {
    return this.#bySite
      .filter((entry) => entry !== undefined)
      .map(({ site, kind, packets }) => ({
        file: site.file,
        line: site.line,
        kind,
        text: site.text,
        clause: site.clause,
        packets,
      }))
      .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
  }
}
