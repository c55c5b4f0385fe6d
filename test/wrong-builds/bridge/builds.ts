/** Wrong bridges. */
import { drops, misroutes, passes, type WrongBuild } from '../wrong-build.js'
import { ageing, crowded, learning, reserved, short, statics } from './scenes.js'
import { wrongVlans } from './vlans.js'

const stations: readonly WrongBuild[] = [
  ...misroutes(learning, 'known', {
    name: 'nothing-learned',
    why: 'every frame is seen everywhere',
    find: '  if (isGroup(mac) || map_get(staticEntries, mac, out)) return\n  setKey',
    replace: '  return\n  setKey',
  }),
  ...drops(learning, 'unknown', {
    name: 'destination-learned',
    why: 'stations are thought to be where they are asked for',
    find: '  learn(packet + ETHERNET_SOURCE, 0, port, now)\n',
    replace: '  learn(packet, 0, port, now)\n',
  }),
  ...misroutes(learning, 'to where it moved', {
    name: 'moves-ignored',
    why: 'a station that changed its port is cut off',
    find: 'if (expiring_map_touch(stations, key, now, out) || expiring_map_insert(stations, key, now, out)) {',
    replace: 'if (!expiring_map_touch(stations, key, now, out) && expiring_map_insert(stations, key, now, out)) {',
  }),
  ...misroutes(learning, 'alike in the first bytes', {
    name: 'last-two-bytes-not-in-key',
    why: 'stations of one maker are taken for one another',
    find: 'store<u16>(key, load<u16>(mac, 4), 4)',
    replace: 'store<u16>(key, load<u8>(mac, 5), 4)',
  }),
  ...misroutes(learning, 'alike in the last bytes', {
    name: 'first-four-bytes-not-in-key',
    why: 'stations of several makers are taken for one another',
    find: 'store<u32>(key, load<u32>(mac))',
    replace: 'store<u32>(key, 0)',
  }),
  ...misroutes(learning, 'known', {
    name: 'local-addresses-taken-for-groups',
    why: 'virtual machines are never learned',
    find: '(load<u8>(mac) & 1) == 1',
    replace: '(load<u8>(mac) & 2) == 2',
  }),
  ...misroutes(learning, 'answer', {
    name: 'group-bit-of-the-last-byte',
    why: 'the bits of an address are in another order on the wire',
    find: '(load<u8>(mac) & 1) == 1',
    replace: '(load<u8>(mac, 5) & 1) == 1',
  }),
  ...misroutes(crowded, 'one too many', {
    name: 'group-sources-learned',
    why: 'addresses that no station has take the room of those that do',
    find: 'isGroup(mac) || map_get(',
    replace: 'map_get(',
  }),
  ...misroutes(crowded, 'one too many', {
    name: 'static-sources-learned',
    why: 'addresses that are known anyway take the room of others',
    find: 'isGroup(mac) || map_get(staticEntries, mac, out)',
    replace: 'isGroup(mac)',
  }),
  ...misroutes(crowded, 'one too many', {
    name: 'full-table-forgets-a-station',
    why: 'a flood of addresses makes the bridge a hub',
    find: '  if (expiring_map_touch(stations, key, now, out) || expiring_map_insert(stations, key, now, out)) {',
    replace:
      '  if (!expiring_map_touch(stations, key, now, out) && !expiring_map_insert(stations, key, now, out)) expiring_map_erase(stations, 0)\n  if (expiring_map_touch(stations, key, now, out) || expiring_map_insert(stations, key, now, out)) {',
    needs: 'expiring_map_erase',
  }),
  ...drops(crowded, 'one too many', {
    name: 'full-table-drops-the-frame',
    why: 'stations beyond the table cannot speak at all',
    find: '  if (isReserved(packet)) return DROP\n  const known = portOf(packet, 0)\n',
    replace:
      '  if (isReserved(packet)) return DROP\n  if (portOf(packet + ETHERNET_SOURCE, 0) == UNKNOWN && !isGroup(packet + ETHERNET_SOURCE)) return DROP\n  const known = portOf(packet, 0)\n',
  }),
]

