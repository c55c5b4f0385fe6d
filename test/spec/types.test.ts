import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import test from 'ava'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

/** Each line marked `// error` must be one, and no other line. */
const source = `import { any, drop, expiringMap, forward, ipv4Address, port, prefixTable, record, spec, timestamp, u8 } from 'vigil-nf/spec'
const Key = record({ address: ipv4Address, protocol: u8 })
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

test('a wrong field or unit in a specification is a compile error at its line, and nothing else is', async (t) => {
  const directory = await mkdtemp(join(root, 'build', 'types-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'spec.ts'), source)
  const options = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: true, rootDir: root },
    include: ['spec.ts'],
    exclude: [],
  }
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(options))
  const output = await run(join(root, 'node_modules/.bin/tsc'), ['-p', directory, '--pretty', 'false']).then(
    () => '',
    (failed: { stdout: string }) => failed.stdout,
  )
  const wrong = [...output.matchAll(/spec\.ts\((\d+),/g)].map((match) => Number(match[1]))
  const marked = source.split('\n').flatMap((line, index) => (line.endsWith('// error') ? [index + 1] : []))
  t.deepEqual([...new Set(wrong)], marked)
})
