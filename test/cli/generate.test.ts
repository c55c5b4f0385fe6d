import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { openCapture } from '../../src/capture/index.js'
import { temporary } from '../temporary.js'
import { vigilHere } from './here.js'
import { shell } from './vigil.js'

test.serial('a trace is written, the same for the same options', async (t) => {
  const cwd = temporary()
  const words = ['--profile', 'nat', '--packets', '200', '--seed', '5']
  const first = await vigilHere(['generate', 'a.pcap', ...words], cwd)
  await vigilHere(['generate', 'b.pcap', ...words], cwd)
  t.is(first.code, 0)
  t.regex(first.stdout, /^a\.pcap: 230 packets, [\d,]+ bytes, seed 5\n$/)
  t.deepEqual(readFileSync(join(cwd, 'a.pcap')), readFileSync(join(cwd, 'b.pcap')))
})

test.serial('--json prints one object, alone', async (t) => {
  const cwd = temporary()
  const { stdout, stderr } = await vigilHere(['generate', 'a.pcap', '--packets', '10', '--no-probes', '--json'], cwd)
  t.is(stderr, '')
  t.like(JSON.parse(stdout), { file: 'a.pcap', packets: 10, seed: 1 })
})

test.serial('*.pcapng has an interface for each port', async (t) => {
  const cwd = temporary()
  await vigilHere(['generate', 'a.pcapng', '--profile', 'bridge', '--packets', '100'], cwd)
  const capture = await openCapture(join(cwd, 'a.pcapng'))
  const used = new Set<number>()
  for await (const batch of capture.batches()) {
    for (let i = 0; i < batch.count; i++) used.add(batch.interfaceId[i] ?? -1)
  }
  t.deepEqual(
    capture.interfaces.map(({ name }) => name),
    ['port 0', 'port 1', 'port 2', 'port 3'],
  )
  t.is(used.size, 4)
})

test.serial('--duration and --pps give the number of packets', async (t) => {
  const { stdout } = await vigilHere(['generate', 'a.pcap', '--duration', '500ms', '--pps', '300', '--no-probes'])
  t.regex(stdout, /^a\.pcap: 150 packets/)
})

test.serial('a refused option leaves a file that was there as it was', async (t) => {
  const cwd = temporary()
  writeFileSync(join(cwd, 'a.pcap'), 'mine')
  t.is((await vigilHere(['generate', 'a.pcap', '--sizes', 'huge'], cwd)).code, 2)
  t.is(readFileSync(join(cwd, 'a.pcap'), 'utf8'), 'mine')
})

test.serial('a reader that goes away is no error', async (t) => {
  const { code, stderr } = await shell('vigil list --json | head -c 1 > /dev/null')
  t.deepEqual([code, stderr], [0, ''])
})
