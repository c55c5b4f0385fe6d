import test from 'ava'

import { Conversations } from '../../src/live/conversations.js'

test('what the other end has sent last is known, and what was sent by the same port is not waited for', (t) => {
  const conversations = new Conversations()
  const [one, other] = [123_456, 123_457]
  t.is(conversations.lastByOther(one, 0), -1)
  conversations.note(one, 0, 7)
  conversations.note(one, 0, 8)
  t.is(conversations.lastByOther(one, 0), -1)
  t.is(conversations.lastByOther(one, 1), 8)
  t.is(conversations.lastByOther(other, 1), -1)
  conversations.note(one, 1, 9)
  t.deepEqual([conversations.lastByOther(one, 0), conversations.lastByOther(one, 1)], [9, -1])
})
