import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import test from 'ava'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

/** Each line marked `// error` must be one, and no other line. */
const source = `import { any, drop, expiringMap, forward, ipv4Address, port, prefixTable, record, spec, timestamp, u8 } from 'vigil-nf/spec'
export const Key = record({ address: ipv4Address, protocol: u8 })
export default spec({
  title: 'typed',
  config: { wan: port, routes: prefixTable(port), hops: prefixTable(ipv4Address) },
  state: () => ({ table: expiringMap(Key, 3) }),
  process({ packet, table, now, config }) {
    const { ethernet, ipv4, transport } = packet
    if (!ethernet || !ipv4 || !transport) return drop()
    Key({ address: ethernet.src, protocol: 1 }) // error
    Key({ address: ipv4.src }) // error
    const key = Key({ address: ipv4.src, protocol: ipv4.protocol })
    table.touch(key, packet.length) // error
    table.touch(key, now)
    table.insert(key, now, { x: 1 }) // error
    packet.ipv4.src // error
    ipv4.source // error
    config.lan // error
    prefixTable(timestamp) // error
    config.routes.lookup(ethernet.src) // error
    forward(config.routes.lookup(ipv4.dst), packet) // error
    forward(config.routes.lookup(ipv4.dst) ?? 0, packet)
    forward(config.hops.lookup(ipv4.dst) ?? config.wan, packet) // error
    packet.with({ ipv4: { src: ethernet.src } }) // error
    packet.with({ ipv4: { ttl: any, source: 1 } }) // error
    packet.with({ transport: { dstPort: transport.srcPort + 1 } })
    return now > 0n ? forward(ipv4.src, packet) : forward(config.wan, packet) // error
  },
})
`

/** Likewise of a property of that specification. */
const properties = `import { any, drop, expiringMap, indexSet, ipv4Address, maglev, must, property, record, u8 } from 'vigil-nf/spec'
import { Key, default as subject } from './spec.js'
export const one = property(subject, ({ packet, config, output, before, after, table }) => {
  const { ipv4 } = packet
  if (!ipv4) return any()
  const key = Key({ address: ipv4.src, protocol: 6 })
  const slot = before.table.get(key)
  if (slot === undefined) return must(table.size === 0)
  table.touch(key, 3n) // error
  after.table.insert(key, 3n) // error
  before.tables // error
  output.packet.ipv4 // error
  output.leavesBy(ipv4.src) // error
  if (output.leavesBy(config.wan)) return must(output.packet?.ipv4?.src === ipv4.src)
  if (after.table.timeAt(slot) === before.table.timeAt(slot)) return drop()
  return any()
})
export const two = property({
  config: { limit: u8 },
  state: ({ limit }) => ({ live: indexSet(limit), ring: maglev(Key, 3, 7) }),
  expireOlderThan: ({ now }) => ({ live: now }),
}, {
  title: 'typed',
  clause: 'by hand',
  check({ live, config, choose, ring }) { // error
    live.has(config.wan) // error
    return must(live.has(config.limit) && live.timeAt(3) > 0n)
  },
})
export const three = property(subject, { title: 'no clause', check: () => any() }) // error
export const five = property(subject, () => true) // error
export const four = property({ config: {}, state: () => ({ t: expiringMap(record({ a: ipv4Address }), 3) }) }, ({ t }) => must(t.keyAt(0)?.a === 3))
`

test('a wrong field or unit in a specification or property is a compile error at its line, and nothing else is', async (t) => {
  const directory = await mkdtemp(join(root, 'build', 'types-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'spec.ts'), source)
  await writeFile(join(directory, 'property.ts'), properties)
  const options = {
    extends: join(root, 'tsconfig.json'),
    // Of its own, it would take the place of what npm run build knows.
    compilerOptions: { noEmit: true, rootDir: root, incremental: false, tsBuildInfoFile: null },
    include: ['spec.ts', 'property.ts'],
    exclude: [],
  }
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(options))
  const output = await run(join(root, 'node_modules/.bin/tsc'), ['-p', directory, '--pretty', 'false']).then(
    () => '',
    (failed: { stdout: string }) => failed.stdout,
  )
  for (const [file, text] of [
    ['spec', source],
    ['property', properties],
  ] as const) {
    const wrong = [...output.matchAll(new RegExp(`${file}\\.ts\\((\\d+),`, 'g'))].map((match) => Number(match[1]))
    const marked = text.split('\n').flatMap((line, index) => (line.endsWith('// error') ? [index + 1] : []))
    t.deepEqual([...new Set(wrong)], marked, file)
  }
})
