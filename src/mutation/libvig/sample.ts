/** Samples of libVig's mutants: each function in turn, and in it each kind of mistake; the same for the same seed. */
import { Random } from '../../generate/random.js'
import { type Change, inRandomOrder } from '../../mutants/index.js'

/** Up to `count` of the changes that are accepted, in their order; what is not chosen is not looked at. */
export function sampleOfFunctions(
  changes: readonly Change[],
  count: number,
  seed: number,
  accepts: (change: Change) => boolean,
): readonly Change[] {
  const random = new Random(seed)
  const functions = grouped(changes, ({ functionIndex }) => functionIndex).map((own) => {
    const kinds = grouped(own, ({ operator }) => operator).map((each) => inRandomOrder(each, random))
    return inTurns(inRandomOrder(kinds, random))
  })
  const chosen: Change[] = []
  for (const change of inTurns(inRandomOrder(functions, random))) {
    if (chosen.length === count) break
    if (accepts(change)) chosen.push(change)
  }
  return chosen.sort((a, b) => a.number - b.number)
}

function grouped<K>(changes: readonly Change[], keyOf: (change: Change) => K): Change[][] {
  const groups = new Map<K, Change[]>()
  for (const change of changes) {
    const key = keyOf(change)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [change])
    else group.push(change)
  }
  return [...groups.values()]
}

/** The first of each list, then the second of each, and so on. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0)
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat()
}
