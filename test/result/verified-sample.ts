/** Results of proofs as runs give them, for the tests of what is made from results. */
import type { Counterexample, RunResult, UnfinishedNf, VerifiedNf } from '../../src/result/index.js'
import { sampleBinary, sampleInput, sampleNf, sampleResult, sampleViolation } from './sample.js'

export const sampleCounterexample: Counterexample = {
  guarantee: 'bytes',
  violation: { ...sampleViolation, time: '2000000000' },
  packets: [
    { time: '1000000000', ingress: 1, hex: sampleInput, text: 'TCP 10.0.0.1:1024 > 203.0.113.5:80' },
    { time: '2000000000', ingress: 0, hex: sampleInput, text: 'TCP 10.0.0.1:1024 > 203.0.113.5:80' },
  ],
  state: ['flows: slot 0 = { src: 10.0.0.1 }'],
  calls: [{ text: 'expiring_map_get(flows) = 0', place: { file: 'nfs/nat/nf.ts', line: 40 } }],
  path: [
    { file: 'nfs/nat/nf.ts', line: 38 },
    { file: 'nfs/nat/nf.ts', line: 40 },
  ],
  replay: ['vigil', 'replay', 'counterexample-nat-1.pcapng', '--nf', 'nat'],
  capture: 'counterexample-nat-1.pcapng',
  conform: {
    suite: 'suite-nat',
    config: [],
    portCount: 2,
    command: ['vigil', 'conform', 'nat', '--suite', 'suite-nat'],
  },
}

export function sampleVerified(change: Partial<VerifiedNf> = {}): VerifiedNf {
  const { spec, config, options } = sampleNf()
  return {
    kind: 'verified',
    nf: 'nat',
    instance: 'nat',
    spec,
    binary: sampleBinary,
    config,
    options,
    verdict: 'holds',
    proof: 'proved',
    causes: [],
    guarantees: [
      { guarantee: 'verdict', obligations: 4, failed: 0 },
      { guarantee: 'bytes', obligations: 8, failed: 0 },
    ],
    paths: 3,
    obligations: 12,
    confirmed: 2,
    pathTree: [
      {
        decisions: [{ condition: 'ethernet.type = 0x0800', value: false, place: { file: 'nfs/nat/nf.ts', line: 30 } }],
        outcome: 'drop',
        site: { file: 'nfs/nat/spec.ts', line: 52, text: 'return drop()', clause: 'RFC 3022 4.1' },
        obligations: 2,
        failed: 0,
        seconds: 0.1,
        confirmed: 'yes',
      },
      {
        decisions: [
          { condition: 'ethernet.type = 0x0800', value: true, place: { file: 'nfs/nat/nf.ts', line: 30 } },
          { condition: 'port = 1', value: true },
        ],
        outcome: 'port 0',
        obligations: 5,
        failed: 0,
        seconds: 0.2,
        confirmed: 'yes',
      },
      {
        decisions: [
          { condition: 'ethernet.type = 0x0800', value: true, place: { file: 'nfs/nat/nf.ts', line: 30 } },
          { condition: 'port = 1', value: false },
        ],
        outcome: 'port 1',
        obligations: 5,
        failed: 0,
        seconds: 0.2,
        confirmed: 'unrealisable',
        why: 'the path depends on the value of a hash',
      },
    ],
    findings: ['flows (expiringMap) is kept in expiring_map1'],
    configurations: 'as given',
    seconds: 1.5,
    peakMegabytes: 231.4,
    solver: { name: 'z3-embedded', queries: 30, seconds: 1.2 },
    counterexamples: [],
    properties: [],
    ...change,
  }
}

export const refutedNf: VerifiedNf = sampleVerified({
  verdict: 'violated',
  proof: 'refuted',
  counterexamples: [sampleCounterexample],
  properties: [
    {
      name: 'outboundKept',
      title: 'What goes out is kept',
      clause: 'RFC 4787 REQ-5',
      verdict: 'undecided',
      cause: 'vacuous: it speaks of no packet',
      place: { file: 'nfs/nat/properties/kept.ts', line: 12 },
      paths: 3,
      obligations: 3,
      seconds: 0.5,
      counterexamples: [],
    },
  ],
})

export const undecidedNf: VerifiedNf = sampleVerified({
  verdict: 'undecided',
  proof: 'undecided',
  cause: 'bytes: byte 14 (unknown to the solver: z3-embedded: time)',
  causes: [
    {
      what: 'bytes: byte 14 (unknown to the solver: z3-embedded: time)',
      guarantee: 'bytes',
      place: { file: 'nfs/nat/spec.ts', line: 71 },
      paths: 2,
    },
    { what: 'a loop whose end is not known', place: { file: 'nat.wasm', offset: 498 }, paths: 1 },
  ],
  guarantees: [{ guarantee: 'bytes', obligations: 8, failed: 2 }],
})

export const unfinishedNf: UnfinishedNf = {
  kind: 'unfinished',
  nf: 'odd',
  instance: 'odd',
  verdict: 'error',
  cause: 'odd.wasm: imports env.printf, which does not exist',
  exitCode: 2,
}

export function proofResult(nfs: readonly (VerifiedNf | UnfinishedNf)[], change: Partial<RunResult> = {}): RunResult {
  const { replay: _replay, ...rest } = sampleResult({ command: ['vigil', 'verify', 'nat'], nfs })
  return { ...rest, ...change }
}
