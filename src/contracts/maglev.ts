import { allocation, MAX_CAPACITY, within } from './allocation.js'
import { ambient, type Call, handle, operation, out, u32 } from './operation.js'
import type { ContractAlgebra, Sorts } from './sorts.js'

const MAX_BACKENDS = 4096

const pick = { hash: u32, cht: handle('cht'), chain: handle('dchain'), out } as const

/** No backend's index is in use in the chain. */
function noneLive<D extends Sorts>(a: ContractAlgebra<D>, { cht, chain }: Call<typeof pick, D>): D['truth'] {
  return a.everyIndex(cht.backends, (backend) => a.not(chain.used(backend)))
}

export const maglevContracts = [
  // The table is that of src/domains/concrete/maglev.ts: each row a permutation of the backends, filled once.
  operation(
    'cht_allocate',
    { height: u32, backends: u32, out, heap: ambient('heap') },
    allocation('cht', (a, { height, backends, heap }) => ({
      heap,
      sizes: [height, backends],
      accepted: a.and(
        a.and(within(a, height, 1, MAX_CAPACITY), within(a, backends, 1, MAX_BACKENDS)),
        a.and(a.lt(backends, height), a.isPrime(height)),
      ),
    })),
  ),

  operation('cht_find_preferred_available_backend', pick, {
    source: "Vigor's cht; Maglev (Eisenbud et al., NSDI 2016) section 3.4, continued to a ranking of all backends",
    result: 'boolean',
    requires: [],
    outcomes: [
      {
        name: 'picked',
        when: (a, call) => a.not(noneLive(a, call)),
        result: (a) => a.number(1),
        out: (_, { hash, cht, chain }) => cht.firstLive(cht.rowOf(hash), (backend) => chain.used(backend)),
      },
      { name: 'none live', when: noneLive, result: (a) => a.number(0) },
    ],
  }),
]
