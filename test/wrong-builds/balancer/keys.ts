/** Balancers that tell connections apart by too little. */
import { misroutes, type WrongBuild } from '../wrong-build.js'
import * as pairs from './pairs.js'
import { mixed } from './scenes.js'

const merged: readonly WrongBuild[] = [
  ...misroutes(pairs.bySource, 'second again', {
    name: 'source-not-in-key',
    why: 'all clients follow the first',
    find: 'store<u32>(key, load<u32>(ip + IPV4_SOURCE), 12)',
    replace: 'store<u32>(key, 0, 12)',
  }),
  ...misroutes(pairs.byDestination, 'second again', {
    name: 'destination-not-in-key',
    why: 'services are mixed up',
    find: 'load<u32>(ip + IPV4_DESTINATION), DESTINATION + 12',
    replace: '0, DESTINATION + 12',
  }),
  ...misroutes(pairs.bySourcePort, 'second again', {
    name: 'source-port-not-in-key',
    why: 'all connections of a client follow the first',
    find: 'store<u32>(key, load<u32>(transport), PORTS)',
    replace: 'store<u32>(key, load<u16>(transport, 2), PORTS)',
  }),
  ...misroutes(pairs.byDestinationPort, 'second again', {
    name: 'destination-port-not-in-key',
    why: 'services are mixed up',
    find: 'store<u32>(key, load<u32>(transport), PORTS)',
    replace: 'store<u32>(key, load<u16>(transport), PORTS)',
  }),
  ...misroutes(pairs.byProtocol, 'second again', {
    name: 'protocol-not-in-key',
    why: 'TCP and UDP are mixed up',
    find: 'store<u16>(key, <u16>protocol, PROTOCOL)',
    replace: 'store<u16>(key, 0, PROTOCOL)',
  }),
  ...misroutes(pairs.byVersion, 'second again', {
    name: 'version-not-in-key',
    why: 'IPv6 addresses with the bits of IPv4 ones are mixed up with them',
    find: 'store<u16>(key, 6, VERSION)',
    replace: 'store<u16>(key, 4, VERSION)',
  }),
  ...misroutes(pairs.bySourceNetwork, 'second again', {
    name: 'source-network-not-in-key',
    why: 'clients of other networks follow the first',
    find: 'store<u64>(key, load<u64>(ip + IPV6_SOURCE))',
    replace: 'store<u64>(key, 0)',
  }),
  ...misroutes(pairs.bySourceHost, 'second again', {
    name: 'source-interface-not-in-key',
    why: 'clients of a network follow the first',
    find: 'load<u64>(ip + IPV6_SOURCE, 8), 8)',
    replace: '0, 8)',
  }),
  ...misroutes(pairs.byDestinationNetwork, 'second again', {
    name: 'destination-network-not-in-key',
    why: 'services are mixed up',
    find: 'load<u64>(ip + IPV6_DESTINATION), DESTINATION)',
    replace: '0, DESTINATION)',
  }),
  ...misroutes(pairs.byDestinationHost, 'second again', {
    name: 'destination-interface-not-in-key',
    why: 'services are mixed up',
    find: 'load<u64>(ip + IPV6_DESTINATION, 8), DESTINATION + 8)',
    replace: '0, DESTINATION + 8)',
  }),
]

/** An IPv4 address has 4 bytes of 16: where the others are not cleared, they are those of the packet before. */
const leftovers: readonly WrongBuild[] = misroutes(
  mixed,
  'stays',
  {
    name: 'source-network-bytes-not-cleared',
    why: 'a connection over IPv4 is unknown after a packet over IPv6',
    find: '  store<u64>(key, 0)\n',
    replace: '',
  },
  {
    name: 'source-interface-bytes-not-cleared',
    why: 'a connection over IPv4 is unknown after a packet over IPv6',
    find: '  store<u32>(key, 0, 8)\n',
    replace: '',
  },
  {
    name: 'destination-network-bytes-not-cleared',
    why: 'a connection over IPv4 is unknown after a packet over IPv6',
    find: '  store<u64>(key, 0, DESTINATION)\n',
    replace: '',
  },
  {
    name: 'destination-interface-bytes-not-cleared',
    why: 'a connection over IPv4 is unknown after a packet over IPv6',
    find: '  store<u32>(key, 0, DESTINATION + 8)\n',
    replace: '',
  },
)

export const wrongKeys: readonly WrongBuild[] = [...merged, ...leftovers]
