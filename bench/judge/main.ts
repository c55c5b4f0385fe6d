/**
 * Judging against 1,000,000 packets a second: `node build/bench/judge/main.js [NF...]`. Each network function has a
 * process of its own, as in `vigil replay --nf`. `--one NF` measures in this process and prints JSON, for profiles.
 * `--packets N` sets the packets of a round. The exit code is 1 where anything but speed is wrong.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { calibrate } from './calibrate.js'
import { kinds } from './kinds.js'
import { type Figures, faults, measure, ROUNDS } from './measure.js'

const GOAL = 1_000_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { one: { type: 'boolean', default: false }, packets: { type: 'string', default: '1000000' } },
})
const names = positionals.length > 0 ? positionals : kinds.map(({ nf }) => nf)

if (values.one) {
  console.log(JSON.stringify(await measure(names[0] ?? '', Number(values.packets))))
} else {
  console.log(
    `judging: ${ROUNDS} rounds of ${values.packets} packets each, 64-byte frames, medians, best rounds beside`,
  )
  const before = calibrate()
  const wrong = names.flatMap((name) => {
    const figures = inOwnProcess(name)
    console.log(line(figures))
    return faults(figures)
  })
  const after = calibrate()
  console.log(`a fixed loop took ${before.loop.toFixed(0)} ms before and ${after.loop.toFixed(0)} ms after (CPU time),`)
  console.log(`a random read of 8 MB ${before.read.toFixed(0)} ns before and ${after.read.toFixed(0)} ns after`)
  for (const fault of wrong) console.error(fault)
  if (wrong.length > 0) process.exitCode = 1
}

function inOwnProcess(name: string): Figures {
  const self = fileURLToPath(import.meta.url)
  const { stdout, status } = spawnSync(process.execPath, [self, '--one', name, '--packets', values.packets], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`measuring ${name} failed`)
  return JSON.parse(stdout)
}

function line({ nf, judged, bare, occupancy, expired, planted, found, passed, peakMemory }: Figures): string {
  return [
    nf.padEnd(9),
    `${million(judged.median.cpu)} M/CPU-s, best ${million(judged.best)}, ${million(judged.median.wall)} M/s wall`,
    `ratio ${(judged.median.cpu / GOAL).toFixed(2)}`,
    `unjudged ${million(bare.median.cpu)} M/CPU-s, best ${million(bare.best)}`,
    `judged/unjudged ${(judged.median.cpu / bare.median.cpu).toFixed(2)}`,
    occupancy === undefined
      ? 'no table'
      : `${percent(occupancy[0])} to ${percent(occupancy[1])} full, ${expired} expired`,
    `${found} of ${planted} planted found`,
    `${percent(passed)} passed`,
    `peak ${peakMemory.toFixed(0)} MB`,
  ].join(' | ')
}

function million(rate: number): string {
  return (rate / 1e6).toFixed(2)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
