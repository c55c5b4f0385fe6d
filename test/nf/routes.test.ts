import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { loadNf } from '../../src/nf/index.js'
import { formatPrefix } from '../../src/nf/prefix.js'
import { loadSpec } from '../../src/oracle/index.js'
import { buildFrame } from '../../src/packet/build.js'
import { UnderTest } from '../nfs/under-test.js'
import { nfSource, sample } from './fixtures/sample.js'

const PORTS = 4

const yaml = `name: sample
ports: { count: ${PORTS} }
spec: spec.ts
memory: 32 MiB
config:
  routes: { type: prefixes, value: port, default: { 10.0.0.0/8: 1, 10.1.0.0/16: 2 } }
  hops: { type: prefixes, value: ipv4, default: {} }
  marks: { type: prefixes, value: u32, default: {} }
`

/** The three tables at once: the port, the last four bytes of the destination MAC address, those of the source. */
const spec = `import { drop, forward, ipv4Address, port, prefixTable, spec, u32 } from 'vigil-nf/spec'
export default spec({
  title: 'Routes by destination',
  config: { routes: prefixTable(port), hops: prefixTable(ipv4Address), marks: prefixTable(u32) },
  state: () => ({}),
  process({ packet, config }) {
    const { ipv4 } = packet
    if (!ipv4) return drop() // RFC 1812 section 5.2.2
    const egress = config.routes.lookup(ipv4.dst)
    if (egress === undefined) return drop() // RFC 1812 section 5.2.4.3: no route
    const hop = config.hops.lookup(ipv4.dst) ?? 0
    const mark = config.marks.lookup(ipv4.dst) ?? 7
    return forward(egress, packet.with({ ethernet: { dst: 0x020000000000 + hop, src: 0x020000000000 + mark } }))
  },
})
`

/** `destination` is the AssemblyScript expression that routes are looked up by; `address` is the packet's. */
function router(destination: string): string {
  const declare = (name: string) => `@external('config', '${name}') declare function ${name}(): i32\n`
  return nfSource(`${['routes', 'hops', 'marks'].map(declare).join('')}
export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  if (length < 34 || vig.loadU16BE(packet + vig.ETHERNET_TYPE) != vig.ETHERTYPE_IPV4) return vig.DROP
  const address = vig.loadU32BE(packet + vig.ETHERNET_LENGTH + vig.IPV4_DESTINATION)
  const egress = vig.lpm_lookup_elem(routes(), ${destination})
  if (egress == -1) return vig.DROP
  const hop = vig.lpm_lookup_elem(hops(), address)
  const mark = vig.lpm_lookup_elem(marks(), address)
  vig.storeMac(packet, 0x020000000000 + <i64>(hop == -1 ? 0 : <u32>hop))
  vig.storeMac(packet + 6, 0x020000000000 + <i64>(mark == -1 ? 7 : <u32>mark))
  return egress
}`)
}

interface Rule {
  readonly prefix: number
  readonly length: number
}

const bits = fc.nat(0xffffffff)
/** Few trees of addresses, so that prefixes often nest; lengths at the levels of the trie and anywhere. */
const address = fc.oneof(
  bits,
  fc
    .tuple(fc.constantFrom(0, 0x0a010203, 0xc0000280, 0xffffffff), fc.nat(31), bits)
    .map(([base, kept, rest]) => (base ^ (rest >>> kept)) >>> 0),
)
const length = fc.oneof(fc.constantFrom(0, 1, 8, 15, 16, 17, 20, 24, 31, 32), fc.nat(32))
const rule = fc.record({ address, length }).map(({ address: whole, length: kept }): Rule => {
  const size = 2 ** (32 - kept)
  return { prefix: Math.floor(whole / size) * size, length: kept }
})

/** A table as nf.yaml has it. */
function table(value: fc.Arbitrary<string>): fc.Arbitrary<{ rules: Rule[]; rows: Record<string, string> }> {
  return fc.array(fc.tuple(rule, value), { maxLength: 40 }).map((given) => ({
    rules: given.map(([each]) => each),
    rows: Object.fromEntries(given.map(([each, to]) => [formatPrefix(each), to])),
  }))
}

const tables = fc.record({
  routes: table(fc.nat(PORTS - 1).map(String)),
  hops: table(
    bits.filter((hop) => hop !== 0xffffffff).map((hop) => formatPrefix({ prefix: hop, length: 32 }).slice(0, -3)),
  ),
  marks: table(fc.nat(0xfffffffe).map(String)),
})

