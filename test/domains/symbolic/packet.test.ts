/** Every field of every header, and every kind of change, read both ways over frames with every flaw. */
import test from 'ava'
import fc from 'fast-check'
import { ethernet, ipv4, ipv6, tcp, udp } from '../../nfs/frames.js'
import { frameOf, steps, type World } from '../../nfs/traffic.js'
import { Fast, load, normal, Symbolic } from './both-readings.js'

const FILE = 'test/domains/symbolic/fixtures/every-field.ts'
const world: World = { ports: 2, wan: 0, expiration: 1000, versions: [4, 6] }

const usual = steps(world, { minLength: 1, maxLength: 1 }).map(([step]) =>
  step === undefined ? new Uint8Array(0) : frameOf(world, step),
)

const byte = fc.integer({ min: 0, max: 255 })
const payload = fc.array(byte, { maxLength: 24 })
const address = fc.constantFrom(0, 1, 0xffffffff, 0x0a000001)
const wideAddress = fc.constantFrom(0n, 1n, 2n ** 128n - 1n, 0x20010db8n << 96n)
const above = fc.oneof(
  fc
    .record({
      srcPort: fc.constantFrom(0, 1, 0xffff),
      dstPort: fc.nat(0xffff),
      checksum: fc.constantFrom(0, 1, 0xffff, 0xbeef),
    })
    .map((fields) => ({ protocol: 17, bytes: udp(fields) })),
  fc.record({ srcPort: fc.nat(0xffff), dstPort: fc.nat(0xffff), dataOffset: fc.nat(7), flags: byte }).map((fields) => ({
    protocol: 6,
    bytes: tcp(fields),
  })),
  fc.record({ protocol: fc.constantFrom(1, 58, 2), bytes: payload }),
)
const tags = fc.array(fc.record({ tpid: fc.constantFrom(0x8100, 0x88a8), id: fc.nat(0xfff), priority: fc.nat(7) }), {
  maxLength: 3,
})
const built = fc
  .record({
    above,
    tags,
    is6: fc.boolean(),
    src: address,
    dst: address,
    src6: wideAddress,
    dst6: wideAddress,
    trailer: payload,
  })
  .map(({ above: { protocol, bytes }, is6, src, dst, src6, dst6, ...rest }) => {
    const network = is6
      ? ipv6({ src: src6, dst: dst6, nextHeader: protocol, payload: bytes })
      : ipv4({ src, dst, protocol, payload: bytes })
    return ethernet({
      dst: 1,
      src: 2,
      type: is6 ? 0x86dd : 0x0800,
      tags: rest.tags,
      payload: [...network, ...rest.trailer],
    })
  })
const arp = fc
  .array(fc.record({ at: fc.nat(7), value: byte }), { maxLength: 2 })
  .chain((flips) => fc.nat(30).map((extra) => ({ flips, extra })))
  .map(({ flips, extra }) => {
    const bytes = [0, 1, 8, 0, 6, 4, 0, 2, ...new Array<number>(extra).fill(9)]
    for (const { at, value } of flips.slice(0, extra > 15 ? 1 : 0)) bytes[at] = value
    return ethernet({ dst: 1, src: 2, type: 0x0806, payload: bytes })
  })
const cut = fc.tuple(fc.oneof(built, arp, usual), fc.nat(90)).map(([frame, length]) => frame.slice(0, length))
const frames = fc.oneof(
  { weight: 3, arbitrary: usual },
  { weight: 3, arbitrary: built },
  arp,
  cut,
  fc.uint8Array({ maxLength: 80 }),
)

/** The first of several: its transport checksum covers bytes that are elsewhere. */
const fragment = ethernet({
  ...{ dst: 1, src: 2, type: 0x0800 },
  payload: ipv4({ src: 1, dst: 2, protocol: 17, fragment: 0x2000, payload: udp({ srcPort: 1, dstPort: 2 }) }),
})

for (const what of ['fields', 'updated', 'recomputed', 'twice']) {
  for (const tagged of [false, true]) {
    test(`${what} of packets ${tagged ? 'with' : 'without'} tags are the same in all readings`, async (t) => {
      const config = {
        values: new Map<string, string | boolean>([
          ['what', what],
          ['tagged', tagged],
        ]),
        portCount: 2,
      }
      const loaded = await load(FILE, config)
      let errors = 0
      let now = 0n
      const fast = new Fast(loaded.fast, config, FILE)
      const instrumented = new Fast(loaded.instrumented, config, FILE)
      const symbolic = new Symbolic(loaded)
      const property = fc.property(frames, fc.nat(1), (frame, ingress) => {
        now += 1n
        const packet = { ingress, now, frame }
        const expected = fast.say(packet, 2)
        const other = instrumented.say(packet, 2)
        const said = symbolic.say(packet)
        if (expected.error !== '') errors += 1
        for (const [name, reading] of [
          ['instrumented', other],
          ['symbolic', said],
        ] as const) {
          const [a, b] = [reading, expected].map((each) => comparable(normal(each, symbolic.onesComplements)))
          if (a !== b) throw new Error(`${name}: ${Buffer.from(frame).toString('hex')}\n  ${a}\n  ${b}`)
        }
        if (expected.error === '') {
          const [a, b] = [symbolic.state().join(), fast.state().join()]
          if (a !== b) throw new Error(`${Buffer.from(frame).toString('hex')}\n  ${a}\n  ${b}`)
        }
      })
      fc.assert(property, { numRuns: 60, examples: [[fragment, 0]] })
      if (what === 'recomputed') t.true(errors > 0)
      else t.is(errors, 0)
    })
  }
}

/** Where a packet is refused, the words are each reading's own. */
function comparable(said: ReturnType<typeof normal>): string {
  return JSON.stringify({ ...said, error: said.error === '' ? '' : 'refused' })
}
