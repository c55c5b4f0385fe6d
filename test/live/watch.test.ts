import test from 'ava'

import { arpRequest } from '../../src/hosts/index.js'
import { parseCidr } from '../../src/packet/address.js'
import { drop, forward, spec } from '../../src/spec/index.js'
import { udpFrame } from './frames.js'
import { Watching } from './watching.js'

const crossing = spec({
  title: 'Forwarding',
  config: {},
  state: () => ({}),
  process: ({ packet, ingress }) => forward(1 - ingress, packet),
})
const nothing = spec({ title: 'Dropping', config: {}, state: () => ({}), process: () => drop() })

function frame(identification: number): Uint8Array {
  return udpFrame({
    source: [10, 0, 0, 1, 1000],
    destination: [10, 0, 0, 2, 2000],
    payload: identification,
    identification,
  })
}

test('what comes out as it must is right, and is told to have left', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).comesOut(1, frame(1)).after(100).sends(0, frame(2), 8)
  t.deepEqual([seen.left, seen.gone], [[7], []])
  seen.comesOut(1, frame(2)).after(1100)
  t.deepEqual([seen.watch.open, seen.gone], [0, []])
  t.deepEqual(seen.summaries, [])
})

test('what does not come out for long was dropped; coming out after that it is late, and which it was is told', (t) => {
  const seen = new Watching(nothing).sends(0, frame(1), 7).sends(0, frame(2), 8).after(990)
  t.is(seen.watch.open, 2)
  seen.after(20)
  t.is(seen.watch.open, 0)
  t.deepEqual(seen.summaries, [])
  seen.sends(0, frame(3), 9).comesOut(1, frame(1))
  t.is(seen.watch.strangers.late, 1)
  t.regex(seen.summaries.join(), /^a packet leaves by port 1 so late that it was taken to be dropped$/)
  seen.comesOut(1, frame(1))
  t.is(seen.watch.strangers.late, 1)
  t.regex(seen.summaries[1] ?? '', /once more$/)
  for (const violation of seen.record.violations) t.like(violation, { ingress: 0, trace: 'trace.pcap', packet: 7 })
  t.deepEqual(seen.gone, [])
  seen.after(2990)
  t.deepEqual(seen.gone, [7, 8])
})

test('what must come out and does not is a violation with the packet that it was', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).after(1010)
  t.is(seen.record.violations.length, 1)
  t.like(seen.record.violations[0], { kind: 'verdict', trace: 'trace.pcap', packet: 7 })
})

test('a device that says how far it is need not be waited for', (t) => {
  const processed = new Float64Array(2)
  const seen = new Watching(nothing, { processed }).sends(0, frame(1), 7).after(1)
  processed[0] = 1
  seen.after(1).sends(0, frame(2), 8)
  processed[0] = 2
  t.is(seen.after(1).watch.open, 1)
  seen.after(110)
  t.is(seen.watch.open, 0)
  t.deepEqual(seen.summaries, [])
})

test('a device that says that it has not come to a frame is waited for, but not without end', (t) => {
  const seen = new Watching(nothing, { processed: new Float64Array(2) }).sends(0, frame(1), 7).after(9000)
  t.is(seen.watch.open, 1)
  t.false(seen.watch.isStalled)
  t.is(seen.after(1100).watch.open, 0)
  t.true(seen.watch.isStalled)
})

test('the word of a device counts once all was looked for that came out before it', (t) => {
  const processed = new Float64Array(2)
  const seen = new Watching(crossing, { processed }).sends(0, frame(1), 7)
  processed[0] = 1
  seen.pausedFor(1010)
  t.deepEqual([seen.watch.open, seen.watch.isUnderWay(0)], [1, true])
  seen.comesOut(1, frame(1)).after(1010)
  t.deepEqual([seen.left, seen.summaries, seen.watch.open], [[7], [], 0])
})

