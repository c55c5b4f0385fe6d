import { handle, operation, time } from './operation.js'

export const expiratorContracts = [
  operation(
    'expire_items_single_map',
    { chain: handle('dchain'), vector: handle('vector'), map: handle('map'), threshold: time },
    {
      source: "Vigor's expirator (Zaostrovnykh et al., SOSP 2019)",
      result: 'u32',
      requires: [
        { text: 'no cell of the vector is lent', holds: (a, { vector }) => a.not(vector.anyLent()) },
        {
          text: 'the vector has a cell for every index of the chain',
          holds: (a, { chain, vector }) => a.le(chain.capacity, vector.capacity),
        },
        {
          text: 'the cell of every index in use begins with a key that the map has at that index',
          holds: (a, { chain, vector, map }) =>
            a.everyIndex(chain.capacity, (index) => {
              const key = map.keyIn(vector.get(index))
              return a.implies(chain.used(index), a.and(map.has(key), a.eq(map.get(key), index)))
            }),
        },
      ],
      outcomes: [
        {
          name: 'expired',
          when: (a) => a.true,
          result: (_, { chain, threshold }) => chain.countBelow(threshold),
          update: (a, { chain, vector, map, threshold }) => {
            map.eraseWhere((key, index) => {
              const isExpired = a.and(chain.used(index), a.ltWide(chain.timeAt(index), threshold))
              return a.and(isExpired, a.sameKey(key, map.keyIn(vector.get(index))))
            }, chain.countBelow(threshold))
            chain.expire(threshold)
          },
        },
      ],
    },
  ),
]
