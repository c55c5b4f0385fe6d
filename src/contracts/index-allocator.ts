import { allocation, MAX_CAPACITY, within } from './allocation.js'
import { ambient, handle, operation, out, time, u32 } from './operation.js'
import type { ChainContractState, ContractAlgebra, Sorts } from './sorts.js'

const VIGOR_DCHAIN = "Vigor's double chain (Zaostrovnykh et al., SOSP 2019); expired is time < threshold"

const END_OF_TIME = 1n << 62n

/** A time that a call may give to an index. Times may come in any order. */
export function isTime<D extends Sorts>(a: ContractAlgebra<D>, time: D['wide']): D['truth'] {
  return a.and(a.leWide(a.wide(0n), time), a.ltWide(time, a.wide(END_OF_TIME)))
}

/** The implementation's free index: any. */
function isFree<D extends Sorts>(a: ContractAlgebra<D>, chain: ChainContractState<D>, index: D['number']): D['truth'] {
  return a.and(a.and(a.le(a.number(0), index), a.lt(index, chain.capacity)), a.not(chain.used(index)))
}

/** No index in use has a time below that of `oldest`. */
function isOldest<D extends Sorts>(
  a: ContractAlgebra<D>,
  chain: ChainContractState<D>,
  oldest: D['number'],
): D['truth'] {
  return a.everyIndex(chain.capacity, (index) =>
    a.implies(chain.used(index), a.leWide(chain.timeAt(oldest), chain.timeAt(index))),
  )
}

const indexAndTime = { chain: handle('dchain'), index: u32, time } as const

const timeInRange = {
  text: 'the time is from 0 to 2^62 - 1',
  holds: <D extends Sorts>(a: ContractAlgebra<D>, { time }: { readonly time: D['wide'] }) => isTime(a, time),
}

export const indexAllocatorContracts = [
  operation(
    'dchain_allocate',
    { capacity: u32, out, heap: ambient('heap') },
    allocation('dchain', (a, { capacity, heap }) => ({
      heap,
      sizes: [capacity],
      accepted: within(a, capacity, 1, MAX_CAPACITY),
    })),
  ),

  operation(
    'dchain_allocate_new_index',
    { chain: handle('dchain'), out, time },
    {
      source: VIGOR_DCHAIN,
      result: 'boolean',
      requires: [timeInRange],
      outcomes: [
        {
          name: 'allocated',
          when: (a, { chain }) => a.lt(chain.count(), chain.capacity),
          choice: { text: 'any free index', seenIn: 'out', allows: (a, { chain }, index) => isFree(a, chain, index) },
          result: (a) => a.number(1),
          update: (_, { chain, time }, index) => chain.allocate(index, time),
        },
        {
          name: 'full',
          when: (a, { chain }) => a.eq(chain.count(), chain.capacity),
          result: (a) => a.number(0),
        },
      ],
    },
  ),

  operation('dchain_claim_index', indexAndTime, {
    source: 'libVig: takes the given index, so that a state can be set up',
    result: 'boolean',
    requires: [timeInRange],
    outcomes: [
      {
        name: 'claimed',
        when: (a, { chain, index }) => isFree(a, chain, index),
        result: (a) => a.number(1),
        update: (_, { chain, index, time }) => chain.allocate(index, time),
      },
      {
        name: 'in use or out of range',
        when: (a, { chain, index }) => a.not(isFree(a, chain, index)),
        result: (a) => a.number(0),
      },
    ],
  }),

  operation('dchain_rejuvenate_index', indexAndTime, {
    source: VIGOR_DCHAIN,
    result: 'boolean',
    requires: [timeInRange],
    outcomes: [
      {
        name: 'refreshed',
        when: (_, { chain, index }) => chain.used(index),
        result: (a) => a.number(1),
        update: (_, { chain, index, time }) => chain.refresh(index, time),
      },
      {
        name: 'not in use',
        when: (a, { chain, index }) => a.not(chain.used(index)),
        result: (a) => a.number(0),
      },
    ],
  }),

  operation(
    'dchain_expire_one_index',
    { chain: handle('dchain'), out, threshold: time },
    {
      source: VIGOR_DCHAIN,
      result: 'boolean',
      requires: [],
      outcomes: [
        {
          name: 'expired',
          when: (a, { chain, threshold }) => a.lt(a.number(0), chain.countBelow(threshold)),
          choice: {
            text: 'any index of the oldest time',
            seenIn: 'out',
            allows: (a, { chain }, index) => a.and(chain.used(index), isOldest(a, chain, index)),
          },
          result: (a) => a.number(1),
          update: (_, { chain }, index) => chain.free(index),
        },
        {
          name: 'nothing expired',
          when: (a, { chain, threshold }) => a.eq(chain.countBelow(threshold), a.number(0)),
          result: (a) => a.number(0),
        },
      ],
    },
  ),

  operation(
    'dchain_expire',
    { chain: handle('dchain'), threshold: time },
    {
      source: VIGOR_DCHAIN,
      result: 'u32',
      requires: [],
      outcomes: [
        {
          name: 'expired',
          when: (a) => a.true,
          result: (_, { chain, threshold }) => chain.countBelow(threshold),
          update: (_, { chain, threshold }) => chain.expire(threshold),
        },
      ],
    },
  ),

  operation(
    'dchain_is_index_allocated',
    { chain: handle('dchain'), index: u32 },
    {
      source: VIGOR_DCHAIN,
      result: 'boolean',
      requires: [],
      outcomes: [
        {
          name: 'answered',
          when: (a) => a.true,
          result: (a, { chain, index }) => a.select(chain.used(index), a.number(1), a.number(0)),
        },
      ],
    },
  ),

  operation(
    'dchain_free_index',
    { chain: handle('dchain'), index: u32 },
    {
      source: VIGOR_DCHAIN,
      result: 'boolean',
      requires: [],
      outcomes: [
        {
          name: 'freed',
          when: (_, { chain, index }) => chain.used(index),
          result: (a) => a.number(1),
          update: (_, { chain, index }) => chain.free(index),
        },
        {
          name: 'not in use',
          when: (a, { chain, index }) => a.not(chain.used(index)),
          result: (a) => a.number(0),
        },
      ],
    },
  ),
]
