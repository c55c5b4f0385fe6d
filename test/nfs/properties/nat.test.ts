import { packet } from '../../wrong-builds/frames.js'
import { config, EXTERNAL, WAN, world } from '../worlds/nat.js'
import { build, testProperties } from './testing.js'
import { ofConversations, type Traffic } from './traffic.js'

const conversations = ofConversations('nat', config, world)

const host = { address: '10.0.0.11', port: 5000 }
const server = { address: '192.0.2.21', port: 80 }

/** One mapping, whose external port can only be 1024: used twice from inside, then once from outside when it is over. */
const oneMapping: Traffic = {
  what: 'one mapping',
  nf: 'nat',
  config: { ...config, maxFlows: 1 },
  ports: 3,
  arrivals: () => [
    { port: 1, now: 10_000n, frame: packet('udp', host, server) },
    { port: 1, now: 10_001n, frame: packet('udp', host, server) },
    { port: WAN, now: 11_002n, frame: packet('udp', server, { address: EXTERNAL, port: 1024 }) },
  ],
}

testProperties('nat', [conversations, oneMapping], {
  'unsolicited-inbound-dropped': build('nat', 'slot-off-by-one-inbound'),
  'other-destinations-dropped': build('nat', 'external-address-not-compared'),
  'strangers-are-dropped-and-refresh-nothing': build('nat', 'peer-port-not-compared'),
  'inbound-goes-to-the-opener': build('nat', 'answers-leave-by-the-first-port'),
  'expired-mappings-are-not-used': build('nat', 'never-expires', oneMapping),
  'outbound-source-is-external': build('nat', 'address-not-written'),
  'external-port-in-range': build('nat', 'first-port-off-by-one'),
  'no-port-overloading': build('nat', 'host-port-not-in-key'),
  'mappings-are-kept': {
    traffic: oneMapping,
    edit: {
      name: 'port-changes-with-time',
      why: 'a mapping has two external ports in turn',
      find: 'const externalPort = startPort + load<i32>(found)',
      replace: 'const externalPort = startPort + (load<i32>(found) ^ <i32>(now & 1))',
    },
  },
  'full-table-opens-nothing': build('nat', 'full-table-takes-the-last-mapping'),
  'other-than-ipv4-dropped': build('nat', 'ethertype-not-compared'),
  'malformed-dropped': build('nat', 'header-length-not-compared'),
  'portless-dropped': build('nat', 'later-fragments-pass'),
  'only-addresses-and-ports-change': build('nat', 'time-to-live-lowered'),
  'never-back-to-where-it-came-from': {
    traffic: conversations,
    edit: {
      name: 'answers-sent-back',
      why: 'answers go back to the outside',
      find: 'return loadU8(flow + KEY_DEVICE_PORT)',
      replace: 'return wan',
    },
  },
  'goes-to-the-next-hop': build('nat', 'next-hop-of-the-wrong-port'),
})
