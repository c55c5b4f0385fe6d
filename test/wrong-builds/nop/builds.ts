/** A wrong nop: it has one line to get wrong. */
import { packet } from '../frames.js'
import { Scene } from '../scene.js'
import { drops, misroutes, passes, type WrongBuild, writes } from '../wrong-build.js'

const frame = packet('udp', { address: '10.0.0.11', port: 5000 }, { address: '192.0.2.21', port: 80 })

/** Two pairs of ports, and one port without a partner. */
const pairs = new Scene('pairs', { nf: 'nop', ports: 5, config: {} })
  .send('first to second', 0, frame)
  .send('second to first', 1, frame)
  .send('third to fourth', 2, frame)
  .send('fourth to third', 3, frame)
  .send('no partner', 4, frame)

export const wrongNops: readonly WrongBuild[] = [
  ...misroutes(pairs, 'first to second', {
    name: 'sent-back',
    why: 'nothing crosses the device',
    find: 'const partner = port ^ 1',
    replace: 'const partner = port',
  }),
  ...misroutes(pairs, 'second to first', {
    name: 'next-port-instead-of-partner',
    why: 'answers go another way than requests',
    find: 'const partner = port ^ 1',
    replace: 'const partner = port + 1',
  }),
  ...misroutes(pairs, 'third to fourth', {
    name: 'first-pair-for-all',
    why: 'pairs are not kept apart',
    find: 'const partner = port ^ 1',
    replace: 'const partner = (port ^ 1) & 1',
  }),
  ...passes(pairs, 'no partner', {
    name: 'odd-port-sent-to-the-first',
    why: 'a port without partner speaks to others',
    find: 'partner < portCount() ? partner : DROP',
    replace: 'partner < portCount() ? partner : 0',
  }),
  {
    ...{ scene: pairs, at: 'no partner', shows: /result 5 .* means nothing|no port 5|verdict/i },
    name: 'partner-not-compared',
    why: 'a port is named that there is not',
    find: 'partner < portCount() ? partner : DROP',
    replace: 'partner',
  },
  ...drops(pairs, 'fourth to third', {
    name: 'last-pair-dropped',
    why: 'one pair carries nothing',
    find: 'partner < portCount() ? partner : DROP',
    replace: 'port < portCount() - 2 && partner < portCount() ? partner : DROP',
  }),
  ...writes(pairs, 'first to second', 'ethernet.dst', {
    name: 'first-byte-changed',
    why: 'nobody takes the frame',
    find: 'const partner = port ^ 1\n',
    replace: 'store<u8>(packet, load<u8>(packet) ^ 1)\n  const partner = port ^ 1\n',
  }),
  ...writes(pairs, 'first to second', 'payload', {
    name: 'last-byte-changed',
    why: 'checksums go wrong far away',
    find: 'const partner = port ^ 1\n',
    replace: 'store<u8>(packet + length - 1, 0)\n  const partner = port ^ 1\n',
  }),
]
