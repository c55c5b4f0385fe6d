import { allocation, MAX_CAPACITY, MAX_KEY_SIZE, MAX_VALUE_SIZE, within } from './allocation.js'
import { isTime } from './index-allocator.js'
import { ambient, type Call, handle, key, operation, out, time, u32 } from './operation.js'
import type { ContractAlgebra, Sorts } from './sorts.js'

const SOURCE = 'libVig: map, keys, index allocator, expiry and attached values in one'

const slotOf = { map: handle('expiring_map'), slot: u32 } as const

const slotUsed = {
  text: 'the slot is in use',
  holds: <D extends Sorts>(_: ContractAlgebra<D>, { map, slot }: Call<typeof slotOf, D>) => map.used(slot),
}

const nowInRange = {
  text: 'the time is from 0 to 2^62 - 1',
  holds: <D extends Sorts>(a: ContractAlgebra<D>, { now }: { readonly now: D['wide'] }) => isTime(a, now),
}

/** Operations on the whole map. */
const tableContracts = [
  operation(
    'expiring_map_allocate',
    { keySize: u32, valueSize: u32, capacity: u32, out, heap: ambient('heap') },
    allocation('expiring_map', (a, { keySize, valueSize, capacity, heap }) => ({
      heap,
      sizes: [keySize, valueSize, capacity],
      accepted: a.and(
        a.and(within(a, keySize, 1, MAX_KEY_SIZE), within(a, valueSize, 0, MAX_VALUE_SIZE)),
        within(a, capacity, 1, MAX_CAPACITY),
      ),
    })),
  ),

  operation(
    'expiring_map_expire',
    { map: handle('expiring_map'), threshold: time },
    {
      source: SOURCE,
      result: 'u32',
      requires: [],
      outcomes: [
        {
          name: 'expired',
          when: (a) => a.true,
          result: (_, { map, threshold }) => map.countBelow(threshold),
          update: (_, { map, threshold }) => map.expire(threshold),
        },
      ],
    },
  ),

  operation(
    'expiring_map_size',
    { map: handle('expiring_map') },
    {
      source: SOURCE,
      result: 'u32',
      requires: [],
      outcomes: [{ name: 'counted', when: (a) => a.true, result: (_, { map }) => map.count() }],
    },
  ),
]

/** Operations that start from a key. */
const keyContracts = [
  operation(
    'expiring_map_get',
    { map: handle('expiring_map'), key, out },
    {
      source: SOURCE,
      result: 'boolean',
      requires: [],
      outcomes: [
        {
          name: 'found',
          when: (_, { map, key }) => map.has(key),
          result: (a) => a.number(1),
          out: (_, { map, key }) => map.slotOf(key),
        },
        { name: 'absent', when: (a, { map, key }) => a.not(map.has(key)), result: (a) => a.number(0) },
      ],
    },
  ),

  operation(
    'expiring_map_touch',
    { map: handle('expiring_map'), key, now: time, out },
    {
      source: SOURCE,
      result: 'boolean',
      requires: [nowInRange],
      outcomes: [
        {
          name: 'refreshed',
          when: (_, { map, key }) => map.has(key),
          result: (a) => a.number(1),
          out: (_, { map, key }) => map.slotOf(key),
          update: (_, { map, key, now }) => map.refresh(map.slotOf(key), now),
        },
        { name: 'absent', when: (a, { map, key }) => a.not(map.has(key)), result: (a) => a.number(0) },
      ],
    },
  ),

  operation(
    'expiring_map_insert',
    { map: handle('expiring_map'), key, now: time, out },
    {
      source: SOURCE,
      result: 'boolean',
      requires: [{ text: 'the key is not in the map', holds: (a, { map, key }) => a.not(map.has(key)) }, nowInRange],
      outcomes: [
        {
          name: 'inserted',
          when: (a, { map }) => a.lt(map.count(), map.capacity),
          choice: {
            text: 'any free slot',
            seenIn: 'out',
            allows: (a, { map }, slot) =>
              a.and(a.and(a.le(a.number(0), slot), a.lt(slot, map.capacity)), a.not(map.used(slot))),
          },
          result: (a) => a.number(1),
          update: (_, { map, key, now }, slot) => map.insert(slot, key, now, map.zeroValue()),
        },
        { name: 'full', when: (a, { map }) => a.eq(map.count(), map.capacity), result: (a) => a.number(0) },
      ],
    },
  ),
]

/** Operations that start from a slot. */
const slotContracts = [
  operation(
    'expiring_map_refresh',
    { ...slotOf, now: time },
    {
      source: SOURCE,
      result: 'none',
      requires: [slotUsed, nowInRange],
      outcomes: [{ name: 'refreshed', when: (a) => a.true, update: (_, { map, slot, now }) => map.refresh(slot, now) }],
    },
  ),

  // Slots out of range are not used; the comparison is unsigned.
  operation('expiring_map_used', slotOf, {
    source: SOURCE,
    result: 'boolean',
    requires: [],
    outcomes: [
      {
        name: 'answered',
        when: (a) => a.true,
        result: (a, { map, slot }) => a.select(map.used(slot), a.number(1), a.number(0)),
      },
    ],
  }),

  operation('expiring_map_key', slotOf, {
    source: SOURCE,
    result: 'address',
    requires: [slotUsed],
    outcomes: [
      {
        name: 'lent',
        when: (a) => a.true,
        loan: { seenIn: 'result', from: 'map', part: 'key', access: 'read', index: (_, { slot }) => slot },
      },
    ],
  }),

  operation('expiring_map_value', slotOf, {
    source: SOURCE,
    result: 'address',
    requires: [slotUsed],
    outcomes: [
      {
        name: 'lent',
        when: (a) => a.true,
        loan: { seenIn: 'result', from: 'map', part: 'value', access: 'write', index: (_, { slot }) => slot },
      },
    ],
  }),

  operation('expiring_map_erase', slotOf, {
    source: SOURCE,
    result: 'none',
    requires: [slotUsed],
    outcomes: [{ name: 'erased', when: (a) => a.true, update: (_, { map, slot }) => map.erase(slot) }],
  }),
]

export const expiringMapContracts = [...tableContracts, ...keyContracts, ...slotContracts]
