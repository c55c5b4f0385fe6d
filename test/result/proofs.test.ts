/** What files say of proofs: junit.xml, violations.pcapng, captures of counterexamples. */
import { join } from 'node:path'
import test from 'ava'

import { openCapture } from '../../src/capture/index.js'
import { counterexampleText, junitXml, writeCounterexample, writeViolations } from '../../src/result/index.js'
import { temporary } from '../temporary.js'
import {
  proofResult,
  refutedNf,
  sampleCounterexample,
  sampleVerified,
  undecidedNf,
  unfinishedNf,
} from './verified-sample.js'

async function packetsOf(path: string) {
  const capture = await openCapture(path)
  const packets = []
  for await (const batch of capture.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const name = capture.interfaces[batch.interfaceId[i] ?? 0]?.name
      packets.push({ interface: name, comment: batch.comment(i) ?? '', time: batch.time[i] })
    }
  }
  return packets
}

test('junit.xml has a case for each guarantee, one for each counterexample, one for each property', (t) => {
  const text = junitXml(proofResult([refutedNf]))
  t.true(text.includes('<testcase name="guarantee: verdict"'))
  t.regex(text, /<failure message="ipv4 src is 198\.51\.100\.2, must be 198\.51\.100\.1">[^<]*slot 0/)
  t.regex(text, /<testcase name="property outboundKept: What goes out is kept"[^>]*>\s*<error message="vacuous/)
  t.regex(text, /tests="4" failures="1" errors="1"/)
})

test('what is undecided is an error in junit.xml, never all green', (t) => {
  const text = junitXml(proofResult([undecidedNf]))
  t.regex(text, /<testcase name="guarantee: bytes"[^>]*>\s*<error/)
  t.regex(text, /<testcase name="every path is followed"[^>]*>\s*<error message="a loop whose end is not known"/)
})

test('a network function whose proof does not end is an error in junit.xml', (t) => {
  const text = junitXml(proofResult([sampleVerified(), unfinishedNf]))
  t.regex(text, /<testsuite name="odd" tests="1" failures="0" errors="1"/)
})

test('violations.pcapng has the packets of a counterexample in order, then what was expected and seen', async (t) => {
  const path = join(temporary(), 'violations.pcapng')
  writeViolations(path, [refutedNf], 'vigil test')
  const packets = await packetsOf(path)
  t.deepEqual(
    packets.map((packet) => packet.interface),
    ['nat: in port 1', 'nat: in port 0', 'nat: expected port 1', 'nat: actual port 1'],
  )
  t.regex(packets[0]?.comment ?? '', /before what goes wrong/)
})

test('the capture of a counterexample has each packet on the interface of its port, at its time', async (t) => {
  const path = join(temporary(), 'counterexample-nat-1.pcapng')
  writeCounterexample(path, sampleCounterexample, 'vigil test')
  const packets = await packetsOf(path)
  t.deepEqual(
    packets.map(({ interface: name, time }) => [name, time]),
    [
      ['port1', 1_000_000_000n],
      ['port0', 2_000_000_000n],
    ],
  )
})

test('a counterexample in words names packets, state, calls, lines, the specification and the command', (t) => {
  const text = counterexampleText(sampleCounterexample, 'reports/run')
  for (const part of [
    /1 s, port 1: TCP 10\.0\.0\.1/,
    /flows: slot 0/,
    /expiring_map_get\(flows\) = 0 {3}nfs\/nat\/nf\.ts:40/,
    /nfs\/nat\/nf\.ts:38, 40/,
    /nfs\/nat\/spec\.ts:71/,
    /vigil replay reports\/run\/counterexample-nat-1\.pcapng --nf nat/,
  ]) {
    t.regex(text, part)
  }
})
