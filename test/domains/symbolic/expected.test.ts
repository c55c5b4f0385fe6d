/** What a changed packet must look like where fields are free, and where checksums must follow. */
import test from 'ava'

import { SummedChecksums } from '../../../src/domains/symbolic/checksum-facts.js'
import { Integers } from '../../../src/domains/symbolic/integer.js'
import { SymbolicLayers } from '../../../src/domains/symbolic/layers.js'
import { SymbolicOperators } from '../../../src/domains/symbolic/operators.js'
import { SymbolicPacket } from '../../../src/domains/symbolic/packet.js'
import { Run } from '../../../src/domains/symbolic/run.js'
import { buildFrame } from '../../../src/packet/build.js'
import { SpecError } from '../../../src/spec/error.js'
import { withOperators } from '../../../src/spec/instrumented/index.js'
import { any } from '../../../src/spec/verdict.js'
import { EvaluatingPath } from './evaluating-path.js'
import { LoggedFrame } from './known-structures.js'

const tcp = buildFrame({
  ipv4: { src: '10.0.0.1', dst: '10.0.0.2', ttl: 9, options: new Uint8Array(4) },
  tcp: { srcPort: 1, dstPort: 2 },
})
const tagged = buildFrame({
  vlan: { id: 5 },
  ipv4: { src: '10.0.0.1', dst: '10.0.0.2' },
  udp: { srcPort: 1, dstPort: 2 },
})

function packetOf(bytes: Uint8Array, tagAware = false) {
  const path = new EvaluatingPath()
  const run = new Run(path, 2, new Integers(path.terms).of(0n))
  const layers = new SymbolicLayers(run, LoggedFrame.of(path, bytes), tagAware)
  const packet = new SymbolicPacket(layers, new SummedChecksums())
  const within = <T>(compute: (packet: SymbolicPacket) => T): T =>
    withOperators(new SymbolicOperators(run), () => compute(packet))
  return { path, within }
}

test('free fields are named by their bits, and have a value again once they are set', (t) => {
  const { path, within } = packetOf(tagged, true)
  const changes = { ethernet: { dst: any }, vlan: { id: any, priority: 3 }, ipv4: { dscp: any } }
  const free = within((packet) => packet.with(changes)).expected.free
  const shown = free.map(({ offset, size, mask }) => [path.bits(offset), size, mask])
  t.deepEqual(shown, [
    [0n, 6, 0xffff_ffff_ffffn],
    [14n, 2, 0x0fffn],
    [18n, 2, 0xfcn],
  ])
  const { expected } = within((packet) => packet.with(changes).with({ vlan: { id: 7 }, ethernet: { dst: 1 } }))
  t.deepEqual(
    expected.free.map(({ size, mask }) => [size, mask]),
    [[2, 0xfcn]],
  )
})

test('what follows the first tag is asked only of what stands after all', (t) => {
  const { path, within } = packetOf(tagged, true)
  within((packet) => packet.vlan && packet.with({ vlan: { id: packet.vlan.id, priority: 1 } }))
  t.is(path.decisions.length, 1)
  within(({ ethernet }) => ethernet?.type)
  // That there is a header, and that no second tag follows.
  t.is(path.decisions.length, 3)
})

test('a checksum follows what it covers: header and transport, over an offset that stays a term', (t) => {
  const { path, within } = packetOf(tcp)
  const before = path.decisions.length
  const { expected } = within((packet) => packet.with({ ipv4: { src: 0x0a000003, ttl: 8 } }, { ipv4: { dst: any } }))
  // Whether TCP, UDP or neither follows the addresses is a condition of the description, not a decision of the path.
  t.is(path.decisions.length - before, 1)
  const present = expected.checksums.filter((checksum) => path.holds(checksum.present))
  const shown = present.map(({ kind, offset, mode, changes }) => [
    kind,
    path.bits(offset),
    mode,
    changes.map((change) => [path.bits(change.offset), change.old.length]),
  ])
  t.deepEqual(shown, [
    [
      'ip',
      24n,
      'updated',
      [
        [26n, 2],
        [22n, 1],
        [30n, 2],
      ],
    ],
    [
      'tcp',
      54n,
      'updated',
      [
        [26n, 2],
        [30n, 2],
      ],
    ],
  ])
  t.false(expected.checksums.find(({ kind }) => kind === 'tcp')?.offset.isConstant)
})

test('a checksum that is recomputed need not follow what is changed before or after', (t) => {
  const { path, within } = packetOf(tcp)
  const { expected } = within((packet) =>
    packet
      .with({ ipv4: { ttl: 8 } })
      .with({ checksums: 'recomputed' })
      .with({ ipv4: { src: 1 } }),
  )
  const present = expected.checksums.filter((checksum) => path.holds(checksum.present))
  t.deepEqual(
    present.map(({ kind, mode, changes }) => [kind, mode, changes.length]),
    [
      ['ip', 'recomputed', 0],
      ['tcp', 'recomputed', 0],
    ],
  )
})

test('what has no value yet is not read: free fields, and checksums of a changed packet', (t) => {
  const { within } = packetOf(tcp)
  const free = { instanceOf: SpecError, message: /a packet with free fields is read/ }
  t.throws(() => within((packet) => packet.with({ ipv4: { src: any } }).ipv4), free)
  const changed = { instanceOf: SpecError, message: /a checksum of a changed packet is read/ }
  t.throws(() => within((packet) => packet.with({ ipv4: { ttl: 3 } }).ipv4?.headerChecksum), changed)
  t.is(
    within((packet) => packet.with({ ipv4: { ttl: 3 } }).ipv4?.ttl),
    3,
  )
})

test('the form of a header is asked once, and what follows from it is not asked again', (t) => {
  const { path, within } = packetOf(tcp)
  within(({ ipv4, ip, ipv6, transport, tcp: header, udp }) =>
    t.truthy([ipv4, ip, !ipv6, transport, header, !udp].every(Boolean)),
  )
  t.is(path.decisions.length, 4)
})
