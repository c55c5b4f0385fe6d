/** Firewalls that tell flows apart by too little, or look answers up wrongly. */
import { drops, passes, type WrongBuild } from '../wrong-build.js'
import { full, strangers, strangers6, versions } from './scenes.js'

const ipv4: readonly WrongBuild[] = [
  ...passes(strangers, 'from another address', {
    name: 'outer-address-not-in-key',
    why: 'every server may answer for one',
    find: 'inbound ? src : dst, OUTER + 12',
    replace: '0, OUTER + 12',
  }),
  ...passes(strangers, 'to another host', {
    name: 'inner-address-not-in-key',
    why: 'a server reaches every inside host',
    find: 'inbound ? dst : src, INNER + 12',
    replace: '0, INNER + 12',
  }),
  ...drops(strangers, 'answer', {
    name: 'inner-address-not-exchanged',
    why: 'no answer is known',
    find: 'inbound ? dst : src, INNER + 12',
    replace: 'src, INNER + 12',
  }),
  ...drops(strangers, 'answer', {
    name: 'outer-address-not-exchanged',
    why: 'no answer is known',
    find: 'inbound ? src : dst, OUTER + 12',
    replace: 'dst, OUTER + 12',
  }),
  ...passes(strangers, 'from another port', {
    name: 'outer-port-not-in-key',
    why: 'every process of the server may answer for one',
    find: 'store<u32>(key, inbound ? rotl<u32>(ports, 16) : ports, PORTS)',
    replace: 'store<u16>(key, <u16>(inbound ? rotl<u32>(ports, 16) : ports), PORTS)',
  }),
  ...passes(strangers, 'to another port of the host', {
    name: 'inner-port-not-in-key',
    why: 'a server reaches every process of the host',
    find: 'inbound ? rotl<u32>(ports, 16) : ports',
    replace: '(inbound ? rotl<u32>(ports, 16) : ports) >> 16',
  }),
  ...drops(strangers, 'answer', {
    name: 'ports-not-exchanged',
    why: 'no answer is known',
    find: 'inbound ? rotl<u32>(ports, 16) : ports',
    replace: 'ports',
  }),
  ...passes(strangers, 'by another protocol', {
    name: 'protocol-not-in-key',
    why: 'TCP answers a UDP flow',
    find: 'protocol | (version << 8)',
    replace: 'version << 8',
  }),
  ...passes(full, 'another server', {
    name: 'half-of-outer-address-in-key',
    why: 'servers of one network share a flow',
    find: 'inbound ? src : dst, OUTER + 12',
    replace: '(inbound ? src : dst) << 16, OUTER + 12',
  }),
]

const ipv6: readonly WrongBuild[] = [
  ...passes(strangers6, 'from another network', {
    name: 'outer-network-not-in-key',
    why: 'the same interface identifier of any network may answer',
    find: 'load<u64>(outer), OUTER',
    replace: '0, OUTER',
  }),
  ...passes(strangers6, 'from another interface', {
    name: 'outer-interface-not-in-key',
    why: 'all of a network may answer for one',
    find: 'load<u64>(outer, 8), OUTER + 8',
    replace: '0, OUTER + 8',
  }),
  ...passes(strangers6, 'to another network', {
    name: 'inner-network-not-in-key',
    why: 'a server reaches hosts of other networks',
    find: 'load<u64>(inner), INNER',
    replace: '0, INNER',
  }),
  ...passes(strangers6, 'to another interface', {
    name: 'inner-interface-not-in-key',
    why: 'a server reaches all hosts of a network',
    find: 'load<u64>(inner, 8), INNER + 8',
    replace: '0, INNER + 8',
  }),
  ...drops(strangers6, 'answer', {
    name: 'inner-ipv6-address-not-exchanged',
    why: 'no answer over IPv6 is known',
    find: 'ip + (inbound ? IPV6_DESTINATION : IPV6_SOURCE)',
    replace: 'ip + IPV6_SOURCE',
  }),
  ...drops(strangers6, 'answer', {
    name: 'outer-ipv6-address-not-exchanged',
    why: 'no answer over IPv6 is known',
    find: 'ip + (inbound ? IPV6_SOURCE : IPV6_DESTINATION)',
    replace: 'ip + IPV6_DESTINATION',
  }),
  ...passes(versions, 'answer over IPv6', {
    name: 'version-not-in-key',
    why: 'IPv6 addresses with the bits of IPv4 ones answer for them',
    find: 'protocol | (version << 8)',
    replace: 'protocol',
  }),
]

/** An IPv4 address has 4 bytes of 16: where the others are not cleared, they are those of the packet before. */
const leftovers: readonly WrongBuild[] = drops(
  versions,
  'answer over IPv4',
  {
    name: 'inner-network-bytes-not-cleared',
    why: 'a flow over IPv4 is unknown after a packet over IPv6',
    find: '  store<u64>(key, 0, INNER)\n',
    replace: '',
  },
  {
    name: 'inner-interface-bytes-not-cleared',
    why: 'a flow over IPv4 is unknown after a packet over IPv6',
    find: '  store<u32>(key, 0, INNER + 8)\n',
    replace: '',
  },
  {
    name: 'outer-network-bytes-not-cleared',
    why: 'a flow over IPv4 is unknown after a packet over IPv6',
    find: '  store<u64>(key, 0, OUTER)\n',
    replace: '',
  },
  {
    name: 'outer-interface-bytes-not-cleared',
    why: 'a flow over IPv4 is unknown after a packet over IPv6',
    find: '  store<u32>(key, 0, OUTER + 8)\n',
    replace: '',
  },
)

export const wrongKeys: readonly WrongBuild[] = [...ipv4, ...ipv6, ...leftovers]
