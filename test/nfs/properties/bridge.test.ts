import { worlds } from '../worlds/bridge.js'
import { build, testProperties } from './testing.js'
import { ofFrames } from './traffic.js'

const frames = worlds.map(ofFrames)
const [plain] = frames
if (plain === undefined) throw new Error('there is no traffic for the bridge')

testProperties('bridge', frames, {
  'never-back-to-the-reception-port': build('bridge', 'sent-back-by-its-own-port'),
  'reserved-addresses-stay': build('bridge', 'last-reserved-address-forwarded'),
  'static-entries-win': build('bridge', 'learned-wins-over-static'),
  'known-stations-are-not-flooded': build('bridge', 'moves-ignored'),
  'unknown-stations-are-flooded': build('bridge', 'ages-one-nanosecond-late'),
  'runts-dropped': build('bridge', 'length-not-compared'),
  'frames-stay-as-they-are': {
    traffic: plain,
    edit: {
      name: 'learned-frames-marked',
      why: 'a byte of the frame changes',
      find: 'learn(packet + ETHERNET_SOURCE, 0, port, now)',
      replace: 'learn(packet + ETHERNET_SOURCE, 0, port, now); store<u8>(packet, <u8>port, 13)',
    },
  },
  'only-the-vid-changes': build('bridge', 'priority-lost'),
  'tags-stay-on-trunks': build('bridge', 'tagged-frames-by-untagged-ports'),
  'other-vlans-stay-out': build('bridge', 'no-ingress-filter'),
})
