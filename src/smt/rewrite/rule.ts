/**
 * Rules of rewriting. A rule takes a term whose arguments are in normal form, and gives an equal term that is simpler,
 * or closer to normal form, or nothing. It is a theorem schema: every instance that a run applies can be logged and
 * proved (log.ts, prove.ts), for which it must keep to three things:
 *
 * - Below the term itself it looks only into the operations that it names, `depth` levels down; what else it meets
 *   there is opaque to it, but for being the same as another or a constant.
 * - It does not look at what it builds: built with the raw builder, the result must be the same up to other rules.
 * - What it assumes about the values of opaque terms it has asked `facts` for.
 */
import type { TermBuilder } from '../build.js'
import type { Op, Term } from '../term.js'

/** The unsigned values a bit vector can take: all lie from `lo` to `hi`, both included. */
export interface Range {
  readonly lo: bigint
  readonly hi: bigint
}

export interface Facts {
  range(term: Term): Range
}

export interface Rule {
  readonly name: string
  /** Operations of the terms that it rewrites. */
  readonly roots: readonly Op[]
  /** Which terms it looks into below the term itself. */
  sees(term: Term): boolean
  /** How many levels below the term itself; 1 are its arguments. */
  readonly depth: number
  rewrite(term: Term, t: TermBuilder, facts: Facts): Term | undefined
}

/** `sees` may be a list of operations. The depth is 1 unless given, and 0 where nothing is seen. */
export function rule(
  name: string,
  roots: readonly Op[],
  sees: readonly Op[] | ((term: Term) => boolean),
  rewrite: Rule['rewrite'],
  depth = 1,
): Rule {
  if (typeof sees === 'function') return { name, roots, sees, depth, rewrite }
  const ops = new Set(sees)
  return { name, roots, sees: (term) => ops.has(term.op), depth: ops.size === 0 ? 0 : depth, rewrite }
}
