import { worlds } from '../worlds/policer.js'
import { build, testProperties } from './testing.js'
import { ofFrames } from './traffic.js'

const frames = worlds.map(ofFrames)
const [fast] = frames
if (fast === undefined) throw new Error('there is no traffic for the policer')

testProperties('policer', frames, {
  'nothing-beyond-the-bucket': build('policer', 'rate-doubled'),
  'more-than-the-burst-never-passes': build('policer', 'burst-not-held'),
  'red-pays-nothing': build('policer', 'dropped-packet-pays'),
  'full-table-drops-new-destinations': build('policer', 'passes-what-has-no-bucket'),
  'other-direction-passes': build('policer', 'both-directions-policed'),
  'malformed-dropped': build('policer', 'malformed-ipv4-passes-unpoliced'),
  'no-byte-changes': {
    traffic: fast,
    edit: {
      name: 'passing-packets-marked',
      why: 'a byte of the frame changes',
      find: 'if (port != wan) return egress',
      replace: 'if (port != wan) { store<u8>(packet, 0x55, 3); return egress }',
    },
  },
})
