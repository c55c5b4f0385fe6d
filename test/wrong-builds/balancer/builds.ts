/** Wrong balancers: which backends live, which connection goes where, and for how long. */
import { drops, misroutes, passes, type WrongBuild, writes } from '../wrong-build.js'
import { wrongHeaders } from './headers.js'
import { wrongKeys } from './keys.js'
import { again, full, heartbeats, joining, kept, leaving, moved, silence } from './scenes.js'

const life: readonly WrongBuild[] = [
  ...drops(heartbeats, 'to another port', {
    name: 'heartbeat-port-not-compared',
    why: 'any datagram of a backend keeps it live, and is lost',
    find: '  if (loadU16BE(transport + TRANSPORT_DESTINATION_PORT) != heartbeatPort) return false\n',
    replace: '',
  }),
  ...passes(heartbeats, 'of the third backend', {
    name: 'heartbeat-port-of-the-source',
    why: 'no heartbeat is known',
    find: 'loadU16BE(transport + TRANSPORT_DESTINATION_PORT) != heartbeatPort',
    replace: 'loadU16BE(transport) != heartbeatPort',
  }),
  ...drops(heartbeats, 'by TCP', {
    name: 'heartbeats-by-tcp',
    why: 'answers of a service on that port are lost',
    find: 'protocol == PROTOCOL_UDP && isHeartbeat',
    replace: 'isHeartbeat',
  }),
  ...drops(heartbeats, 'of an unknown address', {
    name: 'heartbeat-address-not-compared',
    why: 'anybody behind the port keeps a dead backend live',
    find: 'const sender = backendWithMac(loadMac(packet + ETHERNET_SOURCE))',
    replace: 'const sender = port <= backendCount ? port - 1 : NONE',
  }),
  ...drops(heartbeats, 'behind the port of another', {
    name: 'heartbeat-ingress-not-compared',
    why: 'a backend that cannot be reached counts as live',
    find: ' || configBackendPort(sender) != port',
    replace: '',
  }),
  ...passes(heartbeats, 'of the third backend', {
    name: 'heartbeats-forwarded',
    why: 'clients see what goes on inside',
    find: 'isHeartbeat(port, packet, transport, now)) return DROP',
    replace: 'isHeartbeat(port, packet, transport, now)) return wan',
  }),
  ...passes(heartbeats, 'of the third backend', {
    name: 'last-backend-not-found',
    why: 'one backend is never used',
    find: 'i < backendCount; i++',
    replace: 'i < backendCount - 1; i++',
  }),
  ...drops(silence, 'at the end of the timeout', {
    name: 'first-heartbeat-ignored',
    why: 'no backend ever becomes live',
    find: 'if (!dchain_claim_index(live, sender, now)) dchain_rejuvenate_index(live, sender, now)',
    replace: 'dchain_rejuvenate_index(live, sender, now)',
  }),
  ...drops(silence, 'a timeout later', {
    name: 'later-heartbeats-ignored',
    why: 'live backends are taken for dead now and then',
    find: 'if (!dchain_claim_index(live, sender, now)) dchain_rejuvenate_index(live, sender, now)',
    replace: 'dchain_claim_index(live, sender, now)',
  }),
  ...drops(silence, 'at the end of the timeout', {
    name: 'dies-one-nanosecond-early',
    why: 'a backend is given up before its time',
    find: 'now - heartbeatTimeout)',
    replace: 'now - heartbeatTimeout + 1)',
  }),
  ...passes(silence, 'past the timeout', {
    name: 'dies-one-nanosecond-late',
    why: 'a dead backend is used beyond its time',
    find: 'now - heartbeatTimeout)',
    replace: 'now - heartbeatTimeout - 1)',
  }),
  ...passes(silence, 'past the timeout', {
    name: 'never-dies',
    why: 'clients of a dead backend are cut off',
    find: '  dchain_expire(live, now - heartbeatTimeout)\n',
    replace: '',
  }),
  ...passes(silence, 'asked for, but silent', {
    name: 'requests-keep-a-backend-live',
    why: 'a dead backend lives as long as it is asked',
    find: '    if (dchain_is_index_allocated(live, kept)) {\n',
    replace: '    if (dchain_is_index_allocated(live, kept)) {\n      dchain_rejuvenate_index(live, kept, now)\n',
  }),
]

