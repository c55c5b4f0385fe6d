import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'

import test from 'ava'

import { createPcapngWriter, writeAll } from '../../src/capture/index.js'
import { replay } from '../../src/replay/index.js'
import { conversation, freshPath, traceOf } from './traffic.js'

const me = '192.168.1.7'
const server = '198.51.100.7'

test('the format of a trace is told by content, on standard input too', async (t) => {
  const frames = conversation(me, 40000, server, 3)
  const path = freshPath('trace.pcap')
  writeAll(
    createPcapngWriter(path, { interfaces: [{ name: 'lan', linkType: 1 }] }),
    frames.map((bytes, i) => ({ bytes, time: BigInt(i) })),
  )
  const stdin = Readable.from([readFileSync(path)])
  const result = await replay({ nf: 'nat', traces: [traceOf(frames), path, '-'], stdin })
  t.deepEqual(
    result.replay?.traces.map(({ format }) => format),
    ['pcap', 'pcapng', 'pcapng'],
  )
})
