/** Cases for a bridge with VLANs, as topologies/bridge-vlan-linux.yaml has them, to be run on a kernel that filters them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { conform } from '../../../src/conform/conform.js'
import { loadSpecSubject } from '../../../src/derive/subject.js'
import { overrideWord, settingsOf } from '../../../src/nf/index.js'
import { buildFrame } from '../../../src/packet/index.js'
import type { NfResult, RunResult } from '../../../src/result/index.js'
import { loadTopology } from '../../../src/testbed/index.js'
import { caseFile, MS, packet } from '../../conform/real/cases.js'
import { temporary } from '../../temporary.js'
import { CABLED, type Part } from './machine.js'

const C_TAG = 0x8100
const S_TAG = 0x88a8
const AGEING = 300n * MS
const AGES = ['ageingTime=300ms']

/** From one station to another with these tags, the outermost first: `[id, priority, TPID]`. */
function frame(
  src: number,
  dst: number,
  ...tags: readonly (readonly [id: number, priority?: number, tpid?: number])[]
): Uint8Array {
  const plain = buildFrame({
    ethernet: { dst: `02:00:00:00:10:0${dst}`, src: `02:00:00:00:10:0${src}`, type: 0x88b5 },
    payload: new Uint8Array(46).fill(src),
  })
  const words = tags.flatMap(([id, priority = 0, tpid = C_TAG]) => [tpid, (priority << 13) | id])
  return Uint8Array.from([
    ...plain.subarray(0, 12),
    ...words.flatMap((word) => [word >> 8, word & 255]),
    ...plain.subarray(12),
  ])
}

function toBridges(): Uint8Array {
  const bytes = frame(1, 2)
  bytes.set([0x01, 0x80, 0xc2, 0, 0, 0])
  return bytes
}

const CASES = {
  'two-forms': [packet(0, frame(1, 2)), packet(2, frame(2, 1, [10])), packet(1, frame(3, 2))],
  trunks: [packet(2, frame(1, 2)), packet(3, frame(2, 1, [20]))],
  priority: [packet(0, frame(1, 2, [0, 5])), packet(2, frame(2, 3, [0, 3])), packet(1, frame(4, 5, [10, 7]))],
  filtered: [
    packet(0, frame(1, 2, [20])),
    packet(2, frame(1, 2, [9])),
    packet(2, frame(1, 2, [21])),
    packet(3, frame(1, 2, [19])),
    packet(3, frame(1, 2, [4095])),
    // None of them was learned.
    packet(1, frame(3, 1)),
  ],
  nobody: [packet(3, frame(1, 2)), packet(2, frame(1, 2, [15])), packet(3, frame(1, 2, [4094]))],
  'two-vlans': [
    packet(0, frame(1, 9)),
    packet(3, frame(1, 9, [20])),
    packet(2, frame(5, 1, [10])),
    packet(2, frame(6, 1, [20])),
  ],
  stacked: [
    packet(0, frame(1, 2, [7, 0, S_TAG])),
    packet(2, frame(2, 1, [10], [5])),
    packet(2, frame(2, 9, [7, 0, S_TAG], [3])),
  ],
  aged: [packet(0, frame(1, 2)), packet(2, frame(2, 1, [10])), packet(1, frame(3, 1), AGEING + 200n * MS)],
  reserved: [packet(0, toBridges()), packet(0, frame(1, 2))],
} as const

const TOPOLOGY = 'bridge-vlan-linux'
const FILES = Object.entries(CASES).map(([name, packets]) => caseFile(name, packets))

/** The same bridge as a box that is cabled to this machine. It is slow while this machine is busy. */
function asBox(): string {
  const text = readFileSync(`topologies/${TOPOLOGY}.yaml`, 'utf8')
  const interfaces = CABLED.map((name, port) => `dut.${port}: ${name}`).join(', ')
  const file = join(temporary(), 'box.yaml')
  const ports = `ports: { kind: interfaces, interfaces: { ${interfaces} } }`
  const device = `device: { kind: external, forgets: ${AGEING / MS + 100n} ms, within: 150 ms }`
  writeFileSync(file, text.replace(/^ports: .*$/m, ports).replace(/^device:\n(?: .*\n)+/m, `${device}\n`))
  return file
}

async function run(files: readonly string[]): Promise<RunResult<NfResult>> {
  return conform({ nf: 'linux-bridge', topology: asBox(), config: AGES, cases: files, failureLimit: 0 })
}

/** What the topology sets the bridge up with, as text for a shell. */
async function setUp(): Promise<string> {
  const { device, nodes } = loadTopology(TOPOLOGY)
  if (device.kind !== 'command' || device.setup === undefined) throw new Error(`${TOPOLOGY} sets nothing up`)
  const config = Object.entries(nodes[0]?.config ?? {}).map(([name, value]) => overrideWord({ name, value }))
  const settings = settingsOf((await loadSpecSubject('linux-bridge', [...config, ...AGES])).config)
  const names = CABLED.map((_, port) => `eth${port}`).join(' ')
  const variables = Object.entries(settings).map(([name, value]) => `${name}='${value}'`)
  return [...variables, `PORTS='${names}'`, 'for name in $PORTS; do ip link set $name up; done', device.setup].join(
    '\n',
  )
}

export interface Vlans extends Part {
  /** Of the bridge as it is set up, and of one that sends the VLAN of a trunk's untagged frames untagged. */
  readonly results: RunResult<NfResult>[]
}

export function vlans(): Vlans {
  const results: RunResult<NfResult>[] = []
  const script = async () =>
    [
      'set -e',
      await setUp(),
      'echo READY; read line',
      'bridge vlan add vid 20 pvid untagged dev eth2',
      'echo READY; read line',
    ].join('\n')
  const part = (files: readonly string[]) => async () => {
    results.push(await run(files))
  }
  return { results, script, files: {}, meanwhile: [part(FILES), part(FILES.slice(1, 2))] }
}
