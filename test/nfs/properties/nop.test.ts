import { build, testProperties } from './testing.js'

testProperties('nop', [], {
  'last-of-odd-ports-is-silent': build('nop', 'odd-port-sent-to-the-first'),
  'pairs-are-closed': build('nop', 'next-port-instead-of-partner'),
  'no-byte-changes': build('nop', 'last-byte-changed'),
})
