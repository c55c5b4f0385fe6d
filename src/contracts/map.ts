import { allocation, MAX_CAPACITY, MAX_KEY_SIZE, within } from './allocation.js'
import { ambient, handle, i32, key, operation, out, u32 } from './operation.js'

const VIGOR_MAP = "Vigor's map (Zaostrovnykh et al., SOSP 2019), keys copied and told by their size"

export const mapContracts = [
  operation(
    'map_allocate',
    { keySize: u32, capacity: u32, out, heap: ambient('heap') },
    allocation('map', (a, { keySize, capacity, heap }) => ({
      heap,
      sizes: [keySize, capacity],
      accepted: a.and(within(a, keySize, 1, MAX_KEY_SIZE), within(a, capacity, 1, MAX_CAPACITY)),
    })),
  ),

  operation(
    'map_get',
    { map: handle('map'), key, out },
    {
      source: VIGOR_MAP,
      result: 'boolean',
      requires: [],
      outcomes: [
        {
          name: 'found',
          when: (_, { map, key }) => map.has(key),
          result: (a) => a.number(1),
          out: (_, { map, key }) => map.get(key),
        },
        // The out is left unchanged.
        { name: 'absent', when: (a, { map, key }) => a.not(map.has(key)), result: (a) => a.number(0) },
      ],
    },
  ),

  operation(
    'map_put',
    { map: handle('map'), key, value: i32 },
    {
      source: VIGOR_MAP,
      result: 'none',
      requires: [
        { text: 'the key is not in the map', holds: (a, { map, key }) => a.not(map.has(key)) },
        { text: 'the map is not full', holds: (a, { map }) => a.lt(map.count(), map.capacity) },
      ],
      outcomes: [{ name: 'put', when: (a) => a.true, update: (_, { map, key, value }) => map.put(key, value) }],
    },
  ),

  operation(
    'map_erase',
    { map: handle('map'), key },
    {
      source: VIGOR_MAP,
      result: 'none',
      requires: [{ text: 'the key is in the map', holds: (_, { map, key }) => map.has(key) }],
      outcomes: [{ name: 'erased', when: (a) => a.true, update: (_, { map, key }) => map.erase(key) }],
    },
  ),

  operation(
    'map_size',
    { map: handle('map') },
    {
      source: VIGOR_MAP,
      result: 'u32',
      requires: [],
      outcomes: [{ name: 'counted', when: (a) => a.true, result: (_, { map }) => map.count() }],
    },
  ),
]
