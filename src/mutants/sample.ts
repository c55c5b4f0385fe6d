/** Samples of mutants: a part of every kind of mistake in every function, the same for the same seed. */
import { Random } from '../generate/random.js'
import type { Mutant } from './mutants.js'

/**
 * `count` of the mutants, in their order; all where there are not so many. Mutants are taken in turn from each kind of
 * mistake in each function, so that what is rare is in it, and within these at random.
 */
export function sampleOf(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  if (mutants.length <= count) return mutants
  const random = new Random(seed)
  const strata = new Map<string, Mutant[]>()
  for (const mutant of mutants) {
    const name = `${mutant.functionName} ${mutant.operator}`
    strata.set(name, [...(strata.get(name) ?? []), mutant])
  }
  const shuffled = [...strata.values()].map((each) => inRandomOrder(each, random))
  const turns = inRandomOrder(shuffled, random)
  const chosen: Mutant[] = []
  for (let turn = 0; chosen.length < count; turn++) {
    for (const stratum of turns) {
      const mutant = stratum[turn]
      if (mutant !== undefined && chosen.length < count) chosen.push(mutant)
    }
  }
  return chosen.sort((a, b) => a.number - b.number)
}

/** Fisher and Yates. */
export function inRandomOrder<T>(items: readonly T[], random: Random): T[] {
  const order = [...items]
  for (let end = order.length; end > 1; end--) {
    const at = Math.floor(random.fraction() * end)
    const [last, other] = [order[end - 1], order[at]]
    if (last === undefined || other === undefined) continue
    order[at] = last
    order[end - 1] = other
  }
  return order
}
