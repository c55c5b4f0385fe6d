import { worlds } from '../worlds/balancer.js'
import { build, testProperties } from './testing.js'
import { ofFrames } from './traffic.js'

const frames = worlds.map(ofFrames)
const [any] = frames
if (any === undefined) throw new Error('there is no traffic for the balancer')

testProperties('balancer', frames, {
  'only-live-backends': build('balancer', 'dead-backend-used'),
  'nobody-lives-nothing-passes': build('balancer', 'never-dies'),
  'connections-stay': build('balancer', 'connections-do-not-stick'),
  'portless-dropped': build('balancer', 'later-fragments-pass'),
  'heartbeats-are-consumed': build('balancer', 'heartbeats-forwarded'),
  'backends-answer-to-wan-only': {
    traffic: any,
    edit: {
      name: 'answers-sent-back',
      why: 'what a backend answers comes back to it',
      find: `    storeMac(packet + ETHERNET_SOURCE, configDeviceMac(wan))
    return wan`,
      replace: `    storeMac(packet + ETHERNET_SOURCE, configDeviceMac(wan))
    return port`,
    },
  },
  'other-than-ip-dropped': build('balancer', 'ip-version-not-compared'),
  'only-ethernet-addresses-change': {
    traffic: any,
    edit: {
      name: 'type-of-service-marked',
      why: 'a byte of the datagram changes on the way to its backend',
      find: 'storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress))',
      replace: 'storeMac(packet + ETHERNET_SOURCE, configDeviceMac(egress)); store<u8>(ip, 0x55, 1)',
    },
  },
})
