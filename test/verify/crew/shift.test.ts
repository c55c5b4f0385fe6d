/** What is known of helpers while they work, and what is given back where one is lost. */
import { MessageChannel } from 'node:worker_threads'

import test from 'ava'

import { Terms } from '../../../src/smt/index.js'
import { Member } from '../../../src/verify/crew/member.js'
import type { Reply, Request } from '../../../src/verify/crew/messages.js'
import { Shift } from '../../../src/verify/crew/shift.js'
import type { Step } from '../../../src/verify/exploration/explore.js'

const WORK = 7

function steps(text: string): readonly Step[] {
  return [...text].map((each, i) => ({ kind: 'decided', value: each === '1', asked: i }))
}

const names = (forks: readonly { readonly steps: readonly Step[] }[]) =>
  forks.map((fork) => fork.steps.map(({ value }) => (value ? '1' : '0')).join('')).sort()

function found(path: string, begun: number) {
  return { begun, steps: steps(path), facts: 1, obliged: 0, holds: true, model: undefined, queries: 1, seconds: 0 }
}

/** A shift with one helper that is there, and what the helper says and hears. */
function withHelper(t: { teardown(end: () => void): void }) {
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => port1.close())
  const member = new Member(port1)
  const heard: Request[] = []
  const shift = new Shift(WORK, {
    terms: new Terms(),
    members: [member],
    shared: new Int32Array(new SharedArrayBuffer(12)),
    hear: (isEnough) => {
      member.hear()
      isEnough()
    },
  })
  const say = (...replies: Reply[]): void => {
    for (const reply of replies) port2.postMessage(reply)
  }
  say({ kind: 'idle', statistics: [] })
  shift.hear(false)
  return { member, shift, say, heard }
}

test('a helper has what it was given and what it has come across, until it has explored it', (t) => {
  const { shift, say } = withHelper(t)
  t.is(shift.idle, 1)
  shift.give({ steps: steps('0') })
  t.is(shift.idle, 0)
  t.deepEqual(names(shift.open), ['0'])
  say({ kind: 'path', work: WORK, found: found('011', 1), forks: [{ steps: steps('00') }, { steps: steps('010') }] })
  t.deepEqual(
    shift.hear(false).map(({ kind }) => kind),
    ['path'],
  )
  t.deepEqual(names(shift.open), ['00', '010'])
  say({ kind: 'fork', work: WORK, fork: { steps: steps('00'), model: undefined } })
  t.deepEqual(
    shift.hear(false).flatMap((each) => (each.kind === 'fork' ? names([each.fork]) : [])),
    ['00'],
  )
  say({ kind: 'path', work: WORK, found: found('010', 3), forks: [] }, { kind: 'idle', statistics: [] })
  shift.hear(false)
  t.deepEqual(shift.open, [])
  t.is(shift.idle, 1)
})

test('what a helper that is lost had is given back, once', (t) => {
  const { member, shift, say } = withHelper(t)
  shift.give({ steps: steps('0') })
  say({ kind: 'path', work: WORK, found: found('01', 1), forks: [{ steps: steps('00') }] })
  shift.hear(false)
  member.lose()
  t.is(shift.idle, 0)
  t.deepEqual(
    shift.hear(true).flatMap((each) => (each.kind === 'fork' ? names([each.fork]) : [])),
    ['00'],
  )
  t.deepEqual(shift.hear(false), [])
  t.deepEqual(shift.open, [])
})

test('what is about an earlier exploration does not count', (t) => {
  const { shift, say } = withHelper(t)
  shift.give({ steps: steps('0') })
  say({ kind: 'path', work: WORK - 1, found: found('0', 1), forks: [{ steps: steps('1') }] })
  t.deepEqual(shift.hear(false), [])
  t.deepEqual(names(shift.open), ['0'])
})
