import { worlds } from '../worlds/router.js'
import { build, testProperties } from './testing.js'
import { ofFrames } from './traffic.js'

testProperties('router', worlds.map(ofFrames), {
  'ttl-is-counted': build('router', 'ttl-not-decremented'),
  'only-ttl-and-stations-change': build('router', 'checksum-not-updated'),
  'goes-to-the-next-hop': build('router', 'next-hop-of-the-ingress'),
  'malformed-dropped': build('router', 'longer-than-the-frame'),
  'wrong-checksum-dropped': build('router', 'checksum-not-verified'),
  'options-dropped': build('router', 'options-not-looked-at'),
  'longest-prefix-decides': build('router', 'shortest-prefix-wins'),
  'no-route-no-packet': build('router', 'sent-back-without-a-route'),
  'other-stations-keep-theirs': build('router', 'other-stations-served'),
  'own-addresses-stay-inside': build('router', 'own-source-forwarded'),
  'only-hosts-are-routed': build('router', 'sources-not-looked-at'),
})
