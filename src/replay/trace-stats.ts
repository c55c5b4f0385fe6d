import type { TraceSummary } from '../result/types.js'

/** Counts of one trace over all its passes: every packet read is sent, or skipped under one cause. */
export class TraceStats {
  readonly file: string
  format = ''
  /** Packets in the file, as far as it was read. */
  inFile = 0
  sent = 0
  transportSent = 0
  transportForwarded = 0
  transportTranslated = 0
  readonly skipped = new Map<string, number>()

  constructor(file: string) {
    this.file = file
  }

  skip(cause: string, count = 1): void {
    if (count > 0) this.skipped.set(cause, (this.skipped.get(cause) ?? 0) + count)
  }

  /** Packets that have a fate so far. */
  get accounted(): number {
    let sum = this.sent
    for (const count of this.skipped.values()) sum += count
    return sum
  }

  /** Puts what was not reached in `passes` passes under the cause that ended the run early. */
  close(passes: number, cause: string): void {
    this.skip(cause, this.inFile * passes - this.accounted)
  }

  get summary(): TraceSummary {
    return {
      file: this.file,
      format: this.format,
      packetsRead: this.inFile,
      packetsSent: this.sent,
      skipped: Object.fromEntries(this.skipped),
      transportSent: this.transportSent,
      transportForwarded: this.transportForwarded,
      transportTranslated: this.transportTranslated,
    }
  }
}
