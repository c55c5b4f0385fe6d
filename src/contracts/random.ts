import { within } from './allocation.js'
import { operation } from './operation.js'

export const randomContracts = [
  operation(
    'random_u32',
    {},
    {
      source: 'libVig: nothing is promised but the range',
      result: 'u32',
      requires: [],
      outcomes: [
        {
          name: 'drawn',
          when: (a) => a.true,
          choice: {
            text: 'any 32-bit number',
            seenIn: 'result',
            allows: (a, _, value) => within(a, value, 0, 0xffffffff),
          },
        },
      ],
    },
  ),
]
