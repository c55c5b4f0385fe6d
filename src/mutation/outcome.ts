/** What became of a mutant: plain data, a line of the record. */

/** Where a mutant was found to break the specification. */
export interface Kill {
  /** `start`: nf_init; `packets`: packets of the original's paths; `traffic`: a trace; `proof`: a counterexample. */
  readonly by: 'start' | 'packets' | 'traffic' | 'proof'
  readonly what: string
  /** What runs it again: words after `vigil`, the mutant's binary as MUTANT; absent where there is no trace. */
  readonly replay?: readonly string[]
  /** Packets in order, the last one the violation; hex. Absent where a trace is named. */
  readonly packets?: readonly { readonly port: number; readonly now: string; readonly bytes: string }[]
}

export type Verdict =
  | { readonly verdict: 'killed'; readonly kill: Kill }
  /** `code`: the same instructions; `proof`: proved the same on this many paths. */
  | { readonly verdict: 'equivalent'; readonly by: 'code' | 'proof'; readonly paths: number }
  /** It meets the specification and is not proved to be the original. */
  | { readonly verdict: 'survivor' }
  | { readonly verdict: 'undecided'; readonly causes: readonly string[] }

export type Classified = Verdict & {
  /** What tells it from the original on real binaries, in some state that the invariant allows. */
  readonly difference?: string
  /** Why it is not proved to be the original, where that was tried. */
  readonly notEquivalent?: string
}

/** A mutant by what it does where. */
export interface Place {
  readonly number: number
  readonly offset: number
  readonly functionName: string
  readonly operator: string
  readonly what: string
  /** In the source, where the map of the binary says so: `nf.ts:88`. */
  readonly at?: string
}

export interface Freedom {
  readonly clause: string
  readonly why: string
}

export type Outcome = Place &
  Classified & {
    readonly nf: string
    readonly seconds: number
    /** Seconds of each stage. */
    readonly stages: Readonly<Record<string, number>>
  }
