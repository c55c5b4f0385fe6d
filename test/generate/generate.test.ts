import test from 'ava'
import fc from 'fast-check'

import { generate, parseSizes, profile, profiles, type TraceOptions } from '../../src/generate/index.js'
import { ipv4ChecksumState, transportChecksumState } from '../../src/packet/index.js'
import { layersOf, packetsOf, plain, tcpOf, tupleOf } from './helpers.js'

const names = Object.keys(profiles)

for (const name of names) {
  test(`${name}: a seed gives the same packets, another seed others`, (t) => {
    const options = { ...profile(name), packets: 300 }
    const first = packetsOf(options)
    t.deepEqual(packetsOf(options), first)
    t.notDeepEqual(packetsOf({ ...options, seed: 2 }), first)
  })

  test(`${name}: times never fall, and no frame is empty or too long`, (t) => {
    let last = 0n
    for (const { bytes, time } of generate(profile(name))) {
      if (time < last || bytes.length === 0 || bytes.length > 9018)
        t.fail(`${time} after ${last}, ${bytes.length} bytes`)
      last = time
    }
    t.pass()
  })
}

test('as many packets as asked for, at the rate asked for', (t) => {
  const packets = packetsOf({ ...plain, packets: 2000, pps: 500 })
  t.is(packets.length, 2000)
  const seconds = Number((packets.at(-1)?.time ?? 0n) - (packets[0]?.time ?? 0n)) / 1e9
  t.true(Math.abs(seconds - 4) < 0.2, `${seconds} s`)
})

test('every packet of a conversation is legal, with right checksums', (t) => {
  for (const packet of generate({ ...plain, ipv6: 0.5 })) {
    const layers = layersOf(packet)
    t.not(layers.transport, -1)
    t.not(ipv4ChecksumState(layers), 'wrong')
    t.is(transportChecksumState(layers), 'right')
  }
})

test('TCP conversations shake hands, count every byte, and end with FIN', (t) => {
  const conversations = new Map<string, { next: Map<string, number>; flags: number[]; syn: string }>()
  let finished = 0
  for (const packet of generate({ ...plain, udp: 0, packets: 3000, flows: 20, ipv6: 0.3 })) {
    const { from, to } = tupleOf(packet)
    const tcp = tcpOf(packet)
    if (tcp === undefined) return t.fail('not TCP')
    const key = [from, to].sort().join(' - ')
    const state = conversations.get(key) ?? { next: new Map<string, number>(), flags: [], syn: from }
    conversations.set(key, state)
    const expected = state.next.get(from)
    if (expected !== undefined) t.is(tcp.sequence, expected, key)
    if ((tcp.flags & 0x10) !== 0) t.is(tcp.acknowledgement, state.next.get(to) ?? -1, key)
    const taken = tcp.payload + ((tcp.flags & 0x03) === 0 ? 0 : 1)
    state.next.set(from, (tcp.sequence + taken) >>> 0)
    state.flags.push(tcp.flags)
    if (state.flags.length > 6 && (state.flags.at(-3) ?? 0) & 1) finished++
  }
  for (const { flags } of conversations.values()) {
    t.deepEqual(flags.slice(0, 3), [0x02, 0x12, 0x10].slice(0, flags.length))
  }
  t.true(finished > 20)
})

test('two conversations never share addresses and ports', (t) => {
  const openers = new Set<string>()
  let begun = 0
  for (const packet of generate({ ...plain, udp: 0, packets: 5000, flowLength: 1, flows: 500 })) {
    if (tcpOf(packet)?.flags !== 0x02) continue
    begun++
    const { from, to } = tupleOf(packet)
    openers.add(`${from} ${to}`)
  }
  t.true(begun > 500)
  t.is(openers.size, begun)
})

test('shares of IPv6, UDP and floods are as asked for', (t) => {
  const count = (options: Partial<TraceOptions>, matches: (layers: ReturnType<typeof layersOf>) => boolean) => {
    const packets = packetsOf({ ...plain, packets: 4000, popularity: { kind: 'uniform' }, flows: 1000, ...options })
    return packets.filter((packet) => matches(layersOf(packet))).length / packets.length
  }
  const near = (value: number, wanted: number) => t.true(Math.abs(value - wanted) < 0.07, `${value}, not ${wanted}`)
  near(
    count({ ipv6: 0.25 }, ({ ipv6 }) => ipv6 !== -1),
    0.25,
  )
  near(
    count({ udp: 0.6, flowLength: 20 }, ({ udp }) => udp !== -1),
    0.6,
  )
  t.is(
    count({ ipv6: 1 }, ({ ipv4 }) => ipv4 !== -1),
    0,
  )
  t.is(
    count({ udp: 0 }, ({ udp }) => udp !== -1),
    0,
  )
  const flood = packetsOf({ ...plain, packets: 4000, synFlood: 0.5, flowLength: 1000 })
  near(flood.filter((packet) => tcpOf(packet)?.flags === 0x02).length / 4000, 0.5)
})

test('popular flows get their share by Zipf, new flows come at their rate', (t) => {
  const options = { ...plain, udp: 1, flows: 100, flowLength: 1_000_000, packets: 5000 }
  const counts = new Map<string, number>()
  for (const packet of generate(options)) {
    const key = Object.values(tupleOf(packet)).sort().join()
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const harmonic = Array.from({ length: 100 }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b)
  const top = Math.max(...counts.values()) / 5000
  t.true(Math.abs(top - 1 / harmonic) < 0.03, `${top}`)

  const replaced = new Set<string>()
  for (const packet of generate({ ...options, newFlows: 200, pps: 1000 })) {
    replaced.add(Object.values(tupleOf(packet)).sort().join())
  }
  const begun = replaced.size - counts.size
  t.true(begun > 800 && begun < 1100, `${begun} new flows in 5 s`)
})

test('frame sizes are drawn from the mix', (t) => {
  const sizes = parseSizes('100:3,200-300:1')
  const counts = { small: 0, large: 0 }
  for (const { bytes } of generate({ ...plain, udp: 1, sizes, packets: 4000 })) {
    if (bytes.length === 100) counts.small++
    else if (bytes.length >= 200 && bytes.length <= 300) counts.large++
    else t.fail(`${bytes.length} bytes`)
  }
  t.true(Math.abs(counts.small / 4000 - 0.75) < 0.03)
})

test('any seed gives a whole trace', (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom(...names), (seed, name) => {
      const options = { ...profile(name), seed, packets: 50 }
      return [...generate(options)].length >= 50
    }),
    { numRuns: 50 },
  )
  t.pass()
})
