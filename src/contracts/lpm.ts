import { allocation, MAX_CAPACITY, within } from './allocation.js'
import { ambient, type Call, handle, i32, operation, out, u32 } from './operation.js'
import type { ContractAlgebra, Sorts } from './sorts.js'

const SOURCE = "Vigor's lpm (Zaostrovnykh et al., SOSP 2019), with any order of insertion"

const update = { lpm: handle('lpm'), prefix: u32, prefixLength: u32, value: i32 } as const

/** The prefix length is one, and there is room for the rule or it is there already. */
function canTake<D extends Sorts>(a: ContractAlgebra<D>, call: Call<typeof update, D>): D['truth'] {
  const { lpm, prefix, prefixLength } = call
  const room = a.lt(lpm.count(), lpm.capacity)
  return a.and(a.le(prefixLength, a.number(32)), a.or(room, lpm.hasRule(prefix, prefixLength)))
}

export const lpmContracts = [
  operation(
    'lpm_allocate',
    { maxRules: u32, out, heap: ambient('heap') },
    allocation('lpm', (a, { maxRules, heap }) => ({
      heap,
      sizes: [maxRules],
      accepted: within(a, maxRules, 1, MAX_CAPACITY),
    })),
  ),

  operation('lpm_update_elem', update, {
    source: SOURCE,
    result: 'boolean',
    // A negative value could not be told from `none` by a lookup.
    requires: [{ text: 'the value is not negative', holds: (a, { value }) => a.le(a.number(0), value) }],
    outcomes: [
      {
        name: 'updated',
        when: canTake,
        result: (a) => a.number(1),
        update: (_, { lpm, prefix, prefixLength, value }) => lpm.setRule(prefix, prefixLength, value),
      },
      { name: 'full or no prefix length', when: (a, call) => a.not(canTake(a, call)), result: (a) => a.number(0) },
    ],
  }),

  operation(
    'lpm_lookup_elem',
    { lpm: handle('lpm'), address: u32 },
    {
      source: SOURCE,
      result: 'i32',
      requires: [],
      outcomes: [
        {
          name: 'found',
          when: (_, { lpm, address }) => lpm.has(address),
          result: (_, { lpm, address }) => lpm.lookup(address),
        },
        { name: 'none', when: (a, { lpm, address }) => a.not(lpm.has(address)), result: (a) => a.number(-1) },
      ],
    },
  ),
]
