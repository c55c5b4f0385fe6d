/** Frames of a few stations, some broken, and configurations of the bridge that make the most of them. */
import fc from 'fast-check'

import { ethernet, mutated } from '../frames.js'
import type { World } from '../random-frames.js'

export const A = 0x020000000001
export const B = 0x020000000002
export const C = 0x020000000003
export const GROUP = 0x01005e000001
export const BROADCAST = 0xffffffffffff
export const RESERVED = 0x0180c2000000

export const transparent = { capacity: '2', ageingTime: '100 ns' }

/** Ports 0 and 1 are in VLAN 1, 2 in VLAN 2; 3 and 4 are trunks, untagged frames of which are in VLAN 1 and 2. */
export const vlans = { capacity: '4', ageingTime: '100 ns', vlanAware: 'yes', pvid: [1, 1, 2, 1, 2], trunks: [3, 4] }
export const vlanPorts = 5

const address = fc.constantFrom(A, B, C, B + 0x100, A + 0x10000, GROUP, BROADCAST, RESERVED + 15, RESERVED + 16, 0)
const tag = fc.record({
  tpid: fc.constantFrom(0x8100, 0x8100, 0x88a8, 0x9100),
  id: fc.constantFrom(0, 1, 2, 3, 4095),
  priority: fc.nat(7),
})
const anyFrame = fc
  .record({
    fields: fc.record({
      src: address,
      dst: address,
      tags: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(tag, { maxLength: 3 })),
      type: fc.constantFrom(0x0800, 0x8100, 0x0026),
    }),
    changes: fc.array(fc.tuple(fc.nat(20), fc.nat(255)), { maxLength: 2 }),
    length: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, fc.nat(24)),
  })
  .map(({ fields, changes, length }) => mutated(ethernet({ ...fields, payload: [1, 2, 3, 4, 5, 6] }), changes, length))

function world(what: string, config: World['config'], ports: number): World {
  return { what, nf: 'bridge', config, ports, frames: anyFrame, gaps: [0, 0, 1, 5, 20, 21, 100, 101] }
}

const statics = { staticEntries: { '02:00:00:00:00:01': 3, 'ff:ff:ff:ff:ff:ff': 1 } }
export const worlds: readonly World[] = [
  world('without VLANs', { capacity: '4', ageingTime: '20 ns' }, 4),
  world('without VLANs, static entries', { ...transparent, ...statics }, 4),
  world('with VLANs', vlans, 5),
  world('with VLANs, static entries', { ...vlans, capacity: '2', ...statics }, 5),
]