/** The first and last address of each prefix and their neighbours outside. */
function edges({ prefix, length: kept }: Rule): number[] {
  const last = prefix + 2 ** (32 - kept) - 1
  return [prefix - 1, prefix, last, last + 1].filter((edge) => edge >= 0 && edge <= 0xffffffff)
}

function to(dst: number): Uint8Array {
  return buildFrame({ ipv4: { src: '198.51.100.1', dst }, udp: { srcPort: 1, dstPort: 2 }, payload: 'x' })
}

async function folderOf(t: ExecutionContext, destination: string) {
  const folder = sample(t, { 'nf.yaml': yaml, 'nf.ts': router(destination), 'spec.ts': spec })
  return { folder, loadedSpec: await loadSpec(join(folder, 'spec.ts')) }
}

test('a binary that routes by prefixes and its specification agree, whatever the prefixes and addresses', async (t) => {
  const { folder, loadedSpec } = await folderOf(t, 'address')
  let forwarded = 0
  let dropped = 0
  await fc.assert(
    fc.asyncProperty(tables, fc.array(address, { maxLength: 60 }), async ({ routes, hops, marks }, others) => {
      const config = { routes: routes.rows, hops: hops.rows, marks: marks.rows }
      const subject = new UnderTest(await loadNf(folder, { config }), loadedSpec)
      const rules = [...routes.rules, ...hops.rules, ...marks.rules]
      for (const dst of [...rules.flatMap(edges), ...others]) {
        const { violation, ports } = subject.send(0, to(dst), 0n)
        t.is(violation, undefined)
        if (ports.length === 0) dropped += 1
        else forwarded += 1
      }
    }),
    { numRuns: 60 },
  )
  t.true(forwarded > 500 && dropped > 100, `${forwarded} forwarded, ${dropped} dropped`)
})

test('the longest prefix wins, and what has no route is dropped', async (t) => {
  const { folder, loadedSpec } = await folderOf(t, 'address')
  const subject = new UnderTest(await loadNf(folder), loadedSpec)
  t.like(subject.send(0, to(0x0a010001), 0n), { ports: [2], violation: undefined })
  t.like(subject.send(0, to(0x0a020001), 0n), { ports: [1], violation: undefined })
  t.like(subject.send(0, to(0x0b000001), 0n), { ports: [], violation: undefined })
  t.like(subject.send(0, buildFrame({ arp: {} }), 0n), { ports: [], violation: undefined })
})

const wrong: readonly (readonly [string, string, number])[] = [
  ['that takes a shorter prefix', 'address & 0xff00ffff', 0x0a010001],
  ['that reads the address in the other byte order', 'bswap<u32>(address)', 0x0a010001],
  ['that has a default route of its own', 'address == 0x0b000001 ? 0x0a000000 : address', 0x0b000001],
]

for (const [name, destination, dst] of wrong) {
  test(`a router ${name} is caught`, async (t) => {
    const { folder, loadedSpec } = await folderOf(t, destination)
    const subject = new UnderTest(await loadNf(folder), loadedSpec)
    t.not(subject.send(0, to(dst), 0n).violation, undefined)
  })
}

const unfit: readonly (readonly [string, string, RegExp])[] = [
  ['a number', 'limit', /config\.limit should be a table of prefixes .* but nf\.yaml gives number 3/],
  [
    'a table of whole keys',
    'stations',
    /config\.stations should be a table of prefixes .* but nf\.yaml gives a table$/,
  ],
  ['values too large', 'marks', /config\.marks should be .* of at most 8 bits, but nf\.yaml gives a table of prefixes/],
]

for (const [name, asked, message] of unfit) {
  test(`a specification that asks for a prefixTable of ports and gets ${name} is told so`, async (t) => {
    const folder = sample(t, {
      'nf.yaml': `${yaml}  limit: { type: u8, default: 3 }
  stations: { type: table, key: ipv4, value: port, default: {} }
`,
      'nf.ts': router('address'),
      'spec.ts': `import { drop, port, prefixTable, spec } from 'vigil-nf/spec'
export default spec({ title: 'x', config: { ${asked}: prefixTable(port) }, state: () => ({}), process: () => drop() })
`,
    })
    const nf = await loadNf(folder, { config: { marks: { '0.0.0.0/0': 256 } } })
    const loadedSpec = await loadSpec(join(folder, 'spec.ts'))
    t.throws(() => new UnderTest(nf, loadedSpec), { message })
  })
}
