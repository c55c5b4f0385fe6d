/**
 * Forwarding between two devices of DPDK: network functions in our loop against testpmd's macswap, in turns, one core each,
 * `node build/bench/dpdk/main.js [TURNS]`. The devices are net_pcap: each gives the frames of a capture, 58,000 flows of 60
 * bytes, again and again, and drops what it is given. Rates are of a second of processor time, of all threads of ours and of
 * testpmd's forwarding thread, so that what else runs on the machine matters less. Nothing here is a network card's figure.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { dpdkFile } from '../../src/packetio/index.js'
import { DEFAULT_BURST } from '../../src/testbed/index.js'
import { kinds } from '../judge/kinds.js'
import { FLOWS, writeCaptures } from './captures.js'
import type { Forwarded } from './forward.js'
import { testpmdRate } from './testpmd.js'

const SECONDS = 3
/** testpmd's forwarding core, of `-l 0,1`. */
const CORE = '1'
const measured = kinds.filter(({ nf }) => ['nop', 'nat', 'bridge'].includes(nf))

/** @returns Frames a second of processor time. @throws Error where not all that came in left. */
function ourRate(nf: string, devices: readonly string[]): number {
  const script = fileURLToPath(new URL('./forward.js', import.meta.url))
  const line = ['-c', CORE, process.execPath, script, nf, String(SECONDS), ...devices]
  const { stdout, stderr, status } = spawnSync('taskset', line, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${nf}: ${stdout}${stderr}`)
  const { frames, seconds, left, processed }: Forwarded = JSON.parse(stdout)
  if (left !== processed) throw new Error(`${nf}: ${left} of ${processed} frames left`)
  return frames / seconds
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

async function compare(turns: number, folder: string): Promise<void> {
  for (const kind of measured) {
    const files = [join(folder, `${kind.nf}0.pcap`), join(folder, `${kind.nf}1.pcap`)] as const
    await writeCaptures(kind, files)
    const devices = files.map((file, i) => `net_pcap${i},rx_pcap=${file},infinite_rx=1`)
    const ours: number[] = []
    const theirs: number[] = []
    for (let i = 0; i < turns; i++) {
      ours.push(ourRate(kind.nf, devices))
      const rate = await testpmdRate(devices, DEFAULT_BURST, SECONDS, folder)
      if (rate !== undefined) theirs.push(rate)
    }
    const [own, other] = [median(ours) / 1e6, median(theirs) / 1e6]
    const peer =
      theirs.length === 0
        ? 'testpmd is not installed (Debian: apt install dpdk-dev), left out'
        : `testpmd macswap ${other.toFixed(2)} Mpps | ratio ${(own / other).toFixed(2)}`
    console.log(`${kind.nf.padEnd(7)}| ours ${own.toFixed(2)} Mpps | ${peer}`)
  }
}

if (existsSync(dpdkFile)) {
  const turns = Number(process.argv[2] ?? 5)
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
  try {
    console.log(`${FLOWS} flows a device, bursts of ${DEFAULT_BURST}, a core each, medians of ${turns} in turns`)
    await compare(turns, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else console.log('DPDK was not built in (Debian: apt install libdpdk-dev pkg-config), left out')
