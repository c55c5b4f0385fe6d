/** Results as runs give them, for the tests of what is made from results. */

import type { NfResult, Outcomes, RunResult, Violation } from '../../src/result/index.js'

const sha = (digit: string) => digit.repeat(64)

export const sampleBinary = { file: 'build/nfs/nat.wasm', sha256: sha('b'), libvigSha256: sha('c') }

export const sampleInput =
  '0200000000010200000000020800450000280001000040067cd00a000001cb0071050400005000000001000000005002200000000000'
const expectedBytes = sampleInput.replace('0a000001', 'c6336401')
const actualBytes = sampleInput.replace('0a000001', 'c6336402')

export const sampleViolation: Violation = {
  nf: 'nat',
  instance: 'nat',
  summary: 'ipv4 src is 198.51.100.2, must be 198.51.100.1',
  kind: 'bytes',
  trace: 'traces/nat-web.pcap',
  packet: 17,
  time: '1700000000123456789',
  ingress: 0,
  expected: { text: 'forward on port 1', ports: [1], bytes: expectedBytes },
  actual: { text: 'forward on port 1', ports: [1], bytes: actualBytes },
  input: sampleInput,
  differences: [{ layer: 'ipv4', field: 'src', expected: '198.51.100.1', actual: '198.51.100.2' }],
  site: { file: 'nfs/nat/spec.ts', line: 71, text: 'return forward(config.wan, …)', clause: 'RFC 3022 section 2.2' },
}

/** Expected to be dropped, flooded instead. */
export const floodViolation: Violation = {
  nf: 'nat',
  instance: 'nat',
  summary: 'sent on ports 1 and 2, must be dropped',
  kind: 'verdict',
  time: '0',
  ingress: 0,
  expected: { text: 'drop', ports: [] },
  actual: { text: 'forward on ports 1 and 2', ports: [1, 2], bytes: sampleInput },
  input: sampleInput,
  differences: [],
}

const noOutcomes: Outcomes = {
  forwarded: 0,
  rewritten: 0,
  flooded: 0,
  dropped: 0,
  unspecified: 0,
  violated: 0,
  undecided: 0,
}

export function sampleNf(change: Partial<NfResult> = {}): NfResult {
  return {
    kind: 'judged',
    nf: 'nat',
    instance: 'nat',
    spec: { file: 'nfs/nat/spec.ts', title: 'Traditional NAPT (RFC 3022 section 2.2)', sha256: sha('a') },
    binary: sampleBinary,
    config: { wan: '1', externalIp: '198.51.100.1' },
    options: { refreshOn: 'both' },
    verdict: 'holds',
    packetsSent: 100,
    packetsReceived: 90,
    packetsChecked: 100,
    outcomes: { ...noOutcomes, rewritten: 90, dropped: 10 },
    violationCount: 0,
    violations: [],
    ignored: {},
    coverage: [
      { file: 'nfs/nat/spec.ts', line: 52, kind: 'drop', text: 'return drop()', clause: 'RFC 3022 4.1', packets: 10 },
      { file: 'nfs/nat/spec.ts', line: 54, kind: 'drop', text: 'return drop()', clause: '', packets: 0 },
      {
        file: 'nfs/nat/spec.ts',
        line: 71,
        kind: 'forward',
        text: 'return forward(config.wan, …)',
        clause: 'RFC 3022 section 2.2',
        packets: 90,
      },
    ],
    ...change,
  }
}

export function sampleResult(change: Partial<RunResult> = {}): RunResult {
  return {
    tool: 'vigil',
    version: '0.1.0',
    command: ['vigil', 'replay', 'traces/nat-web.pcap', '--nf', 'nat'],
    startedAt: '2026-01-02T03:04:05.678Z',
    durationSeconds: 1.25,
    seed: 1,
    environment: { node: 'v20.11.0', platform: 'linux 6.1 x64', cpus: 2, cpuModel: 'a processor' },
    verdict: 'holds',
    exitCode: 0,
    nfs: [sampleNf()],
    replay: {
      topology: 'two-port',
      plan: ['clients 10.0.0.0/8 enter port 0'],
      traces: [
        {
          file: 'traces/nat-web.pcap',
          format: 'pcap',
          packetsRead: 103,
          packetsSent: 100,
          skipped: { 'cut by snap length': 3 },
          transportSent: 95,
          transportForwarded: 90,
          transportTranslated: 90,
        },
      ],
    },
    ...change,
  }
}

export function violatedResult(violations: readonly Violation[] = [sampleViolation, floodViolation]): RunResult {
  const outcomes = { ...noOutcomes, rewritten: 88, dropped: 10, violated: 2 }
  const nf = sampleNf({ verdict: 'violated', outcomes, violationCount: violations.length, violations })
  return sampleResult({ verdict: 'violated', exitCode: 1, nfs: [nf] })
}

export function networkResult(network: Readonly<Record<string, number>>): RunResult {
  return sampleResult({ replay: { topology: 'two-port', plan: [], traces: [], network } })
}
