import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { catalog } from '../../src/catalog/index.js'
import { recipes } from '../../src/demo/recipes.js'
import { temporary } from '../temporary.js'

function folder(): string {
  const path = temporary('catalog')
  for (const kind of ['nfs', 'topologies', 'traces']) mkdirSync(join(path, kind))
  return path
}

test('what the package has is found from anywhere, in order', (t) => {
  const { nfs, topologies, traces, problems } = catalog(folder())
  t.deepEqual(problems, [])
  t.deepEqual(
    nfs.map(({ name }) => name),
    [
      'balancer',
      'bridge',
      'firewall',
      'linux-bridge',
      'linux-firewall',
      'linux-nat',
      'linux-router',
      'nat',
      'nat-c',
      'nop',
      'open-vswitch',
      'policer',
      'policer-c',
      'router',
    ],
  )
  t.true(topologies.some(({ name }) => name === 'four-port-bridge'))
  t.is(traces.length, recipes.length)
})

test('what cannot be read is a problem of one line, the rest is listed', (t) => {
  const path = folder()
  writeFileSync(join(path, 'topologies', 'odd.yaml'), 'title: [\n')
  writeFileSync(join(path, 'topologies', 'notes.txt'), 'not a topology')
  const { topologies, problems } = catalog(path)
  t.is(problems.length, 1)
  t.regex(problems[0] ?? '', /odd\.yaml/)
  t.false(problems[0]?.includes('\n'))
  t.true(topologies.length >= 4)
})

test('traces are told by their endings, also with gzip', (t) => {
  const path = folder()
  for (const name of ['a.pcap', 'b.pcapng.gz', 'README.md', '.hidden.pcap'])
    writeFileSync(join(path, 'traces', name), 'x')
  const names = catalog(path).traces.map(({ name }) => name)
  t.true(names.includes('a.pcap') && names.includes('b.pcapng.gz'))
  t.false(names.includes('README.md') || names.includes('.hidden.pcap'))
})
