import { allocation, MAX_CAPACITY, MAX_VALUE_SIZE, within } from './allocation.js'
import { ambient, handle, lent, operation, out, u32 } from './operation.js'

const VIGOR_VECTOR = "Vigor's vector (Zaostrovnykh et al., SOSP 2019); cells are lent one at a time"

export const vectorContracts = [
  // All bytes of a new vector's cells are zero.
  operation(
    'vector_allocate',
    { elementSize: u32, capacity: u32, out, heap: ambient('heap') },
    allocation('vector', (a, { elementSize, capacity, heap }) => ({
      heap,
      sizes: [elementSize, capacity],
      accepted: a.and(within(a, elementSize, 1, MAX_VALUE_SIZE), within(a, capacity, 1, MAX_CAPACITY)),
    })),
  ),

  operation(
    'vector_borrow',
    { vector: handle('vector'), index: u32, out },
    {
      source: VIGOR_VECTOR,
      result: 'none',
      requires: [
        { text: 'the index is below the capacity', holds: (a, { vector, index }) => a.lt(index, vector.capacity) },
        { text: 'the cell is not lent already', holds: (a, { vector, index }) => a.not(vector.isLent(index)) },
      ],
      outcomes: [
        {
          name: 'lent',
          when: (a) => a.true,
          loan: { seenIn: 'out', from: 'vector', part: 'cell', access: 'write', index: (_, { index }) => index },
          update: (_, { vector, index }) => vector.lend(index),
        },
      ],
    },
  ),

  operation(
    'vector_return',
    { vector: handle('vector'), index: u32, cell: lent },
    {
      source: VIGOR_VECTOR,
      result: 'none',
      requires: [
        { text: 'the index is below the capacity', holds: (a, { vector, index }) => a.lt(index, vector.capacity) },
        { text: 'the cell is lent', holds: (_, { vector, index }) => vector.isLent(index) },
      ],
      outcomes: [
        {
          name: 'given back',
          when: (a) => a.true,
          update: (_, { vector, index, cell }) => {
            vector.set(index, cell)
            vector.takeBack(index)
          },
        },
      ],
    },
  ),
]
