import { join } from 'node:path'
import test from 'ava'

import { openCapture } from '../../src/capture/index.js'
import { type Violation, writeViolations } from '../../src/result/index.js'
import { temporary } from '../temporary.js'
import { floodViolation, sampleInput, sampleNf, sampleViolation } from './sample.js'

async function written(violations: readonly Violation[]) {
  const path = join(temporary('violations'), 'violations.pcapng')
  writeViolations(path, [sampleNf({ violations })], 'vigil test')
  const capture = await openCapture(path)
  const packets = []
  for await (const batch of capture.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const start = batch.offset[i] ?? 0
      packets.push({
        interface: capture.interfaces[batch.interfaceId[i] ?? 0]?.name,
        hex: Buffer.from(batch.bytes.subarray(start, start + (batch.captured[i] ?? 0))).toString('hex'),
        comment: batch.comment(i) ?? '',
        time: batch.time[i],
      })
    }
  }
  return packets
}

test('input, expected and actual packet are written, each on its interface', async (t) => {
  const packets = await written([sampleViolation])
  t.deepEqual(
    packets.map((packet) => [packet.interface, packet.hex]),
    [
      ['nat: in port 0', sampleInput],
      ['nat: expected port 1', sampleViolation.expected.bytes],
      ['nat: actual port 1', sampleViolation.actual.bytes],
    ],
  )
  t.true(packets.every(({ time }) => time === 1700000000123456789n))
})

test('each comment says what the packet is, what was expected and seen, field by field, and the clause', async (t) => {
  const [input, expected, actual] = await written([sampleViolation])
  t.regex(input?.comment ?? '', /^violation 1 of 1: INPUT, packet 17 of traces\/nat-web\.pcap, port 0\n/)
  t.regex(input?.comment ?? '', /ipv4 src: expected 198\.51\.100\.1, actual 198\.51\.100\.2/)
  t.regex(expected?.comment ?? '', /EXPECTED: forward on port 1\nipv4 src = 198\.51\.100\.1/)
  t.regex(
    actual?.comment ?? '',
    /ACTUAL: forward on port 1\nipv4 src: expected 198\.51\.100\.1, actual 198\.51\.100\.2/,
  )
  for (const packet of [input, expected, actual]) {
    t.regex(packet?.comment ?? '', /nfs\/nat\/spec\.ts:71 \(RFC 3022 section 2\.2\)/)
  }
})

test('a packet that had to be dropped has no expected packet, and one actual packet for each port', async (t) => {
  const packets = await written([floodViolation])
  t.deepEqual(
    packets.map((packet) => packet.interface),
    ['nat: in port 0', 'nat: actual port 1', 'nat: actual port 2'],
  )
  t.regex(packets[0]?.comment ?? '', /expected: drop/)
})

test('a run without violations gives a readable capture without packets', async (t) => {
  t.deepEqual(await written([]), [])
})

test('a frame that no capture can hold is cut and says so', async (t) => {
  const [input] = await written([{ ...sampleViolation, input: '00'.repeat(300_000) }])
  t.is((input?.hex.length ?? 0) / 2, 262_144)
  t.regex(input?.comment ?? '', /cut at 262144 bytes/)
})
