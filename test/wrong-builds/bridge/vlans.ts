/** Wrong VLAN-aware bridges. */
import { drops, misroutes, passes, type WrongBuild, writes } from '../wrong-build.js'
import { vlanStations, vlans } from './scenes.js'

const classification: readonly WrongBuild[] = [
  ...writes(vlans, 'tagged by a trunk', 'vlan.id', {
    name: 'tag-not-read',
    why: 'every frame is of the VLAN of its port',
    find: 'const control = tagged ? loadU16BE(packet + TAG_CONTROL) : 0',
    replace: 'const control = 0',
  }),
  ...drops(vlans, 'untagged', {
    name: 'untagged-frames-in-no-vlan',
    why: 'stations without tags cannot speak',
    find: '(control & VID_MASK) != 0 ? control & VID_MASK : pvid',
    replace: 'control & VID_MASK',
  }),
  ...writes(vlans, 'priority tag', 'vlan.id', {
    name: 'priority-tags-in-vlan-1',
    why: 'a priority decides over the VLAN',
    find: '(control & VID_MASK) != 0 ? control & VID_MASK : pvid',
    replace: '(control & VID_MASK) != 0 ? control & VID_MASK : tagged ? 1 : pvid',
  }),
  ...passes(vlanStations, 'asked for with none', {
    name: 'priority-taken-for-part-of-the-vlan',
    why: 'who was heard with a priority is unknown without',
    find: 'control & VID_MASK : pvid',
    replace: 'control : pvid',
  }),
  ...drops(vlans, 'service tag', {
    name: 'service-tags-read',
    why: "a provider's VLANs are mixed up with the customer's",
    find: '== ETHERTYPE_VLAN',
    replace: '== ETHERTYPE_VLAN || loadU16BE(packet + ETHERNET_TYPE) == 0x88a8',
  }),
  ...passes(vlans, 'reserved VLAN', {
    name: 'vlan-4095-forwarded',
    why: 'the standard reserves it',
    find: '  if (vid == RESERVED_VID) return DROP\n',
    replace: '',
  }),
  ...passes(vlans, 'tag cut short', {
    name: 'tag-length-not-compared',
    why: 'half a tag is read',
    find: '  if (tagged && length < TAG_END) return DROP\n',
    replace: '',
  }),
  ...drops(vlans, 'nothing but a tag', {
    name: 'bare-tag-refused',
    why: 'the shortest tagged frame is dropped',
    find: 'length < TAG_END',
    replace: 'length <= TAG_END',
  }),
  ...passes(vlans, 'tag of another VLAN by a port', {
    name: 'no-ingress-filter',
    why: 'a station sends into any VLAN it likes',
    find: '  if (vid != pvid && !isTrunk(port)) return DROP\n',
    replace: '',
  }),
  ...drops(vlans, 'tagged by a trunk', {
    name: 'trunks-filtered-like-ports',
    why: 'trunks carry one VLAN only',
    find: 'if (vid != pvid && !isTrunk(port)) return DROP',
    replace: 'if (vid != pvid) return DROP',
  }),
  ...drops(vlanStations, 'to who was filtered', {
    name: 'filtered-frames-teach',
    why: 'a station takes over addresses in VLANs it has no part in',
    find: '  if (vid != pvid && !isTrunk(port)) return DROP\n\n  learn(packet + ETHERNET_SOURCE, vid, port, now)\n',
    replace: '  learn(packet + ETHERNET_SOURCE, vid, port, now)\n  if (vid != pvid && !isTrunk(port)) return DROP\n',
  }),
  ...misroutes(vlans, 'untagged', {
    name: 'vlans-not-read',
    why: 'VLANs are not kept apart',
    find: 'return vlanAware ? processVlan',
    replace: 'return !vlanAware ? processVlan',
  }),
]

