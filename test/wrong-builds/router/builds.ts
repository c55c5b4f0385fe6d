/** Wrong routers. */
import { misroutes, passes, type WrongBuild, writes } from '../wrong-build.js'
import { addresses, headers, ways } from './scenes.js'

export const wrongRouters: readonly WrongBuild[] = [
  ...writes(ways, 'forth', 'ipv4.ttl', {
    name: 'ttl-not-decremented',
    why: 'packets go round in circles for ever',
    find: '  ip->ttl--;\n',
    replace: '',
  }),
  ...passes(ways, 'the last hop', {
    name: 'ttl-1-forwarded',
    why: 'a packet with TTL 0 is on the way',
    find: 'ip->ttl <= 1',
    replace: 'ip->ttl < 1',
  }),
  ...writes(ways, 'forth', 'ipv4.headerChecksum', {
    name: 'checksum-not-updated',
    why: 'the next router drops everything',
    find: '  ip->checksum = checksum_after_u16(ip->checksum, htons(old), htons(fresh));\n',
    replace: '  (void)(old + fresh);\n',
  }),
  ...misroutes(ways, 'the longer prefix', {
    name: 'shortest-prefix-wins',
    why: 'more specific routes mean nothing',
    find: '(int32_t)destination)',
    replace: '(int32_t)(destination & 0xff000000))',
  }),
  {
    ...{ scene: ways, at: 'forth', shows: /result 16777216 .*means nothing|no port|verdict/i },
    name: 'route-port-in-network-order',
    why: 'every port but the first is one that there is not',
    find: 'return egress;',
    replace: 'return (int32_t)htonl((uint32_t)egress);',
  },
  ...misroutes(ways, 'forth', {
    name: 'destination-in-host-order',
    why: 'packets go to the network of the reversed address',
    find: '(int32_t)destination)',
    replace: '(int32_t)ip->destination)',
  }),
  ...passes(ways, 'no route', {
    name: 'sent-back-without-a-route',
    why: 'what is for nobody comes back',
    find: 'if (egress < 0 || ip->ttl <= 1) return NF_DROP;',
    replace: 'if (egress < 0) return port;\n  if (ip->ttl <= 1) return NF_DROP;',
  }),
  ...writes(ways, 'forth', 'ethernet.dst', {
    name: 'next-hop-of-the-ingress',
    why: 'nobody on the other side takes the frame',
    find: 'config_nextHopMac(egress)',
    replace: 'config_nextHopMac(port)',
  }),
  ...passes(headers, 'to another station', {
    name: 'other-stations-served',
    why: 'what another router forwards comes twice',
    find: '  if (load_mac(ethernet->destination) != config_deviceMac(port)) return NF_DROP;\n',
    replace: '',
  }),
  ...passes(headers, 'cut short', {
    name: 'longer-than-the-frame',
    why: 'half of a datagram is forwarded',
    find: ' || total_length > present',
    replace: '',
  }),
  ...passes(headers, 'with options', {
    name: 'options-not-looked-at',
    why: 'source routes lead past filters',
    find: 'return header_length == (int32_t)sizeof *ip ||',
    replace: 'return 1 ||',
  }),
  ...passes(headers, 'a wrong checksum', {
    name: 'checksum-not-verified',
    why: 'damaged headers go on, and to wrong networks',
    find: 'if (!ipv4_header_checksum_ok(ip, ipv4_header_length(ip)))',
    replace: 'if (0)',
  }),
  ...passes(addresses, 'from no network', {
    name: 'sources-not-looked-at',
    why: 'nobody can be answered',
    find: 'is_martian(source) || ',
    replace: '',
  }),
  ...passes(addresses, 'from a link-local address', {
    name: 'link-local-forwarded',
    why: 'hosts that are no neighbours are taken for some',
    find: ' || address >> 16 == 0xa9fe',
    replace: '',
  }),
  ...passes(addresses, 'from the router', {
    name: 'own-source-forwarded',
    why: 'others speak in the name of the router',
    find: 'is_own(source) || ',
    replace: '',
  }),
]
