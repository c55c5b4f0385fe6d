/** Few sequences that meet everything that all of them meet. */
import type { Sequence } from './sequence.js'

/** What a sequence is worth keeping for: what its packets meet, and the ways they take from states of their kinds. */
export function worthOf(sequence: Sequence): ReadonlySet<string> {
  const worth = new Set(sequence.met)
  for (let each: Sequence | undefined = sequence; each?.before !== undefined; each = each.before) {
    const { step } = each
    // Of what nothing is said nothing shows, but what it meets.
    if (step !== undefined && step.verdict !== 'any') worth.add(`way ${step.from} | ${step.way}`)
  }
  return worth
}

interface Open {
  readonly sequence: Sequence
  readonly worth: ReadonlySet<string>
  /** How much of that is missing yet. */
  count: number
}

/** Greedily, the most of what is missing for a packet first; in the order in which they were given. */
export function covering(sequences: readonly Sequence[]): readonly Sequence[] {
  /** By what is missing, who would meet it. */
  const missing = new Map<string, Open[]>()
  const open = sequences.map((sequence): Open => {
    const worth = worthOf(sequence)
    const made = { sequence, worth, count: worth.size }
    for (const target of worth) {
      const known = missing.get(target)
      if (known === undefined) missing.set(target, [made])
      else known.push(made)
    }
    return made
  })
  const taken = new Set<Sequence>()
  while (missing.size > 0) {
    let best: Open | undefined
    let most = 0
    for (const each of open) {
      const share = each.count / each.sequence.length
      if (share > most) [best, most] = [each, share]
    }
    if (best === undefined) break
    taken.add(best.sequence)
    for (const target of best.worth) {
      for (const each of missing.get(target) ?? []) each.count -= 1
      missing.delete(target)
    }
  }
  // What was taken early may be in what was taken later.
  const kept = sequences.filter((sequence) => taken.has(sequence))
  const inside = new Set<Sequence>()
  for (const sequence of kept) {
    for (let each = sequence.before; each !== undefined; each = each.before) inside.add(each)
  }
  return kept.filter((sequence) => !inside.has(sequence))
}
