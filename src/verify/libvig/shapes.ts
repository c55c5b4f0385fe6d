/**
 * The shapes of structures: how their lists and buckets lie, up to the order of indices, which is of no account. Between
 * them the shapes are every state that an invariant allows: see test/verify/libvig/shapes.test.ts.
 */
import type { Wanted } from './scopes.js'

export interface Shape {
  /** Entries in use, which come first by name: in order of time where there is one, else by bucket. The others are free, in the order of their list. */
  readonly used: number
  /** The name of whose key is in each bucket, from the first on, which is any. */
  readonly buckets: readonly (number | undefined)[]
}

/** Buckets of libVig's index tables: the power of two that keeps them at most two thirds full. */
export function bucketsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity + Math.floor(capacity / 2) + 1))
}

/**
 * Of a structure. `isCounted`: the first bucket is the home of a key that is passed; else it may be called any, and is that
 * of the first name, where there is one in use.
 */
export function shapesOf({ kind, sizes }: Wanted, isCounted: boolean): readonly Shape[] {
  const capacity = sizes.at(-1) ?? 0
  const used = Array.from({ length: capacity + 1 }, (_, count) => count)
  switch (kind) {
    case 'dchain':
      return used.map((count) => ({ used: count, buckets: [] }))
    case 'map':
    case 'expiring_map':
      return used.flatMap((count) =>
        arrangements(count, bucketsFor(capacity), kind === 'map')
          .filter(([first]) => isCounted || first === (count === 0 ? undefined : 0))
          .map((buckets) => ({ used: count, buckets })),
      )
    case 'vector':
    case 'cht':
      return [{ used: 0, buckets: [] }]
  }
}

/** Every way to put names into buckets; in order: of those that differ in which name is where, one. */
function arrangements(
  names: number,
  buckets: number,
  isInOrder: boolean,
  taken: readonly number[] = [],
): readonly (readonly (number | undefined)[])[] {
  if (buckets === 0) return taken.length === names ? [[]] : []
  const open = Array.from({ length: names }, (_, name) => name).filter((name) => !taken.includes(name))
  const next = [undefined, ...(isInOrder ? open.slice(0, 1) : open)]
  return next.flatMap((name) =>
    arrangements(names, buckets - 1, isInOrder, name === undefined ? taken : [...taken, name]).map((rest) => [
      name,
      ...rest,
    ]),
  )
}

/** One shape for each structure, in every combination. */
export function combined(
  shapes: Readonly<Record<string, readonly Shape[]>>,
): readonly Readonly<Record<string, Shape>>[] {
  return Object.entries(shapes).reduce<readonly Readonly<Record<string, Shape>>[]>(
    (all, [name, each]) => all.flatMap((before) => each.map((shape) => ({ ...before, [name]: shape }))),
    [{}],
  )
}
