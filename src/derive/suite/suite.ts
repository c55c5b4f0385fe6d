/** A suite as data: what is kept in its folder. */
import type { Fill } from '../fields.js'

/** One packet of a case, or the same several times. */
export interface CasePacket {
  /** Nanoseconds after the packet before, or after the start. */
  readonly wait: bigint
  readonly port: number
  readonly bytes: Uint8Array
  readonly fills: readonly Fill[]
  /** How often it comes, each `wait` after the one before. */
  readonly times: number
  /** What it is for, where it is one of a list. */
  readonly note: string | undefined
  /** Line of the specification that answers, on the reference device. */
  readonly line: number | undefined
}

/** Packets from the empty state. */
export interface SuiteCase {
  /** Of its files. */
  readonly name: string
  readonly title: string
  /** Lines of the specification, by what is met there. */
  readonly meets: readonly string[]
  /** What the specification cites at the line that answers the last packet. */
  readonly clause: string
  readonly packets: readonly CasePacket[]
}

export type TargetKind = 'side' | 'boundary' | 'expiry'

/** Something that a suite is to meet, and what became of it. */
export interface TargetResult {
  readonly kind: TargetKind
  /** Imported by the specification, from its folder; absent in the specification itself. */
  readonly module?: string
  readonly line: number
  readonly column: number
  readonly text: string
  /** Which side, how far from the boundary, how near to the expiry. */
  readonly what: string
  readonly status: 'met' | 'unreachable' | 'not found'
  /** Why it was not met; which case meets it. */
  readonly why: string
}

export interface TargetCount {
  readonly met: number
  readonly unreachable: number
  readonly notFound: number
}

export interface Coverage {
  readonly sides: TargetCount
  readonly boundaries: TargetCount
  readonly expiries: TargetCount
  /** Ways through the source, in states of different kinds, that the suite takes. */
  readonly ways: number
  readonly targets: readonly TargetResult[]
}

/** A module that the specification imports, named from its folder. */
export interface SuiteModule {
  readonly name: string
  readonly source: string
}

export interface Suite {
  readonly nf: string
  readonly spec: {
    readonly file: string
    readonly title: string
    readonly sha256: string
    readonly source: string
    readonly imported: readonly SuiteModule[]
  }
  /** `name=value` each, beside nf.yaml. */
  readonly config: readonly string[]
  readonly portCount: number
  readonly seed: number
  readonly maxPackets: number
  readonly covering: string | undefined
  /** False where the time given was used up before everything was tried. */
  readonly isComplete: boolean
  readonly coverage: Coverage
  readonly cases: readonly SuiteCase[]
}
