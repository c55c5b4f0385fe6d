/**
 * Bit vectors as sums of integers: `total length - 4 * IHL + 14`, where arithmetic does not wrap. A sum is made of atoms,
 * terms that are taken as they are, each times a number that is not 0.
 */
import type { Range } from '../rewrite/rule.js'
import type { Term } from '../term.js'
import type { Terms } from '../terms.js'

export interface Linear {
  readonly parts: ReadonlyMap<Term, bigint>
  readonly constant: bigint
}

export function plus(a: Linear, b: Linear): Linear {
  const parts = new Map(a.parts)
  for (const [atom, times] of b.parts) {
    const sum = (parts.get(atom) ?? 0n) + times
    if (sum === 0n) parts.delete(atom)
    else parts.set(atom, sum)
  }
  return { parts, constant: a.constant + b.constant }
}

export function times({ parts, constant }: Linear, factor: bigint): Linear {
  if (factor === 0n) return { parts: new Map(), constant: 0n }
  return {
    parts: new Map([...parts].map(([atom, coefficient]) => [atom, coefficient * factor] as const)),
    constant: constant * factor,
  }
}

/** Sums within sums that are still read: lengths of headers within lengths of headers. */
const DEEPEST = 12

/** Reads bit vectors as sums, as far as bounds of sums say that nothing wraps. */
export class LinearReader {
  readonly #terms: Terms
  readonly #boundsOf: (linear: Linear) => Range

  /** `boundsOf`: between which integers a sum must lie. */
  constructor(terms: Terms, boundsOf: (linear: Linear) => Range) {
    this.#terms = terms
    this.#boundsOf = boundsOf
  }

  /** What a bit vector is as an unsigned number; undefined where sums may wrap. */
  unsigned(term: Term, depth = 0): Linear | undefined {
    const linear = this.#modular(term, depth)
    const { lo, hi } = this.#boundsOf(linear)
    return lo >= 0n && hi < 1n << BigInt(term.width) ? linear : undefined
  }

  /** What it is in two's complement. */
  signed(term: Term): Linear | undefined {
    const linear = this.#modular(term, 0)
    const { lo, hi } = this.#boundsOf(linear)
    const half = 1n << BigInt(term.width - 1)
    return lo >= -half && hi < half ? linear : undefined
  }

  /** A sum that is the same modulo 2 to the width. */
  #modular(term: Term, depth: number): Linear {
    const { op, args, width } = term
    const [first] = args
    if (op === 'bv') return { parts: new Map(), constant: BigInt.asIntN(width, term.value) }
    if (first === undefined || depth > DEEPEST) return atom(term)
    switch (op) {
      case 'bvadd':
        return args.map((arg) => this.#modular(arg, depth + 1)).reduce(plus)
      case 'bvneg':
        return times(this.#modular(first, depth + 1), -1n)
      case 'bvmul':
        return first.op === 'bv' && args[1] !== undefined && args.length === 2
          ? times(this.#modular(args[1], depth + 1), BigInt.asIntN(width, first.value))
          : atom(term)
      case 'zero_extend':
        return this.#whole(first, depth)
      case 'concat':
        return this.#joined(args, depth)
      default:
        return atom(term)
    }
  }

  /** The unsigned number that a term is, as a sum of parts or in one piece. */
  #whole(term: Term, depth: number): Linear {
    return this.unsigned(term, depth + 1) ?? atom(term)
  }

  #joined(parts: readonly Term[], depth: number): Linear {
    const [first, ...others] = parts
    const last = parts.at(-1)
    if (first === undefined || last === undefined) return { parts: new Map(), constant: 0n }
    if (others.length === 0) return this.#whole(first, depth)
    if (first.op === 'bv' && first.value === 0n) return this.#joined(others, depth)
    if (last.op !== 'bv') return atom(this.#terms.concat(...parts))
    return plus(times(this.#joined(parts.slice(0, -1), depth), 1n << BigInt(last.width)), {
      parts: new Map(),
      constant: last.value,
    })
  }
}

function atom(term: Term): Linear {
  return { parts: new Map([[term, 1n]]), constant: 0n }
}
