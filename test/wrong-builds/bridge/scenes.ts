/** What a bridge sees in its scenes. Stations are A, B, C and so on. */
import { buildFrame, type VlanParts } from '../../../src/packet/index.js'
import { cut } from '../frames.js'
import { Scene, type SceneConfig } from '../scene.js'

const LIFETIME = 1000

const A = '02:00:00:00:00:0a'
const B = '02:00:00:00:00:0b'
const C = '02:00:00:00:00:0c'
const ALIKE_IN_FRONT = '02:00:00:00:01:0a'
const ALIKE_BEHIND = '02:00:00:01:00:0a'
const STATIC = '02:00:00:00:00:51'
const NOBODY = '02:00:00:00:00:99'
const GROUP = '01:00:5e:00:00:01'
const BROADCAST = 'ff:ff:ff:ff:ff:ff'

function frame(src: string, dst: string, vlan: readonly VlanParts[] = []): Uint8Array {
  return buildFrame({ ethernet: { src, dst, ...(vlan.length === 0 ? { type: 0x88b5 } : {}) }, vlan, payload: 'hello' })
}

function scene(name: string, config: SceneConfig = {}): Scene {
  return new Scene(name, { nf: 'bridge', ports: 4, config: { capacity: 8, ageingTime: `${LIFETIME} ns`, ...config } })
}

export const learning = scene('learning')
  .send('unknown', 0, frame(A, B))
  .send('known', 2, frame(B, A))
  .send('answer', 0, frame(A, B))
  .send('alike in the first bytes', 2, frame(B, ALIKE_IN_FRONT))
  .send('alike in the last bytes', 2, frame(B, ALIKE_BEHIND))
  .send('behind its own port', 0, frame(C, A))
  .send('broadcast', 1, frame(NOBODY, BROADCAST))
  .send('group', 1, frame(NOBODY, GROUP))
  .send('moves', 3, frame(A, BROADCAST))
  .send('to where it moved', 2, frame(B, A))

export const ageing = scene('ageing')
  .send('heard', 0, frame(A, BROADCAST))
  .after(LIFETIME)
  .send('at the end of its time', 1, frame(B, A))
  .after(1)
  .send('past its time', 1, frame(B, A))
  .send('heard again', 0, frame(A, BROADCAST))
  .after(600)
  .send('and again', 0, frame(A, BROADCAST))
  .after(LIFETIME)
  .send('a lifetime later', 1, frame(B, A))
  .after(1)
  .send('looked up, but not heard', 1, frame(B, A))

/** The sixteen reserved addresses, and their neighbours, which are ordinary groups. */
export const reserved = scene('reserved')
  .send('the first', 0, frame(A, '01:80:c2:00:00:00'))
  .send('heard by a reserved frame', 1, frame(B, A))
  .send('spanning tree of providers', 0, frame(A, '01:80:c2:00:00:08'))
  .send('the last', 0, frame(A, '01:80:c2:00:00:0f'))
  .send('one past the last', 0, frame(A, '01:80:c2:00:00:10'))
  .send('one before the first', 0, frame(A, '01:80:c1:ff:ff:ff'))
  .send('the fifth byte differs', 0, frame(A, '01:80:c2:00:01:05'))
  .send('the fourth byte differs', 0, frame(A, '01:80:c2:01:00:05'))

export const statics = scene('statics', { staticEntries: { [STATIC]: 3, [GROUP]: 1 } })
  .send('to a static station', 0, frame(A, STATIC))
  .send('from its address, elsewhere', 2, frame(STATIC, A))
  .send('to it afterwards', 0, frame(A, STATIC))
  .send('to a static group', 0, frame(A, GROUP))
  .send('from its own port', 3, frame(B, STATIC))

/** Room for one station: whoever should not be learned takes it from those who should. */
export const crowded = scene('crowded', { capacity: 1, staticEntries: { [STATIC]: 3 } })
  .send('from a group', 1, frame(GROUP, NOBODY))
  .send('from a static address', 3, frame(STATIC, NOBODY))
  .send('the first station', 0, frame(A, NOBODY))
  .send('one too many', 1, frame(B, A))
  .send('to the one too many', 0, frame(A, B))
  .send('to the first station', 2, frame(C, A))

export const short = scene('short')
  .send('nothing but a header', 0, cut(frame(A, B), 14))
  .send('cut short', 0, cut(frame(A, B), 13))

/** Ports 0 and 1 are of VLAN 1, port 2 of VLAN 2; 3 and 4 are trunks, whose own VLANs are 1 and 2. */
function vlanScene(name: string): Scene {
  const config = { vlanAware: true, pvid: [1, 1, 2, 1, 2], trunks: [3, 4], capacity: 8, ageingTime: `${LIFETIME} ns` }
  return new Scene(name, { nf: 'bridge', ports: 5, config })
}

export const vlans = vlanScene('vlans')
  .send('untagged', 0, frame(A, BROADCAST))
  .send('untagged of VLAN 2', 2, frame(B, BROADCAST))
  .send('tagged by a trunk', 3, frame(C, BROADCAST, [{ id: 2 }]))
  .send('tagged by the other trunk', 4, frame(C, BROADCAST, [{ id: 7 }]))
  .send('untagged by a trunk', 3, frame(C, BROADCAST))
  .send('priority tag', 4, frame(C, BROADCAST, [{ id: 0, priority: 5 }]))
  .send('tag with a priority', 3, frame(C, BROADCAST, [{ id: 2, priority: 5 }]))
  .send('tag of its own VLAN by a port', 0, frame(A, BROADCAST, [{ id: 1 }]))
  .send('tag of another VLAN by a port', 0, frame(A, BROADCAST, [{ id: 2 }]))
  .send('reserved VLAN', 3, frame(C, BROADCAST, [{ id: 0xfff }]))
  .send('service tag', 1, frame(A, BROADCAST, [{ tpid: 0x88a8, id: 2 }]))
  .send('tag cut short', 3, cut(frame(C, BROADCAST, [{ id: 2 }]), 17))
  .send('nothing but a tag', 3, cut(frame(C, BROADCAST, [{ id: 2 }]), 18))
  .send('reserved address', 3, frame(C, '01:80:c2:00:00:00', [{ id: 2 }]))

/** Stations are known by VLAN and address. */
export const vlanStations = vlanScene('vlan-stations')
  .send('tagged, of another VLAN than the port', 0, frame(NOBODY, BROADCAST, [{ id: 2 }]))
  .send('to who was filtered', 3, frame(C, NOBODY, [{ id: 2 }]))
  .send('heard in VLAN 1', 1, frame(A, BROADCAST))
  .send('asked for in VLAN 2', 4, frame(B, A, [{ id: 2 }]))
  .send('asked for in VLAN 1', 3, frame(C, A))
  .send('behind a port of the other form', 3, frame(C, A, [{ id: 1 }]))
  .send('behind the port it came from', 4, frame(C, B, [{ id: 2 }]))
  .send('heard with a priority', 4, frame(A, BROADCAST, [{ id: 2, priority: 5 }]))
  .send('asked for with none', 4, frame(C, A, [{ id: 2 }]))
