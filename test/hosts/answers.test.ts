import test from 'ava'

import { answerOf, arpAnswer, arpRequest, echoAnswer, echoRequest } from '../../src/hosts/index.js'
import { chatterOf } from '../../src/live/chatter.js'
import { parseCidr } from '../../src/packet/address.js'
import { buildFrame } from '../../src/packet/build.js'
import { icmpChecksumState } from '../../src/packet/checksum.js'
import { Layers, parseLayers } from '../../src/packet/layers.js'

const mac = 0x0200_0000_0009
const host = { mac, answers: ['192.0.2.0/24', '2001:db8::/64'].map((text) => parseCidr(text) ?? fail(text)) }

function fail(text: string): never {
  throw new Error(text)
}

function parsed(frame: Uint8Array): Layers {
  const layers = new Layers()
  parseLayers(layers, frame, 0, frame.length, true)
  return layers
}

test('a host answers ARP for all addresses of its networks, and for no other', (t) => {
  const asked = 0xc000_0207
  const question = arpRequest(0x0200_0000_0001, 0xc000_0201, asked)
  const answer = answerOf(host, question, 0, question.length)
  if (answer === undefined) return t.fail()
  t.is(arpAnswer(answer, 0, answer.length, asked), mac)
  t.is(arpAnswer(answer, 0, answer.length, asked + 1), undefined)
  t.deepEqual([...answer.subarray(0, 6)], [2, 0, 0, 0, 0, 1])
  t.is(answerOf(host, answer, 0, answer.length), undefined, 'an answer is not answered')
  const elsewhere = arpRequest(0x0200_0000_0001, 0xc000_0201, 0xc633_6401)
  t.is(answerOf(host, elsewhere, 0, elsewhere.length), undefined)
})

test('a host answers neighbour solicitations with its link address and a right checksum', (t) => {
  const target = 0x2001_0db8_0000_0000_0000_0000_0000_0005n
  const solicitation = buildFrame({
    ethernet: { dst: '33:33:ff:00:00:05', src: '02:00:00:00:00:01' },
    ipv6: { src: 'fe80::1', dst: 'ff02::1:ff00:5', hopLimit: 255 },
    icmpv6: { type: 135, target },
  })
  const answer = answerOf(host, solicitation, 0, solicitation.length)
  if (answer === undefined) return t.fail()
  const layers = parsed(answer)
  t.is(answer[layers.icmpv6], 136)
  t.is(icmpChecksumState(layers), 'right')
  t.deepEqual([...answer.subarray(-6)], [2, 0, 0, 0, 0, 9])
  t.is(chatterOf(solicitation, 0, solicitation.length), 'neighbour discovery of the device')
})

test('echo requests to a host come back with the same content and a right checksum', (t) => {
  for (const request of [
    buildFrame({
      ethernet: { dst: '02:00:00:00:00:09' },
      ipv4: { src: '198.51.100.1', dst: '192.0.2.9' },
      icmp: { type: 8, identifier: 3, sequence: 4 },
      payload: 'hello',
    }),
    buildFrame({
      ethernet: { dst: '02:00:00:00:00:09' },
      ipv6: { src: '2001:db8:1::1', dst: '2001:db8::9' },
      icmpv6: { type: 128, identifier: 3, sequence: 4 },
      payload: 'hello',
    }),
  ]) {
    const answer = answerOf(host, request, 0, request.length)
    if (answer === undefined) return t.fail()
    const layers = parsed(answer)
    t.is(answer[Math.max(layers.icmp, layers.icmpv6)], layers.icmp === -1 ? 129 : 0)
    t.is(icmpChecksumState(layers), 'right')
    t.is(answer.length, request.length)
    const other = request.slice()
    other[5] = 8
    t.is(answerOf(host, other, 0, other.length), undefined, 'what is sent to another link address is not for it')
  }
})

test("an answer to an echo request of Vigil's own is known, however late it comes, and those to others are not", (t) => {
  const own = echoRequest(0xc633_6401, 0xc000_0209)
  const other = buildFrame({
    ipv4: { src: '198.51.100.1', dst: '192.0.2.9' },
    icmp: { type: 8, identifier: 3, sequence: 4 },
  })
  const [answer, alien] = [own, other].map((request) => {
    request.set([2, 0, 0, 0, 0, 9])
    return answerOf(host, request, 0, request.length) ?? fail('no answer')
  })
  if (answer === undefined || alien === undefined) return t.fail()
  t.is(echoAnswer(answer, 0, answer.length), 0xc000_0209)
  t.is(chatterOf(answer, 0, answer.length), 'echo replies of the device')
  for (const frame of [own, alien]) {
    t.is(echoAnswer(frame, 0, frame.length), undefined)
    t.is(chatterOf(frame, 0, frame.length), undefined)
  }
})

test('what devices say by themselves is known for what it is; packets are not', (t) => {
  const stp = buildFrame({ ethernet: { dst: '01:80:c2:00:00:00', type: 38 }, payload: new Uint8Array(46) })
  t.is(chatterOf(stp, 0, stp.length), 'spanning tree of the device')
  const errors = [
    buildFrame({ ipv4: {}, icmp: { type: 11, code: 0 } }),
    buildFrame({ ipv6: {}, icmpv6: { type: 1, code: 0 } }),
  ]
  for (const error of errors) t.is(chatterOf(error, 0, error.length), 'ICMP errors of the device')
  const udp = buildFrame({ ipv4: {}, udp: {}, payload: 'data' })
  t.is(chatterOf(udp, 0, udp.length), undefined)
})
