/** What a table holds before a packet, as a model has it, and how its slots come to be so. */
import type { SymbolicExpiringMap } from '../../domains/symbolic/expiring-map.js'
import { bitsOf, numberOf, planSlots, type SlotPlan, type Values } from './slot-plan.js'

export interface PlannedEntry {
  readonly key: bigint
  readonly time: bigint
  readonly value: bigint | undefined
}

export interface TablePlan {
  readonly plan: SlotPlan
  /** The touched ones, by slot. */
  readonly entries: ReadonlyMap<number, PlannedEntry>
  /** Slots in the order in which the packet takes them. */
  readonly chosen: readonly number[]
  /** Keys that others must not have. */
  readonly keys: ReadonlySet<bigint>
}

/** `table` as it is after the packet: its base is what is made, its log says what happens to it. Throws Unrealisable. */
export function tablePlan(table: SymbolicExpiringMap, values: Values): TablePlan {
  const { base } = table
  const { shape, scope } = base
  const capacity = Number(numberOf(values, shape.capacity))
  const entries = new Map<number, PlannedEntry>()
  const free = new Set<number>()
  for (const index of [...base.touchedIndices]) {
    const slot = Number(bitsOf(values, index))
    if (slot >= capacity) continue
    if (values.value(base.used(index)) !== true) {
      free.add(slot)
      continue
    }
    const value = base.value(index)
    entries.set(slot, {
      key: bitsOf(values, base.key(index)),
      time: numberOf(values, base.time(index)),
      value: value && bitsOf(values, value),
    })
  }
  const chosen = table.updates.flatMap((update) =>
    update.kind === 'insert' ? [Number(bitsOf(values, update.slot))] : [],
  )
  const [first] = table.updates
  const expiry =
    first?.kind === 'expire'
      ? {
          threshold: numberOf(values, first.threshold),
          kept: Number(numberOf(values, base.kept(0, first.threshold))),
        }
      : undefined
  const plan = planSlots({
    capacity,
    count: Number(numberOf(values, base.count)),
    used: new Map([...entries].map(([slot, { time }]) => [slot, time])),
    free,
    expiry,
    chosen,
    last: numberOf(values, scope.last),
  })
  const keys = new Set([...base.touchedKeys].map((key) => bitsOf(values, key)))
  for (const { key } of entries.values()) keys.add(key)
  return { plan, entries, chosen, keys }
}
