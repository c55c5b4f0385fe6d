/**
 * Memory of a replay: `node build/bench/memory/main.js`. A capture of a million packets, 58,000 flows both ways, is made
 * in a temporary directory and replayed through nat in a process of its own, as `vigil replay` does. Prints the peak of
 * resident memory against 300 MB, and the exit code is 1 where it is above, or not every packet was judged as right.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createPcapWriter } from '../../src/capture/index.js'
import { replay } from '../../src/replay/index.js'
import { Random } from '../../src/testbed/index.js'
import { answer, FRAME, kinds } from '../judge/kinds.js'

const PACKETS = 1_000_000
const FLOWS = 58_000
const LIMIT_MB = 300
const nf = 'nat'

interface Seen {
  readonly packets: number
  readonly right: number
  readonly verdict: string
  readonly seconds: number
  readonly peakMegabytes: number
}

/** Every flow speaks first; later packets are of random flows, every other one an answer. */
function makeCapture(path: string): void {
  const kind = kinds.find((one) => one.nf === nf)
  if (kind === undefined) throw new Error(`no traffic for ${nf}`)
  const random = new Random(1, 'memory')
  const writer = createPcapWriter(path)
  const bytes = new Uint8Array(2 * FRAME)
  for (let i = 0; i < PACKETS; i++) {
    kind.open(i < FLOWS ? i : random.below(FLOWS), bytes, 0)
    answer(bytes, 0, bytes, FRAME)
    const at = i < FLOWS || i % 2 === 0 ? 0 : FRAME
    writer.write({ bytes: bytes.slice(at, at + FRAME), time: 1_700_000_000_000_000_000n + BigInt(i) * 100_000n })
  }
  writer.close()
}

async function replayed(path: string): Promise<Seen> {
  const result = await replay({ traces: [path], nf })
  const { packetsChecked = 0, outcomes } = result.nfs[0] ?? {}
  return {
    packets: packetsChecked,
    right: outcomes?.rewritten ?? 0,
    verdict: result.verdict,
    seconds: result.durationSeconds,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }
}

function bench(): void {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-bench-memory-'))
  try {
    const path = join(directory, 'million.pcap')
    makeCapture(path)
    const self = fileURLToPath(import.meta.url)
    const seen: Seen = JSON.parse(execFileSync(process.execPath, [self, '--replay', path], { encoding: 'utf8' }))
    const { packets, right, verdict, seconds, peakMegabytes } = seen
    const ratio = (peakMegabytes / LIMIT_MB).toFixed(2)
    console.log(
      `replay of ${packets} packets through ${nf}: ${verdict}, ${right} rewritten, ${seconds.toFixed(1)} s; ` +
        `peak ${peakMegabytes.toFixed(0)} MB, ratio to ${LIMIT_MB} MB ${ratio}`,
    )
    if (packets !== PACKETS || right !== PACKETS || verdict !== 'holds' || peakMegabytes > LIMIT_MB) {
      console.error('memory: not every packet was judged and right, or the peak is above the limit')
      process.exitCode = 1
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const [flag, path] = process.argv.slice(2)
if (flag === '--replay' && path !== undefined) console.log(JSON.stringify(await replayed(path)))
else bench()
