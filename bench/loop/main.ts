/**
 * The loop of a network function by itself, without ports: WebAssembly in bursts of 32 against the same algorithm in C by
 * `gcc -O3` (native/), in turns, `node build/bench/loop/main.js [TURNS] [ENTRIES]`. Both are given the same flows in the same random
 * order, 60,000 entries in tables of 65,535, and copy each frame into the burst. Rates are of a second of processor time, of all
 * threads. It fails where the two do not give the same verdicts and bytes. Pauses of the garbage collector are of wall time: on a
 * busy machine, also of others' turns.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { type Kind, kinds } from '../judge/kinds.js'
import { CAPACITY, writeLoad } from './load.js'
import type { Looped, OurLooped } from './ours.js'

const SECONDS = '1'
/** Milliseconds: the goal is that no pause of the garbage collector is longer. */
const LONG_PAUSE = 1
const native = fileURLToPath(new URL('../../../bench/loop/native/', import.meta.url))
const IN_C = ['nop', 'nat', 'policer']
/** Millions of packets a second: Zaostrovnykh et al., "Vigor", SOSP 2019, table 5. */
const VIGOR: Readonly<Record<string, number>> = {
  nop: 8.27,
  nat: 4.86,
  firewall: 5.36,
  bridge: 4.94,
  balancer: 4.02,
  policer: 5.21,
}

interface Rates {
  readonly ours: Looped[]
  readonly inC: Looped[]
  /** Milliseconds of wall time. */
  readonly pauses: number[]
}

/** @returns Why there is no such program, if so. */
function compile(nf: string, folder: string): string | undefined {
  const line = ['-O3', '-std=gnu11', '-Wall', '-Wextra', '-o', join(folder, nf), join(native, `${nf}.c`)]
  const { error, status, stderr } = spawnSync('gcc', line, { encoding: 'utf8' })
  if (error !== undefined) return 'no gcc (Debian: apt install gcc libc6-dev)'
  return status === 0 ? undefined : stderr
}

function ran<T>(words: readonly [string, ...string[]]): T {
  const [program, ...rest] = words
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}

function measure(kind: Kind, entries: number, turns: number, folder: string): Rates {
  const { nf } = kind
  const files = [join(folder, 'frames'), join(folder, 'order')] as const
  writeLoad(kind, entries, ...files)
  const missing = IN_C.includes(nf) ? compile(nf, folder) : undefined
  if (missing !== undefined) console.log(`${nf} in C left out: ${missing}`)
  const isInC = IN_C.includes(nf) && missing === undefined
  const script = fileURLToPath(new URL('./ours.js', import.meta.url))
  const rates: Rates = { ours: [], inC: [], pauses: [] }
  for (let turn = 0; turn < turns; turn++) {
    const ours = ran<OurLooped>([process.execPath, script, nf, ...files, SECONDS])
    refuseDrops(nf, ours)
    rates.ours.push(ours)
    rates.pauses.push(...ours.pauses)
    if (!isInC) continue
    const theirs = ran<Looped>([join(folder, nf), ...files, String(CAPACITY), SECONDS])
    rates.inC.push(theirs)
    if (theirs.digest !== ours.digest) throw new Error(`${nf}: in C other frames or verdicts come of the same flows`)
  }
  return rates
}

function refuseDrops(nf: string, { packets, left }: Looped): void {
  if (left !== packets) throw new Error(`${nf}: ${left} of ${packets} packets left`)
}

/** Nanoseconds a packet: of the whole loop, and of the function in it. */
function costs({ packets, seconds, around }: Looped): { readonly whole: number; readonly own: number } {
  return { whole: (seconds / packets) * 1e9, own: (Math.max(0, seconds - around) / packets) * 1e9 }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

const turns = Number(process.argv[2] ?? 7)
const entries = Number(process.argv[3] ?? 60_000)
const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
try {
  console.log(`${entries} of ${CAPACITY} entries are in use, frames of 64 bytes with FCS, medians of ${turns} in turns`)
  console.log(
    'Mpps are of a second of processor time in the loop alone: copy in, process, verdict; no port and no network card.',
  )
  console.log('Vigor: SOSP 2019 table 5, another machine, through a 10G network card; for orientation only.')
  console.log(
    'alone: of the function, without what the loop takes around it. Ratios of C to ours, of each turn; goal 0.9.',
  )
  for (const kind of kinds) {
    const { ours, inC, pauses: all } = measure(kind, entries, turns, folder)
    const [own, other] = [ours.map(costs), inC.map(costs)]
    const text = (list: typeof own): string =>
      `${(1000 / median(list.map(({ whole }) => whole))).toFixed(1)} Mpps, alone ${median(list.map((each) => each.own)).toFixed(0)} ns`
    const ratio = (key: 'whole' | 'own'): string =>
      median(other.map((each, turn) => each[key] / (own[turn]?.[key] ?? 1))).toFixed(2)
    const beside = other.length === 0 ? '' : ` | C ${text(other)} | ratio ${ratio('whole')}, alone ${ratio('own')}`
    const [pauses, longest] = [all.length, Math.max(0, ...all)]
    const long = all.filter((pause) => pause > LONG_PAUSE).length
    const collector = `collector ${pauses} pauses, ${long} above ${LONG_PAUSE} ms, longest ${longest.toFixed(2)} ms`
    console.log(`${kind.nf.padEnd(8)} | ours ${text(own)}${beside} | Vigor ${VIGOR[kind.nf]} Mpps | ${collector}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