const egress: readonly WrongBuild[] = [
  ...misroutes(vlans, 'untagged', {
    name: 'untagged-frames-by-trunks',
    why: 'what leaves by a trunk has lost its VLAN',
    find: 'carriers & ~trunks',
    replace: 'carriers',
  }),
  ...misroutes(vlans, 'untagged', {
    name: 'untagged-frames-by-ports-of-other-vlans',
    why: 'VLANs are not kept apart',
    find: '<i32>(configPvid(port) == vid) << port',
    replace: '1 << port',
  }),
  ...misroutes(vlans, 'tagged by a trunk', {
    name: 'tagged-frames-by-untagged-ports',
    why: 'stations receive tags that they cannot read',
    find: '  if (tagged) return trunks\n',
    replace: '',
  }),
  ...passes(vlans, 'tag of another VLAN by a port', {
    name: 'ports-below-a-trunk-taken-for-trunks',
    why: 'stations there send into any VLAN they like',
    find: '((trunks >> port) & 1) == 1',
    replace: '(trunks >> port) != 0',
  }),
  ...misroutes(vlans, 'untagged', {
    name: 'flood-in-a-vlan-includes-the-ingress',
    why: 'a frame comes back to its sender',
    find: '(known == UNKNOWN ? -1 : 1 << known) & ~(1 << port)',
    replace: '(known == UNKNOWN ? -1 : 1 << known)',
  }),
  ...passes(vlanStations, 'behind a port of the other form', {
    name: 'flooded-where-the-form-does-not-fit',
    why: 'what is meant for one station is seen everywhere',
    find: '(known == UNKNOWN ? -1 : 1 << known)',
    replace: '(known == UNKNOWN || ((carriersOf(vid, tagged) >> known) & 1) == 0 ? -1 : 1 << known)',
  }),
  ...passes(vlanStations, 'behind the port it came from', {
    name: 'sent-back-within-a-vlan',
    why: 'stations of one segment hear everything twice',
    find: '(known == UNKNOWN ? -1 : 1 << known) & ~(1 << port)',
    replace: '(known == UNKNOWN ? ~(1 << port) : 1 << known)',
  }),
  ...writes(vlans, 'priority tag', 'vlan.id', {
    name: 'vlan-0-sent',
    why: 'no bridge may send a priority tag',
    find: '  if (tagged) storeU16BE(packet + TAG_CONTROL, (control & ~VID_MASK) | vid)\n',
    replace: '',
  }),
  ...writes(vlans, 'priority tag', 'vlan.priority', {
    name: 'priority-lost',
    why: 'urgent frames wait like others',
    find: '(control & ~VID_MASK) | vid',
    replace: 'vid',
  }),
  ...passes(vlans, 'reserved address', {
    name: 'reserved-addresses-forwarded-in-vlans',
    why: 'spanning tree of two bridges is mixed up',
    find: '  if (isReserved(packet)) return DROP\n  const known = portOf(packet, vid)\n',
    replace: '  const known = portOf(packet, vid)\n',
  }),
]

const learning: readonly WrongBuild[] = [
  ...drops(vlanStations, 'asked for in VLAN 2', {
    name: 'learning-shared-by-vlans',
    why: 'the same address in two VLANs is taken for one station',
    find: 'store<u16>(key, <u16>vid, 6)',
    replace: 'store<u16>(key, 0, 6)',
  }),
  ...misroutes(vlanStations, 'asked for in VLAN 1', {
    name: 'learned-in-no-vlan',
    why: 'every frame is seen everywhere in its VLAN',
    find: 'learn(packet + ETHERNET_SOURCE, vid, port, now)',
    replace: 'learn(packet + ETHERNET_SOURCE, 0, port, now)',
  }),
  ...misroutes(vlanStations, 'asked for in VLAN 1', {
    name: 'looked-up-in-no-vlan',
    why: 'every frame is seen everywhere in its VLAN',
    find: 'portOf(packet, vid)',
    replace: 'portOf(packet, 0)',
  }),
]

export const wrongVlans: readonly WrongBuild[] = [...classification, ...egress, ...learning]
