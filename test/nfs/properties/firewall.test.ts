import { config, world } from '../worlds/firewall.js'
import { build, testProperties } from './testing.js'
import { ofConversations } from './traffic.js'

const conversations = ofConversations('firewall', config, world)

testProperties('firewall', [conversations], {
  'unsolicited-inbound-dropped': build('firewall', 'unsolicited-inbound-passes'),
  'answers-go-to-the-opener': build('firewall', 'answers-leave-by-the-last-opener'),
  'expired-flows-are-not-used': build('firewall', 'never-expires'),
  'inside-talks-to-outside-only': {
    traffic: conversations,
    edit: {
      name: 'known-flows-sent-back',
      why: 'the second packet of a flow goes back to where it came from',
      find: `    expiring_map_refresh(flows, slot, now)
    return wan`,
      replace: `    expiring_map_refresh(flows, slot, now)
    return port`,
    },
  },
  'flows-belong-to-one-port': build('firewall', 'opener-not-compared'),
  'full-table-opens-nothing': build('firewall', 'full-table-passes'),
  'malformed-dropped': build('firewall', 'payload-length-not-compared-with-frame'),
  'portless-dropped': build('firewall', 'later-fragments-pass'),
  'only-ethernet-addresses-change': {
    traffic: conversations,
    edit: {
      name: 'identification-cleared',
      why: 'bytes behind the Ethernet header change',
      find: 'storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))',
      replace: 'storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress)); store<u8>(ip, 0x55, 5)',
    },
  },
  'goes-to-the-next-hop': build('firewall', 'next-hop-of-the-outside-for-answers'),
})
