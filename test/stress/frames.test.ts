import test from 'ava'
import fc from 'fast-check'

import { InputError } from '../../src/errors.js'
import { contains, parseIpv4, parseIpv6 } from '../../src/packet/address.js'
import {
  formatIpv4,
  formatIpv6,
  ipv4ChecksumState,
  Layers,
  parseLayers,
  readU16,
  readU32,
  readU48,
  readU128,
  transportChecksumState,
} from '../../src/packet/index.js'
import { FRAME_SIZES, hostsOfHalf, type TestFrameOptions, TestFrames } from '../../src/stress/frames.js'
import { readTag, sequenceOf, testOf } from '../../src/stress/tag.js'

const options: fc.Arbitrary<TestFrameOptions> = fc.record({
  version: fc.constantFrom<4 | 6>(4, 6),
  size: fc.integer({ min: 72, max: 1518 }),
  flows: fc.integer({ min: 1, max: 50 }),
  seed: fc.nat(),
  hosts: fc.constantFrom(1, 2, 253, 254, 64_262),
  reverse: fc.boolean(),
})

function framesOf(given: TestFrameOptions): Uint8Array[] {
  const frames = new TestFrames(given)
  return Array.from({ length: given.flows }, (_, flow) => {
    const bytes = new Uint8Array(frames.length)
    frames.write(bytes, flow, 1, flow)
    return bytes
  })
}

interface Ends {
  readonly macs: readonly [number, number]
  readonly addresses: readonly [string, string]
  readonly ports: readonly [number, number]
}

/** Source and destination. */
function endsOf(bytes: Uint8Array, version: 4 | 6): Ends {
  const address = (at: number): string =>
    version === 4 ? formatIpv4(readU32(bytes, at)) : formatIpv6(readU128(bytes, at))
  const [source, width, udp] = version === 4 ? [26, 4, 34] : [22, 16, 54]
  return {
    macs: [readU48(bytes, 6), readU48(bytes, 0)],
    addresses: [address(source), address(source + width)],
    ports: [readU16(bytes, udp), readU16(bytes, udp + 2)],
  }
}

test('every frame is a legal one of its size, with right checksums and its tag', (t) => {
  fc.assert(
    fc.property(options, fc.nat(255), fc.nat(2 ** 40), (given, id, sequence) => {
      const frames = new TestFrames(given)
      const bytes = new Uint8Array(frames.length)
      frames.write(bytes, given.flows - 1, id, sequence)
      const layers = new Layers()
      parseLayers(layers, bytes, 0, bytes.length, false)
      t.is(bytes.length, given.size - 4)
      t.is(layers.transport + 8, frames.tagAt)
      t.not(ipv4ChecksumState(layers), 'wrong')
      t.is(transportChecksumState(layers), 'right')
      const tag = readTag(bytes, 0, bytes.length)
      t.deepEqual([testOf(tag), sequenceOf(tag, sequence)], [id, sequence])
    }),
  )
})

test('flows are all different, the same for a seed and others for another', (t) => {
  fc.assert(
    fc.property(options, (given) => {
      const flows = framesOf(given).map((bytes) => JSON.stringify(endsOf(bytes, given.version)))
      t.is(new Set(flows).size, given.flows)
      t.deepEqual(framesOf(given), framesOf(given))
      t.notDeepEqual(framesOf({ ...given, seed: given.seed + 1 }), framesOf(given))
    }),
    { numRuns: 30 },
  )
})

test('many flows of few hosts are still different', (t) => {
  const ports = framesOf({ version: 4, size: 64, flows: 10_000, seed: 1, hosts: 1 }).map((bytes) => readU16(bytes, 34))
  t.is(new Set(ports).size, 10_000)
})

test('addresses are those set aside for benchmarks, and ports those of RFC 4814', (t) => {
  const networks = {
    4: [/^198\.18\.\d+\.(?!0$|255$)\d+$/, /^198\.19\.\d+\.(?!0$|255$)\d+$/],
    6: [/^2001:2::[0-9a-f]+$/, /^2001:2:0:8000::[0-9a-f]+$/],
  } as const
  fc.assert(
    fc.property(options, (given) => {
      for (const bytes of framesOf({ ...given, reverse: false })) {
        const { addresses, ports, macs } = endsOf(bytes, given.version)
        t.regex(addresses[0], networks[given.version][0])
        t.regex(addresses[1], networks[given.version][1])
        t.true(ports[0] >= 1024 && ports[0] <= 65_535 && ports[1] >= 1 && ports[1] <= 49_151)
        // Locally administered, of one station.
        t.true(macs.every((mac) => Math.floor(mac / 2 ** 40) === 2))
      }
    }),
    { numRuns: 30 },
  )
})

