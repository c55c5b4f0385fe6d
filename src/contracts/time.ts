import { ambient, operation } from './operation.js'

export const timeContracts = [
  operation(
    'time',
    { clock: ambient('clock') },
    {
      source: 'libVig: exactly the now of the packet at hand',
      result: 'time',
      requires: [],
      outcomes: [{ name: 'told', when: (a) => a.true, timeResult: (_, { clock }) => clock.now() }],
    },
  ),
]