const sticking: readonly WrongBuild[] = [
  ...misroutes(joining, 'stays', {
    name: 'connections-do-not-stick',
    why: 'whenever a backend joins, connections under way are cut',
    find: 'if (dchain_is_index_allocated(live, kept)) {',
    replace: 'if (kept < 0) {',
  }),
  ...misroutes(leaving, 'moves', {
    name: 'dead-backend-used',
    why: 'clients of a dead backend are cut off',
    find: 'if (dchain_is_index_allocated(live, kept)) {',
    replace: 'if (kept >= 0) {',
  }),
  ...misroutes(leaving, 'stays', {
    name: 'move-not-remembered',
    why: 'connections are cut when a backend is back',
    find: '    store<i32>(expiring_map_value(flows, slot), backend)\n  } else',
    replace: '  } else',
  }),
  ...misroutes(joining, 'stays', {
    name: 'backend-not-remembered',
    why: 'all connections are sent to the first backend',
    find: '    store<i32>(expiring_map_value(flows, load<i32>(out)), backend)\n',
    replace: '',
  }),
  ...misroutes(again, 'opens again', {
    name: 'ring-turns-with-time',
    why: 'a connection that paused goes elsewhere',
    find: 'hash(key, KEY_SIZE)',
    replace: '<i32>now',
  }),
  ...misroutes(again, 'opens again', {
    name: 'backend-by-chance',
    why: 'a connection that paused goes elsewhere',
    find: 'hash(key, KEY_SIZE)',
    replace: 'random_u32()',
    needs: 'random_u32',
  }),
  ...drops(full, 'no room', {
    name: 'full-table-drops',
    why: 'a flood of connections stops the service',
    find: '  } else if (expiring_map_insert(flows, key, now, out)) {\n',
    replace: '  } else if (!expiring_map_insert(flows, key, now, out)) {\n    return NONE\n  } else {\n',
  }),
  ...misroutes(full, 'stays', {
    name: 'full-table-forgets-connections',
    why: 'a flood of connections cuts those under way',
    find: '  } else if (expiring_map_insert(flows, key, now, out)) {\n',
    replace:
      '  } else {\n    if (!expiring_map_insert(flows, key, now, out)) {\n      expiring_map_erase(flows, loadU16BE(key + <i32>PORTS) & 7)\n      expiring_map_insert(flows, key, now, out)\n    }\n',
    needs: 'expiring_map_erase',
  }),
  ...drops(heartbeats, 'delivered', {
    name: 'any-backend-must-live',
    why: 'one dead backend stops the service',
    find: 'if (backend == NONE) return DROP',
    replace: 'if (backend == NONE || !dchain_is_index_allocated(live, 0)) return DROP',
  }),
]

const time: readonly WrongBuild[] = [
  ...misroutes(kept, 'at the end of the expiration', {
    name: 'forgets-one-nanosecond-early',
    why: 'a connection may be cut before its time',
    find: 'now - expiration)',
    replace: 'now - expiration + 1)',
  }),
  ...misroutes(leaving, 'forgotten', {
    name: 'forgets-one-nanosecond-late',
    why: 'a connection is kept beyond its time',
    find: 'now - expiration)',
    replace: 'now - expiration - 1)',
  }),
  ...misroutes(leaving, 'forgotten', {
    name: 'never-forgets',
    why: 'the table is full for good',
    find: '  expiring_map_expire(flows, now - expiration)\n',
    replace: '',
  }),
  ...misroutes(kept, 'used', {
    name: 'not-refreshed',
    why: 'connections under way are forgotten',
    find: '      expiring_map_refresh(flows, slot, now)\n      return kept',
    replace: '      return kept',
  }),
  ...misroutes(moved, 'an expiration after the move', {
    name: 'not-refreshed-by-a-move',
    why: 'connections that moved are forgotten too soon',
    find: '    expiring_map_refresh(flows, slot, now)\n    store',
    replace: '    store',
  }),
]

const delivery: readonly WrongBuild[] = [
  ...writes(heartbeats, 'delivered', 'ethernet.dst', {
    name: 'backend-address-not-written',
    why: 'no backend takes the packet',
    find: '  storeMac(packet + ETHERNET_DESTINATION, configBackendMac(backend))\n',
    replace: '',
  }),
  ...writes(heartbeats, 'delivered', 'ethernet.src', {
    name: 'source-mac-kept',
    why: "clients' addresses are learned behind the balancer",
    find: '  storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))\n',
    replace: '',
  }),
  ...writes(heartbeats, 'delivered', 'ethernet.src', {
    name: 'source-mac-of-the-wrong-port',
    why: 'switches learn the device where it is not',
    find: 'configDeviceMac(egress)',
    replace: 'configDeviceMac(port)',
  }),
  ...misroutes(heartbeats, 'delivered', {
    name: 'backend-taken-for-its-port',
    why: 'packets reach the network of another backend',
    find: 'const egress = configBackendPort(backend)',
    replace: 'const egress = backend',
  }),
  ...writes(heartbeats, 'to another port', 'ethernet.dst', {
    name: 'answers-to-the-wrong-next-hop',
    why: 'no client has an answer',
    find: 'configNextHopMac(wan)',
    replace: 'configNextHopMac(port)',
  }),
  ...writes(heartbeats, 'to another port', 'ethernet.src', {
    name: 'answers-from-the-wrong-port',
    why: 'switches learn the device where it is not',
    find: 'configDeviceMac(wan)',
    replace: 'configDeviceMac(port)',
  }),
  ...drops(heartbeats, 'by TCP', {
    name: 'answers-of-silent-backends-dropped',
    why: 'connections are cut that could go on',
    find: '    storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(wan))\n',
    replace:
      '    if (protocol == PROTOCOL_TCP && port != wan && !dchain_is_index_allocated(live, port - 1)) return DROP\n    storeMac(packet + ETHERNET_DESTINATION, configNextHopMac(wan))\n',
  }),
]

export const wrongBalancers: readonly WrongBuild[] = [
  ...life,
  ...sticking,
  ...time,
  ...delivery,
  ...wrongKeys,
  ...wrongHeaders,
]
