/**
 * Reading captures against `tcpdump -r FILE -w /dev/null`: `node build/bench/capture/main.js`. Every record is parsed
 * and every byte summed; the sum is compared with the one computed when the file was made. Ratios below 1 are faster
 * than tcpdump. `--read FILE [TIMES]` reads one file and prints what it saw and the memory it took.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { checksumOf } from './checksum.js'
import { makeFile, type Shape } from './files.js'

const rounds = 7
const shapes: readonly Shape[] = [
  { format: 'pcap', frameLength: 60, packets: 4_000_000 },
  { format: 'pcap', frameLength: 1500, packets: 200_000 },
  { format: 'pcapng', frameLength: 60, packets: 1_600_000 },
  { format: 'pcapng', frameLength: 1500, packets: 120_000 },
]
const self = fileURLToPath(import.meta.url)

async function readOnce(path: string): Promise<void> {
  const start = performance.now()
  const { packets, checksum } = await checksumOf(path)
  const milliseconds = performance.now() - start
  const peakKilobytes = process.resourceUsage().maxRSS
  console.log(JSON.stringify({ packets, checksum: hex(checksum), milliseconds, peakKilobytes }))
}

interface Times {
  /** Milliseconds in this process, which is warm. */
  readonly here: number[]
  /** Milliseconds of a fresh node process, its start included. */
  readonly process: number[]
  readonly tcpdump: number[]
}

async function measure(path: string, expected: number, tcpdump: boolean): Promise<Times> {
  const times: Times = { here: [], process: [], tcpdump: [] }
  // Round 0 warms page cache and compiler and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const here = await timed(async () => {
      const { checksum } = await checksumOf(path)
      if (checksum !== expected) throw new Error(`checksum ${hex(checksum)}, expected ${hex(expected)}`)
    })
    const fresh = await timed(() => execFileSync(process.execPath, [self, '--read', path]))
    const other = tcpdump ? await timed(() => runTcpdump(['-r', path, '-w', '/dev/null'])) : Number.NaN
    if (round === 0) continue
    times.here.push(here)
    times.process.push(fresh)
    times.tcpdump.push(other)
  }
  return times
}

async function timed(action: () => unknown): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}

function runTcpdump(args: readonly string[]): void {
  const { status, error, stderr } = spawnSync('tcpdump', args, { encoding: 'utf8' })
  if (error !== undefined || status !== 0) throw new Error(`tcpdump ${args.join(' ')} failed: ${stderr}`)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function hex(checksum: number): string {
  return (checksum >>> 0).toString(16).padStart(8, '0')
}

function report(shape: Shape, length: number, expected: number, times: Times): void {
  const [here, fresh, tcpdump] = [median(times.here), median(times.process), median(times.tcpdump)]
  const rate = `${(shape.packets / here / 1000).toFixed(1)} Mpackets/s, ${(length / here / 1e6).toFixed(2)} GB/s`
  console.log(
    `${shape.format} of ${shape.packets} frames of ${shape.frameLength} bytes, ${(length / 1e6).toFixed(0)} MB`,
  )
  console.log(`  checksum ${hex(expected)} over all fields and bytes, as expected; ${rate}`)
  console.log(`  medians of ${rounds}: ${here.toFixed(1)} ms here, ${fresh.toFixed(1)} ms as a process of its own`)
  if (Number.isNaN(tcpdump)) return
  const pairs = times.here.map((value, i) => value / (times.tcpdump[i] ?? Number.NaN))
  const range = `${Math.min(...pairs).toFixed(2)} to ${Math.max(...pairs).toFixed(2)}`
  console.log(`  tcpdump ${tcpdump.toFixed(1)} ms; ratio ${(here / tcpdump).toFixed(2)} (pairs ${range})`)
  console.log(`  ratio with the start of node counted: ${(fresh / tcpdump).toFixed(2)}`)
}

function memory(directory: string): void {
  for (const packets of [20_000, 200_000, 2_000_000]) {
    const path = join(directory, `memory-${packets}`)
    makeFile(path, { format: 'pcap', frameLength: 60, packets })
    const { peakKilobytes } = JSON.parse(execFileSync(process.execPath, [self, '--read', path], { encoding: 'utf8' }))
    const size = (statSync(path).size / 1e6).toFixed(1).padStart(6)
    console.log(`peak memory reading ${size} MB: ${(Number(peakKilobytes) / 1024).toFixed(0)} MiB`)
    rmSync(path)
  }
}

async function bench(): Promise<void> {
  const tcpdump = spawnSync('tcpdump', ['--version']).status === 0
  if (!tcpdump) console.log('tcpdump is not installed: no ratios')
  const directory = mkdtempSync(join(tmpdir(), 'vigil-bench-capture-'))
  try {
    for (const shape of shapes) {
      const path = join(directory, `${shape.frameLength}.${shape.format}`)
      const expected = makeFile(path, shape)
      report(shape, statSync(path).size, expected, await measure(path, expected, tcpdump))
      rmSync(path)
    }
    memory(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const [flag, path, repeat = '1'] = process.argv.slice(2)
if (flag === '--read' && path !== undefined) {
  for (let i = 0; i < Number(repeat); i++) await readOnce(path)
} else {
  await bench()
}
