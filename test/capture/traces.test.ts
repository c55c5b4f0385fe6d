/** The real captures beside the project, where they are: as many packets and bytes as the table in their README says. */

import { existsSync, readFileSync } from 'node:fs'

import test from 'ava'

import { openCapture } from '../../src/capture/index.js'

const folder = '../shared/traces/'
const table = existsSync(`${folder}README.md`) ? readFileSync(`${folder}README.md`, 'utf8') : ''
const rows = [...table.matchAll(/^\| (\S+\.pcap\w*) \| (\w+) \| (\S+) \| (\d+) \| (\d+) \|$/gm)]
const linkTypes: Readonly<Record<string, number>> = { ether: 1, 'linux-sll': 113 }

test('real captures have the packets and bytes that their table says', async (t) => {
  if (rows.length === 0) {
    t.log(`skipped: there are no captures in ${folder}`)
    return t.pass()
  }
  for (const [, file = '', format, linkType = '', packets, bytes] of rows) {
    const capture = await openCapture(folder + file)
    let count = 0
    let length = 0
    for await (const batch of capture.batches()) {
      count += batch.count
      for (const wire of batch.wire.subarray(0, batch.count)) length += wire
    }
    t.deepEqual([file, capture.format, String(count), String(length)], [file, format, packets, bytes])
    t.is(capture.interfaces[0]?.linkType, linkTypes[linkType])
  }
})
