/** Packets that leave in other forms by some ports than by others. */
import test from 'ava'

import { OK, VIOLATION } from '../../../src/oracle/index.js'
import { flood, forwardEach, spec } from '../../../src/spec/index.js'
import { asks } from './gate.js'
import { Scene } from './scene.js'

/** To port 1 with a tag, to port 2 without. */
const tagger = spec({
  title: 'tagger',
  config: {},
  state: () => ({}),
  process: ({ packet }) =>
    forwardEach([
      [2, packet.tagged({ id: 7, priority: 3 })],
      [4, packet],
    ]),
})

function withTag(bytes: Uint8Array, control: number): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, 12), 0x81, 0, control >> 8, control & 255, ...bytes.subarray(12))
}

test('where a specification has each port get a form of its own, each has to get that', (t) => {
  const [plain, tagged] = [asks(), withTag(asks(), 0x6007)]
  const outcomes: readonly (readonly [Uint8Array, Uint8Array, string | undefined])[] = [
    [tagged, plain, undefined],
    [plain, plain, 'frame.length should be 53 bytes, but is 49 bytes'],
    [tagged, tagged, 'frame.length should be 49 bytes, but is 53 bytes'],
    [plain, tagged, 'frame.length should be 53 bytes, but is 49 bytes'],
    [withTag(plain, 0x4007), plain, 'vlan.priority should be 3, but is 2'],
  ]
  for (const [first, second, why] of outcomes) {
    for (const isSwapped of [false, true]) {
      const scene = new Scene(tagger, 3)
      scene.sent(1, 0, 100, plain)
      if (isSwapped) scene.left(1, 2, 109, second)
      scene.left(1, 1, 110, first)
      if (!isSwapped) scene.left(1, 2, 111, second)
      scene.finish()
      t.deepEqual(scene.judged, [[1, why === undefined ? OK : VIOLATION]])
      if (why !== undefined) t.true(scene.why(1)?.startsWith(why), scene.why(1))
    }
  }
})

test('a third form is one too many, and so is a second where the specification has one', (t) => {
  const [plain, tagged, other] = [asks(), withTag(asks(), 0x6007), withTag(asks(), 8)]
  const hub = spec({ title: 'hub', config: {}, state: () => ({}), process: ({ packet }) => flood(packet) })
  const three = new Scene(hub, 4).sent(1, 0, 100, plain)
  for (const [at, frame] of [plain, tagged, other].entries()) three.left(1, at + 1, 110, frame)
  t.is(three.finish().why(1), 'left by port 3 with other bytes than by others')
  const two = new Scene(hub, 3).sent(1, 0, 100, plain)
  for (const [at, frame] of [plain, tagged].entries()) two.left(1, at + 1, 110, frame)
  t.is(two.finish().why(1), 'left by port 2 with other bytes than by another')
})