test('more frames at once than one look takes: the rest is not taken to be dropped before it was looked for', (t) => {
  const processed = new Float64Array(2)
  const seen = new Watching(crossing, { processed })
  const count = 600
  for (let i = 0; i < count; i++) seen.sends(0, frame(i), i)
  for (let i = 0; i < count; i++) seen.puts(1, frame(i))
  processed[0] = count
  for (const [looks, taken] of [256, 512].entries()) {
    seen.after(1)
    t.deepEqual([looks, seen.left.length, seen.watch.isUnderWay(count - 1)], [looks, taken, true])
  }
  seen.after(1).after(110)
  t.deepEqual([seen.left.length, seen.summaries, seen.watch.open], [count, [], 0])
})

test('what was sent before a pause of the whole machine has its time after it', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).pausedFor(20_000)
  t.deepEqual([seen.after(500).watch.open, seen.summaries], [1, []])
  t.deepEqual([seen.comesOut(1, frame(1)).left, seen.after(1100).summaries], [[7], []])
})

test('what a slow device says that it is through with has its time on the way from there', (t) => {
  const processed = new Float64Array(2)
  const seen = new Watching(crossing, { processed }).sends(0, frame(1), 7).after(3000)
  processed[0] = 1
  t.deepEqual([seen.after(500).watch.open, seen.summaries], [1, []])
  t.deepEqual([seen.comesOut(1, frame(1)).left, seen.after(1100).summaries], [[7], []])
})

test('what comes out before the call that sent it has ended is of the frame that it was', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).begins(0, frame(2), 8).begins(0, frame(3), 9)
  t.deepEqual(seen.comesOut(1, frame(1)).left, [7])
  t.deepEqual([seen.comesOut(1, frame(3)).left, seen.summaries], [[7, 9], []])
  t.deepEqual([seen.comesOut(1, frame(2)).left, seen.after(1100).summaries, seen.watch.open], [[7, 9, 8], [], 0])
})

test('what was put out before its frame was begun to be sent is none of it', (t) => {
  const seen = new Watching(crossing)
  seen.watch.push(0, 7, true, frame(1), 0, frame(1).length)
  t.regex(seen.comesOut(1, frame(1)).summaries.join(), /^a packet leaves by port 1 once more$/)
})

test('what lies in a port after a pause is received before anything is taken to be dropped', (t) => {
  const seen = new Watching(crossing)
  const count = 600
  for (let i = 0; i < count; i++) seen.sends(0, frame(i), i)
  seen.after(995)
  for (let i = 0; i < count; i++) seen.puts(1, frame(i))
  t.is(seen.pausedFor(5000).left.length, 256)
  t.deepEqual([seen.after(30).left.length, seen.summaries], [count, []])
})

test('a port that has always more does not keep what is missing from being told', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7)
  for (let look = 0; look < 110; look++) {
    for (let i = 0; i < 256; i++) seen.puts(0, frame(200))
    seen.after(10)
  }
  t.is(seen.watch.open, 0)
})

test('a packet that leaves twice is a violation with the packet that it was, and no late one', (t) => {
  const seen = new Watching(crossing)
  seen.sends(0, frame(1), 7).comesOut(1, frame(1)).comesOut(1, frame(1)).after(1100)
  t.is(seen.watch.strangers.late, 0)
  t.is(seen.record.violationCount, 1)
  t.like(seen.record.violations[0], { trace: 'trace.pcap', packet: 7 })
})

test('a frame that nobody sent is a violation', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).comesOut(1, frame(1)).comesOut(0, frame(200))
  t.deepEqual(seen.summaries, ['a frame leaves by port 0 that is none of those sent'])
})

test('of two that are all the same it is not known which is missing: undecided, and told once', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).sends(0, frame(1), 8).comesOut(1, frame(1)).after(1100)
  t.deepEqual(seen.summaries, [])
  const [[why, packets] = []] = Object.entries(seen.record.doubts)
  t.regex(why ?? '', /another packet with the same bytes was under way/)
  t.is(packets, 1)
})

