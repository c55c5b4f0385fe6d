/** Wrong network functions are refuted: packets from the empty state, run on the real binary, say what is wrong. */

import test from 'ava'
import type { Counterexample } from '../../../src/result/index.js'
import { loadSubject, type Proof, prove } from '../../../src/verify/index.js'
import { Places } from '../../../src/verify/places.js'
import { counterexamplesOf } from '../../../src/verify/run/counterexamples.js'
import { temporary } from '../../temporary.js'
import { wrongBridges } from '../../wrong-builds/bridge/builds.js'
import { wrongNats } from '../../wrong-builds/nat/builds.js'
import { wrongNops } from '../../wrong-builds/nop/builds.js'
import { wrongPolicers } from '../../wrong-builds/policer/builds.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { sharedSolver } from '../shared-solver.js'

type Config = Parameters<typeof loadSubject>[1]

/** A proof, with what its result tells of counterexamples. */
type Told = Proof & { readonly told: readonly Counterexample[] }

async function proofOf(nf: string, edit: Edit, options: Config = {}): Promise<Told> {
  const binary = writeSource(temporary('refuted'), nf, edit)
  const subject = await loadSubject(nf, { ...options, binary })
  const proof = prove(subject, { solver: await sharedSolver(), random: () => 0.5 })
  const places = new Places(subject.nf, subject.machine.module, binary)
  const replayed = { nf, binary, config: [], settings: [], longest: undefined }
  return { ...proof, told: counterexamplesOf(proof.counterexample, { places, replayed }) }
}

/** What the real binary did, of how many packets it took. */
function shown({ counterexample }: Proof): { packets: number; summary: string } | undefined {
  const finding = counterexample?.finding
  return finding && { packets: finding.packets.length, summary: finding.detail.violation.summary }
}

function named<W extends Edit>(builds: readonly W[], name: string): W {
  const found = builds.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no wrong build ${name}`)
  return found
}

test('every wrong nop is refuted by one packet', async (t) => {
  for (const wrong of wrongNops) {
    const proof = await proofOf('nop', wrong, { portCount: 3 })
    t.is(proof.verdict, 'refuted', wrong.name)
    t.is(shown(proof)?.packets, 1, wrong.name)
    t.regex(shown(proof)?.summary ?? '', /^expected the packet|should be|means nothing|^it (reads|writes)/, wrong.name)
  }
})

test('a station that is forgotten while it speaks is refuted by three packets over its lifetime', async (t) => {
  const proof = await proofOf('bridge', named(wrongBridges, 'not-refreshed-when-heard'), { config: ['ageingTime=3s'] })
  t.is(proof.verdict, 'refuted')
  t.deepEqual(
    proof.counterexample?.finding.packets.map(({ now }) => now / 1_000_000_000n),
    [1n, 3n, 5n],
  )
})

test('a check that is missing is refuted by a flow and a packet that has no right to use it', async (t) => {
  const wrong = named(wrongNats, 'peer-address-not-compared')
  const proof = await proofOf('nat', wrong)
  t.is(proof.verdict, 'refuted')
  t.is(shown(proof)?.packets, 2)
  t.regex(shown(proof)?.summary ?? '', wrong.shows)
  t.deepEqual(proof.told[0]?.replay?.slice(0, 2), ['vigil', 'replay'])
  const finding = proof.counterexample?.finding
  t.true(finding?.state.some((line) => /^flows\[0\]: .*peer .*last used at/.test(line)))
  t.true(finding?.run.calls.some(({ name }) => name === 'expiring_map_used'))
})

test('a checksum that does not follow what it covers is refuted', async (t) => {
  for (const name of ['header-checksum-not-updated', 'checksum-without-the-port']) {
    const proof = await proofOf('nat', named(wrongNats, name))
    t.is(proof.verdict, 'refuted', name)
    t.regex(shown(proof)?.summary ?? '', /checksum/i, name)
  }
})

test('a state that differs is refuted by a packet to which it makes a difference', async (t) => {
  const wrong = named(wrongNats, 'outbound-does-not-refresh')
  const proof = await proofOf('nat', wrong)
  t.is(proof.verdict, 'refuted')
  t.is(shown(proof)?.packets, 3)
})

test('a read behind the end of the packet is refuted: the real binary does it, but the simulator cannot show it', async (t) => {
  const proof = await proofOf('nop', {
    name: 'reads-behind-the-end',
    why: 'what is there belongs to another packet',
    find: '  const partner',
    replace: '  if (length == 60 && load<u8>(packet + 60) == 7) return DROP\n  const partner',
  })
  t.is(proof.verdict, 'refuted')
  t.is(proof.counterexample?.finding.detail.violation.kind, 'memory')
  t.regex(shown(proof)?.summary ?? '', /reads 1 bytes at byte 60 of a packet of 60 bytes/)
  t.is(proof.told[0]?.replay, undefined)
})

test('a loop without an end is refuted, and no command is told that would hang', async (t) => {
  const proof = await proofOf(
    'nop',
    {
      name: 'does-not-end',
      why: 'the device stops at such a packet',
      find: '  const partner',
      replace:
        '  let sum = 0\n  while (length == 60 && load<u8>(packet) == 9) sum += 1\n  if (sum == 77) return DROP\n  const partner',
    },
    { mostSteps: 5_000_000 },
  )
  t.is(proof.verdict, 'refuted')
  t.is(proof.counterexample?.finding.detail.violation.kind, 'hang')
  t.regex(shown(proof)?.summary ?? '', /did not end/)
  t.is(proof.told.length, 1)
  t.is(proof.told[0]?.replay, undefined)
})

test('a wrong policer is refuted by as many packets as it takes to empty a bucket, and by one where that is enough', async (t) => {
  const small = ['burst=15500']
  const told = [
    ['ip-version-not-compared', 1, []],
    ['last-token-kept', 11, small],
    ['nothing-is-paid', 834, []],
  ] as const
  for (const [name, packets, config] of told) {
    const wrong = named(wrongPolicers, name)
    const proof = await proofOf('policer', wrong, { config })
    t.is(proof.verdict, 'refuted', name)
    t.is(shown(proof)?.packets, packets, name)
    t.regex(shown(proof)?.summary ?? '', wrong.shows, name)
  }
})
