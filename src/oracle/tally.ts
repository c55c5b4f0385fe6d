import type { Outcomes, SiteCount } from '../result/types.js'
import type { Site, VerdictKind } from '../spec/verdict.js'

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

  /** Counts one packet for the line that decided it. */
  at(site: Site | undefined, kind: VerdictKind): void {
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