test('of the same bytes one after the other both are judged', (t) => {
  const seen = new Watching(crossing).sends(0, frame(1), 7).comesOut(1, frame(1)).sends(0, frame(1), 8).after(1100)
  t.is(seen.record.violations.length, 1)
  t.like(seen.record.violations[0], { packet: 8 })
})

test('what counters say was lost before the device is not judged, one frame for each', (t) => {
  const seen = new Watching(crossing, { lost: ['before'] }).sends(0, frame(1), 7).sends(0, frame(2), 8).after(1010)
  t.deepEqual(seen.record.ignored, { 'lost before the device': 1 })
  t.is(seen.record.violationCount, 1)
  t.like(seen.record.violations[0], { packet: 8 })
})

test('what counters say was lost after the device was not observed, and is no violation', (t) => {
  const seen = new Watching(crossing, { lost: ['after'] }).sends(0, frame(1), 7).after(1010)
  t.deepEqual([seen.record.unobserved, seen.record.violationCount, seen.watch.open], [1, 0, 0])
})

test('a frame that its port does not take is counted with the cause, and forgotten', (t) => {
  const seen = new Watching(crossing)
  seen.watch.push(0, 7, true, frame(1), 0, 60)
  seen.watch.refused('too long')
  t.deepEqual([seen.record.ignored, seen.watch.open], [{ 'too long': 1 }, 0])
  t.deepEqual(seen.after(1).gone, [7])
})

test('what Vigil itself sends for a host is not judged, wherever it goes, and not counted where it is refused', (t) => {
  const seen = new Watching(crossing)
  seen.sends(0, frame(1), undefined, false).comesOut(0, frame(1)).after(1100)
  seen.watch.push(0, -1, false, frame(2), 0, 60)
  seen.watch.refused('too long')
  t.deepEqual([seen.record.sent, seen.summaries, seen.record.ignored], [0, [], {}])
})

const [asker, askerIp, asked, askedElse] = [0x0200_0000_0001, 0x0a00_0001, 0x0a00_0009, 0x0a00_0008]

test('hosts answer what a device asks by itself, and nothing else', (t) => {
  const network = parseCidr('10.0.0.9/32')
  const answers = network === undefined ? [] : [network]
  const seen = new Watching(crossing, { answering: [{ mac: 0x0200_0000_0009, answers }, undefined] })
  t.is(seen.comesOut(0, arpRequest(asker, askerIp, asked)).answers.length, 1)
  t.deepEqual(seen.summaries, [])
  seen.comesOut(0, arpRequest(asker, askerIp, askedElse)).comesOut(1, arpRequest(asker, askerIp, asked))
  t.is(seen.answers.length, 1)
  t.is(seen.record.violationCount, 2)
})

test('a device that talks may say what devices say, and is told of it', (t) => {
  const seen = new Watching(crossing, { chatters: true }).comesOut(0, arpRequest(asker, askerIp, asked))
  t.deepEqual(seen.record.said, { 'ARP of the device': 1 })
  t.is(seen.comesOut(0, frame(3)).record.violationCount, 1)
})

test('what comes of nothing for 20 ms counts no longer as in the queues of a device, for as many as these hold', (t) => {
  const seen = new Watching(crossing)
  for (let i = 0; i < 600; i++) seen.sends(0, frame(i), i)
  t.is(seen.watch.queued, 600)
  seen.after(25)
  t.is(seen.watch.queued, 600 - 512)
  // One that was sent later comes out: by that port, the device is past all others.
  seen.sends(1, frame(1000), 1000)
  t.is(seen.watch.queued, 601 - 512)
  seen.comesOut(0, frame(1000))
  t.is(seen.watch.queued, 0)
})

test('where many wait to be judged no more are sent, until the oldest are given up', (t) => {
  const seen = new Watching(nothing)
  for (let i = 0; i <= 2048; i++) seen.sends(0, frame(i), i)
  t.true(seen.watch.isCrowded)
  t.false(seen.after(1010).watch.isCrowded)
})
