import { ambient, bytes, operation, u32 } from './operation.js'

export const hashContracts = [
  operation(
    'hash',
    { bytes: bytes('length'), length: u32, hash: ambient('hash') },
    {
      source:
        'libVig: some function of the bytes, the same in every run; that it spreads well is measured, not promised',
      result: 'u32',
      requires: [],
      outcomes: [
        {
          name: 'hashed',
          when: (a) => a.true,
          choice: {
            text: 'any number, but for the same bytes always the same',
            seenIn: 'result',
            allows: (a, { bytes, hash }, value) => a.implies(hash.isKnown(bytes), a.eq(hash.valueOf(bytes), value)),
          },
          update: (_, { bytes, hash }, value) => hash.learn(bytes, value),
        },
      ],
    },
  ),
]