test('answers are the same flows the other way', (t) => {
  fc.assert(
    fc.property(options, (given) => {
      const [there, back] = [false, true].map((reverse) => framesOf({ ...given, reverse }))
      for (const [flow, bytes] of (there ?? []).entries()) {
        const { macs, addresses, ports } = endsOf(bytes, given.version)
        t.deepEqual(endsOf(back?.[flow] ?? bytes, given.version), {
          macs: [macs[1], macs[0]],
          addresses: [addresses[1], addresses[0]],
          ports: [ports[1], ports[0]],
        })
      }
    }),
    { numRuns: 30 },
  )
})

test('what is rewritten is what is written anew', (t) => {
  fc.assert(
    fc.property(options, fc.nat(), fc.nat(), (given, one, other) => {
      const frames = new TestFrames(given)
      const [rewritten, written] = [new Uint8Array(frames.length), new Uint8Array(frames.length)]
      frames.write(rewritten, one % given.flows, 1, 1)
      frames.rewrite(rewritten, other % given.flows, 2, other)
      frames.write(written, other % given.flows, 2, other)
      t.deepEqual(rewritten, written)
    }),
  )
})

test('frames to a router have its address, whatever their hosts', (t) => {
  const macsOf = (flow: number): readonly [number, number] => [0x02_00_00_00_01_00 + flow, 0x02_00_00_00_00_0b]
  for (const [flow, bytes] of framesOf({ version: 4, size: 64, flows: 10, seed: 1, macsOf }).entries()) {
    t.deepEqual(endsOf(bytes, 4).macs, macsOf(flow))
  }
})

test('flows are the same for every size, so that a device that knows them knows them still', (t) => {
  fc.assert(
    fc.property(options, fc.integer({ min: 72, max: 1518 }), (given, size) => {
      const endsFor = (shape: TestFrameOptions): Ends[] => framesOf(shape).map((bytes) => endsOf(bytes, given.version))
      t.deepEqual(endsFor({ ...given, size }), endsFor(given))
    }),
    { numRuns: 30 },
  )
})

test('there is a frame of each size of the RFCs, and none where it has no room for a tag', (t) => {
  for (const version of [4, 6] as const) {
    for (const size of FRAME_SIZES[version]) {
      t.is(new TestFrames({ version, size, flows: 1, seed: 0 }).length, size - 4)
    }
  }
  const refused: readonly [Partial<TestFrameOptions>, RegExp][] = [
    [{ size: 63 }, /no IPv4 test frames of 63 bytes \(64 to 9018\)/],
    [{ version: 6, size: 71 }, /no IPv6 test frames of 71 bytes \(72 to 9018\)/],
    [{ size: 9019 }, /9019 bytes/],
    [{ flows: 0 }, /0 flows/],
    [{ flows: 32_257, hosts: 1 }, /32257 flows of 1 hosts are not 1 to 32256/],
    [{ hosts: 65_025 }, /65025 hosts/],
  ]
  for (const [changed, message] of refused) {
    const make = (): TestFrames => new TestFrames({ version: 4, size: 64, flows: 1, seed: 0, ...changed })
    t.throws(make, { instanceOf: InputError, message })
  }
})

test('hosts are behind the router, which is node 1 of the second network of each half, and answer for their own addresses', (t) => {
  for (const [version, parse, routers] of [
    [4, parseIpv4, ['198.18.1.1', '198.19.1.1']],
    [6, parseIpv6, ['2001:2::1', '2001:2:0:8000::1']],
  ] as const) {
    const seen = [new Set<string>(), new Set<string>()]
    for (const bytes of framesOf({ version, size: 100, flows: 5000, seed: 3 })) {
      for (const [half, address] of endsOf(bytes, version).addresses.entries()) seen[half]?.add(address)
    }
    for (const half of [0, 1] as const) {
      const { networks } = hostsOfHalf(half)
      const has = (address: string): boolean => networks.some((each) => contains(each, version, parse(address) ?? 0))
      t.is(seen[half]?.size, 253)
      t.true([...(seen[half] ?? [])].every(has))
      t.false(has(routers[half]))
      t.false(has(routers[1 - half] ?? ''))
    }
  }
})
