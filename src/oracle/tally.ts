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
  forwarded = 0
  rewritten = 0
  flooded = 0
  dropped = 0
  unspecified = 0
  violated = 0
  undecided = 0
  /** Frames that left, counted once for each egress port. */
  left = 0
  /** Choices that were learned from outputs. */
  searches = 0
  readonly #bySite: { site: Site; kind: VerdictKind; packets: number }[] = []

  /** Counts one packet; a line of the specification decided it only where it was judged as right. */
  count(site: Site | undefined, kind: VerdictKind, outcome: Outcome): void {
    if (outcome === VIOLATED) this.violated += 1
    else if (outcome === NOT_DECIDED) this.undecided += 1
    else {
      this.#at(site, kind)
      if (outcome === FORWARDED) this.forwarded += 1
      else if (outcome === REWRITTEN) this.rewritten += 1
      else if (outcome === DROPPED) this.dropped += 1
      else if (outcome === FLOODED) this.flooded += 1
      else this.unspecified += 1
    }
  }

  #at(site: Site | undefined, kind: VerdictKind): void {
    if (site === undefined) return
    const entry = this.#bySite[site.id]
    if (entry === undefined) this.#bySite[site.id] = { site, kind, packets: 1 }
    else entry.packets += 1
  }

  get checked(): number {
    return (
      this.forwarded + this.rewritten + this.flooded + this.dropped + this.unspecified + this.violated + this.undecided
    )
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