const forwarding: readonly WrongBuild[] = [
  ...passes(learning, 'behind its own port', {
    name: 'sent-back-by-its-own-port',
    why: 'stations of one segment hear everything twice',
    find: 'known == port ? DROP : known',
    replace: 'known',
  }),
  ...drops(learning, 'unknown', {
    name: 'unknown-dropped',
    why: 'nobody can be reached who has not spoken',
    find: 'if (known == UNKNOWN) return FLOOD',
    replace: 'if (known == UNKNOWN) return DROP',
  }),
  ...misroutes(learning, 'unknown', {
    name: 'flood-includes-the-ingress',
    why: 'a frame comes back to its sender',
    find: 'if (known == UNKNOWN) return FLOOD',
    replace: 'if (known == UNKNOWN) return forwardToSet((1 << portCount) - 1)',
  }),
  ...misroutes(learning, 'unknown', {
    name: 'flood-misses-the-last-port',
    why: 'stations behind one port cannot be found',
    find: 'if (known == UNKNOWN) return FLOOD',
    replace: 'if (known == UNKNOWN) return forwardToSet(((1 << (portCount - 1)) - 1) & ~(1 << port))',
  }),
  ...drops(learning, 'broadcast', {
    name: 'groups-dropped',
    why: 'no address resolution reaches anybody',
    find: '  if (isGroup(mac)) return UNKNOWN\n',
    replace: '  if (isGroup(mac)) return 1\n',
  }),
  ...misroutes(statics, 'to a static station', {
    name: 'static-entries-ignored',
    why: 'what the operator fixed is learned like anything else',
    find: '  if (map_get(staticEntries, mac, out)) return load<i32>(out)\n',
    replace: '',
  }),
  ...misroutes(statics, 'to a static group', {
    name: 'static-groups-ignored',
    why: 'a group fixed to one port is seen everywhere',
    find: '  if (map_get(staticEntries, mac, out)) return load<i32>(out)\n',
    replace: '  if (!isGroup(mac) && map_get(staticEntries, mac, out)) return load<i32>(out)\n',
  }),
  ...misroutes(statics, 'to it afterwards', {
    name: 'learned-wins-over-static',
    why: 'anybody takes over an address that the operator fixed',
    find: '(isGroup(mac) || map_get(staticEntries, mac, out)) return\n',
    replace: '(isGroup(mac)) return\n  if (map_get(staticEntries, mac, out)) map_put(staticEntries, mac, port)\n',
    needs: 'map_put',
  }),
  ...passes(short, 'cut short', {
    name: 'length-not-compared',
    why: 'bytes that are not there are read',
    find: '  if (length < ETHERNET_LENGTH) return DROP\n',
    replace: '',
  }),
  ...drops(short, 'nothing but a header', {
    name: 'bare-header-refused',
    why: 'the shortest frame is dropped',
    find: 'length < ETHERNET_LENGTH',
    replace: 'length <= ETHERNET_LENGTH',
  }),
]

const reservedAddresses: readonly WrongBuild[] = [
  ...passes(reserved, 'the first', {
    name: 'reserved-addresses-forwarded',
    why: 'spanning tree of two bridges is mixed up',
    find: 'return (load<u64>(packet) & 0x0000f0ffffffffff) == 0x00c28001',
    replace: 'return false',
  }),
  ...passes(reserved, 'spanning tree of providers', {
    name: 'spanning-tree-filtered-only',
    why: 'fifteen other protocols of a single link go on',
    find: '0x0000f0ffffffffff',
    replace: '0x0000ffffffffffff',
  }),
  ...passes(reserved, 'the last', {
    name: 'last-reserved-address-forwarded',
    why: 'the sixteenth address is forgotten',
    find: '== 0x00c28001',
    replace: '== 0x00c28001 && load<u8>(packet, 5) != 15',
  }),
  ...drops(reserved, 'one past the last', {
    name: 'one-address-too-many-filtered',
    why: 'an ordinary group is not heard',
    find: '== 0x00c28001',
    replace: '== 0x00c28001 || (load<u64>(packet) & 0xffffffffffff) == 0x100000c28001',
  }),
  ...drops(reserved, 'the fifth byte differs', {
    name: 'fifth-byte-not-compared',
    why: 'ordinary groups are not heard',
    find: '0x0000f0ffffffffff',
    replace: '0x0000f000ffffffff',
  }),
  ...drops(reserved, 'the fourth byte differs', {
    name: 'fourth-byte-not-compared',
    why: 'ordinary groups are not heard',
    find: '0x0000f0ffffffffff',
    replace: '0x0000f0ff00ffffff',
  }),
  ...passes(reserved, 'the first', {
    name: 'reserved-addresses-in-host-byte-order',
    why: 'no reserved address is known',
    find: '0x00c28001',
    replace: '0x0180c200',
  }),
  ...misroutes(reserved, 'heard by a reserved frame', {
    name: 'reserved-frames-teach-nothing',
    why: 'stations that speak to the bridge only are unknown to it',
    find: '  learn(packet + ETHERNET_SOURCE, 0, port, now)\n  if (isReserved(packet)) return DROP\n',
    replace: '  if (isReserved(packet)) return DROP\n  learn(packet + ETHERNET_SOURCE, 0, port, now)\n',
  }),
]

const time: readonly WrongBuild[] = [
  ...misroutes(ageing, 'at the end of its time', {
    name: 'ages-one-nanosecond-early',
    why: 'a station is forgotten before its time',
    find: 'now - ageingTime)',
    replace: 'now - ageingTime + 1)',
  }),
  ...misroutes(ageing, 'past its time', {
    name: 'ages-one-nanosecond-late',
    why: 'a station is known beyond its time',
    find: 'now - ageingTime)',
    replace: 'now - ageingTime - 1)',
  }),
  ...misroutes(ageing, 'past its time', {
    name: 'never-ages',
    why: 'stations that left take their room for good',
    find: '  expiring_map_expire(stations, now - ageingTime)\n',
    replace: '',
  }),
  ...misroutes(ageing, 'a lifetime later', {
    name: 'not-refreshed-when-heard',
    why: 'stations that speak all the time are forgotten',
    find: 'expiring_map_touch(stations, key, now, out)',
    replace: 'expiring_map_get(stations, key, out)',
  }),
  ...misroutes(ageing, 'past its time', {
    name: 'refreshed-when-asked-for',
    why: 'a station that left is kept by those who look for it',
    find: 'if (!expiring_map_get(stations, key, out)) return UNKNOWN',
    replace: 'if (!expiring_map_touch(stations, key, time(), out)) return UNKNOWN',
    needs: 'time',
  }),
]

export const wrongBridges: readonly WrongBuild[] = [
  ...stations,
  ...forwarding,
  ...reservedAddresses,
  ...time,
  ...wrongVlans,
]
