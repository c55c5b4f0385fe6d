/** What a proof yields for one network function: an entry of `nfs` in result.json. */
import type { NfSubject, Violation } from './types.js'

export type ProofVerdict = 'proved' | 'refuted' | 'undecided'

/** A line of a source, or a byte offset of a binary where there is no source line. */
export interface SourcePlace {
  readonly file: string
  readonly line?: number
  /** Byte offset in a binary. */
  readonly offset?: number
}

/** Why something is not proved. */
export interface ProofCause {
  readonly what: string
  /** The kind of guarantee that is not shown; absent where a path could not be followed. */
  readonly guarantee?: string
  readonly place?: SourcePlace
  /** Paths on which it came up. */
  readonly paths: number
}

/** What was judged of one kind of guarantee. */
export interface GuaranteeCount {
  readonly guarantee: string
  readonly obligations: number
  /** Not shown to hold. */
  readonly failed: number
}

/** A condition, and which way a path went. */
export interface PathDecision {
  readonly condition: string
  readonly value: boolean
  readonly place?: SourcePlace
  /** The text of the line. */
  readonly source?: string
}

/** One path of the network function: which way it went at each condition, and what came of it. */
export interface VerifiedPath {
  /** Conditions in the order in which they were met; those that could go one way only are left out. */
  readonly decisions: readonly PathDecision[]
  /** What the network function did: `drop`, `port 1`, `flood`... */
  readonly outcome: string
  /** The line of the specification that answered. */
  readonly site?: SpecSite
  readonly obligations: number
  readonly failed: number
  readonly seconds: number
  /** Whether a model of it took it on the real binary, and why not, where it could not be made. */
  readonly confirmed: 'yes' | 'unrealisable' | 'not tried'
  readonly why?: string
}

export interface SpecSite {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly clause: string
}

export interface CounterexamplePacket {
  /** Nanoseconds, in decimal. */
  readonly time: string
  readonly ingress: number
  readonly hex: string
  /** Decoded, for people. */
  readonly text: string
}

/** Packets on which the real binary does what it must not. */
export interface Counterexample {
  /** The kind of guarantee that is broken. */
  readonly guarantee: string
  /** The last packet's: what was expected, and what the real binary did. */
  readonly violation: Violation
  /** From empty tables, in order: the last one is what goes wrong. */
  readonly packets: readonly CounterexamplePacket[]
  /** What was in the tables before the last packet, one line for each entry. */
  readonly state: readonly string[]
  /** What else there is to say of the packets, such as a time that is just at a boundary. */
  readonly notes?: readonly string[]
  /** Calls of libVig for the last packet, with values. */
  readonly calls: readonly { readonly text: string; readonly place?: SourcePlace }[]
  /** The last packet's way through the network function's source, lines that follow each other once. */
  readonly path: readonly SourcePlace[]
  /** The command that shows it in the simulator; absent where that cannot show it. */
  readonly replay?: readonly string[]
  /** The capture that the command replays: a name within the run folder. */
  readonly capture?: string
  /** The same packets as a case of a conformance suite, or why they are none. */
  readonly conform: CounterexampleSuite | { readonly why: string }
}

/** A suite in the run folder whose one case are the packets. */
export interface CounterexampleSuite {
  /** A name within the run folder. */
  readonly suite: string
  /** `name=value` each, beside nf.yaml. */
  readonly config: readonly string[]
  readonly portCount: number
  /** The command that shows it in the simulator; with `--topology` on real ports. */
  readonly command: readonly string[]
}

/** A property that was proved on its own. */
export interface VerifiedProperty {
  readonly name: string
  readonly title: string
  readonly clause: string
  readonly verdict: ProofVerdict
  /** Why it is undecided; `vacuous: ...` where it speaks of no packet. */
  readonly cause?: string
  readonly place: SourcePlace
  readonly paths: number
  readonly obligations: number
  readonly seconds: number
  readonly counterexamples: readonly Counterexample[]
}

/** A property that was not looked at, since the configuration lacks what it needs. */
export interface PassedOverProperty {
  readonly name: string
  readonly title: string
  readonly clause: string
  readonly needs: string
  readonly place: SourcePlace
}

export interface SolverUse {
  /** Of several, in the order in which they were asked. */
  readonly name: string
  readonly queries: number
  readonly seconds: number
  /** Of the answers, how many another solver confirmed, and how many it could not decide; absent where none was asked. */
  readonly crossCheck?: { readonly name: string; readonly confirmed: number; readonly unknown: number }
}

/** One network function of a proof: it `holds` where proved, and is `violated` where refuted. */
export interface VerifiedNf extends NfSubject {
  readonly kind: 'verified'
  /** The first of the causes, where undecided. */
  readonly cause?: string
  /** Absent where only properties were asked for. */
  readonly proof?: ProofVerdict
  readonly causes: readonly ProofCause[]
  readonly guarantees: readonly GuaranteeCount[]
  readonly paths: number
  readonly obligations: number
  /** Paths of which a model was run on the real binary and took them. */
  readonly confirmed: number
  readonly pathTree: readonly VerifiedPath[]
  /** How states are kept, records laid out, and which invariants were found: one line each. */
  readonly findings: readonly string[]
  /** For which configurations: `as given`, or what `--any-config` left open and split over. */
  readonly configurations: string
  readonly seconds: number
  readonly peakMegabytes: number
  readonly solver: SolverUse
  readonly counterexamples: readonly Counterexample[]
  readonly properties: readonly VerifiedProperty[]
  /** Absent where none was. */
  readonly passedOver?: readonly PassedOverProperty[]
}
