import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { Deviations } from '../../src/replay/deviations.js'
import type { Violation } from '../../src/result/index.js'
import { datagram } from '../conform/real/cases.js'
import { temporary } from '../temporary.js'

const ENTRIES = `
- { line: 7, packet: udp, ingress: [0], length: { from: 60, to: 61 }, expected: port 1, seen: drop, cause: it drops what is short }
- { line: 8, packet: udp, expected: drop, seen: flood, cause: it floods what it does not know }
- { line: 9, packet: udp, expected: port 1, seen: port 1, fields: [udp.checksum, ipv4.ttl], cause: it counts hops itself }
- { line: 10, packet: udp, expected: port 1, seen: drop, cause: one of two entries of the same }
- { line: 10, packet: ip, expected: port 1, seen: drop, cause: the other of two of the same }
- { line: 11, packet: udp, expected: port 1, seen: drop, when: { mode: a }, cause: only where it is set up so }
`
const short = datagram('10.0.0.1', 1, '10.0.0.2', 2)

function known(mode = 'b'): Deviations {
  const folder = temporary()
  writeFileSync(join(folder, 'deviations.yaml'), ENTRIES)
  return Deviations.beside(join(folder, 'nf.yaml'), 4, () => mode)
}

function violation(line: number, expected: readonly number[], seen: readonly number[], more: Partial<Violation> = {}) {
  const bytes: Violation = {
    nf: 'mine',
    instance: 'dut',
    summary: '',
    kind: expected.length === 0 || seen.length === 0 ? 'verdict' : 'bytes',
    time: '0',
    ingress: 0,
    expected: { text: '', ports: expected },
    actual: { text: '', ports: seen },
    input: Buffer.from(short).toString('hex'),
    differences: [],
    site: { file: 'spec.ts', line, text: '', clause: '' },
  }
  return { ...bytes, ...more }
}

test('a violation is known by line, packets, port, length and both outcomes, all of them', (t) => {
  const deviations = known()
  t.true(deviations.knows(violation(7, [1], [])), 'which counts nothing')
  t.true(deviations.note(violation(7, [1], [])))
  const others = [
    violation(6, [1], []),
    violation(7, [2], []),
    violation(7, [1], [2]),
    violation(7, [1], [], { ingress: 2 }),
    violation(7, [1], [], {
      input: Buffer.from(datagram('10.0.0.1', 1, '10.0.0.2', 2, { payload: 30 })).toString('hex'),
    }),
    violation(7, [1], [], { input: '00'.repeat(60) }),
  ]
  for (const other of others) t.false(deviations.note(other), JSON.stringify(other))
  t.is(deviations.found[0]?.packets, 1)
})

test('a flood is every port but that of ingress', (t) => {
  const deviations = known()
  t.true(deviations.note(violation(8, [], [1, 2, 3])))
  t.false(deviations.note(violation(8, [], [1, 2])))
  t.false(deviations.note(violation(8, [], [0, 1, 2])))
})

test('where only bytes differ, all fields that do have to be named, and no others', (t) => {
  const deviations = known()
  const differing = (...names: string[]) => {
    const differences = names.map((name) => {
      const [layer = '', field = ''] = name.split('.')
      return { layer, field, expected: '', actual: '' }
    })
    return violation(9, [1], [1], { differences })
  }
  t.true(deviations.note(differing('ipv4.ttl', 'udp.checksum')))
  t.false(deviations.note(differing('ipv4.ttl')))
  t.false(deviations.note(differing('ipv4.ttl', 'udp.checksum', 'ipv4.src')))
  t.false(known().note({ ...violation(7, [1], [1]), differences: [] }), 'no fields are named there')
})

test('two entries of one violation are as good as none, and those of another configuration are none', (t) => {
  const deviations = known()
  t.false(deviations.note(violation(10, [1], [])))
  t.false(deviations.note(violation(11, [1], [])))
  t.true(known('a').note(violation(11, [1], [])))
  t.deepEqual([deviations.found.length, known('a').found.length], [5, 6])
})

test('a trap or a frame out of nothing is no way of its own', (t) => {
  for (const kind of ['trap', 'hang', 'bad verdict'] as const) {
    t.false(known().note(violation(7, [1], [], { kind })), kind)
  }
})
