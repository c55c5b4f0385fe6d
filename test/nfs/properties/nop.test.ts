import fc from 'fast-check'

import { build, testProperties } from './testing.js'
import { ofFrames } from './traffic.js'

const anyBytes = ofFrames({
  what: 'any bytes',
  nf: 'nop',
  config: {},
  ports: 5,
  frames: fc.uint8Array({ maxLength: 120 }),
  gaps: [0, 1],
})

testProperties('nop', [anyBytes], {
  'partnerless-dropped': build('nop', 'odd-port-sent-to-the-first'),
  'pairs-are-closed': build('nop', 'next-port-instead-of-partner'),
  'no-byte-changes': build('nop', 'last-byte-changed'),
})
