/**
 * Traces through a device under test in real time: ours with every packet judged, against `tcpreplay --topspeed`, which
 * judges nothing, through the same network function on the same kind of wires, in turns: `node build/bench/live.js [PAIRS]`.
 * Counted is what comes out. As root.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startDevice } from '../src/device/index.js'
import { profile, writeTrace } from '../src/generate/index.js'
import { Burst, openAfPacket, waitForFrames } from '../src/packetio/index.js'
import { replay } from '../src/replay/index.js'
import { loadTopology, loadTopologyNf } from '../src/testbed/index.js'
import { createPairs } from '../src/wires/index.js'

const PACKETS = 100_000
const TOPOLOGY = 'two-port-veth'
/** Milliseconds without a frame after which none comes any more. */
const SILENCE = 200

/** Frames a second that come out, and how many of those sent. */
interface Passed {
  readonly rate: number
  readonly share: number
}

async function ours(nf: string, trace: string): Promise<Passed> {
  // By one port, as tcpreplay does: where answers enter by another, each waits for what it answers.
  const result = await replay({ nf, topology: TOPOLOGY, traces: [trace], speed: 'max', portRules: ['interface=0@0'] })
  const [judged] = result.nfs
  const { real } = result.replay ?? {}
  if (judged === undefined || real === undefined) throw new Error('nothing was judged')
  if (result.verdict === 'violated') throw new Error(judged.violations[0]?.summary)
  return { rate: real.packetsPerSecond, share: judged.packetsReceived / judged.packetsSent }
}

async function tcpreplay(nf: string, trace: string): Promise<Passed> {
  const topology = loadTopology(TOPOLOGY)
  const [node] = topology.nodes
  if (node === undefined) throw new Error('a topology without a node')
  const loaded = await loadTopologyNf(node, topology, { nf })
  const pairs = createPairs(loaded.nf.config, 1500)
  const { namespace, devices, testers } = pairs
  const device = await startDevice({
    topology,
    node,
    asked: { nf },
    settings: {},
    side: { namespace, interfaces: devices, lent: [] },
    burst: 32,
    polling: 'wait',
  })
  const [from, to] = testers
  if (from === undefined || to === undefined) throw new Error('two ports are needed')
  const port = openAfPacket(to.name, { namespace: to.namespace, ringBytes: 64 << 20 })
  try {
    const words = [`--net=${from.namespace.path}`, 'tcpreplay', '-q', '--topspeed', '-i', from.name, trace]
    const child = spawn('nsenter', words, { stdio: 'ignore' })
    const ended = once(child, 'close')
    const burst = new Burst(256, 2048)
    let received = 0
    let first = 0
    let last = 0
    for (let silent = performance.now(); received === 0 || performance.now() - silent < SILENCE; ) {
      const count = port.receive(burst)
      if (count === 0) {
        waitForFrames([port], 1)
        if (child.exitCode !== null && received === 0 && performance.now() - silent > 10 * SILENCE) break
        await new Promise(setImmediate)
        continue
      }
      if (received === 0) first = performance.now()
      received += count
      silent = performance.now()
      last = silent
    }
    await ended
    return { rate: (received / (last - first)) * 1000, share: received / PACKETS }
  } finally {
    port.close()
    await device.stop()
    pairs.close()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

const turns = Number(process.argv[2] ?? 5)
const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
try {
  console.log(`${PACKETS} packets through a network function, as fast as may be, medians of ${turns} in turns`)
  for (const nf of ['nop', 'firewall']) {
    const trace = join(folder, `${nf}.pcap`)
    writeTrace(trace, { ...profile('policer'), packets: PACKETS })
    const all: { readonly judged: Passed[]; readonly peer: Passed[] } = { judged: [], peer: [] }
    for (let turn = 0; turn < turns; turn++) {
      all.judged.push(await ours(nf, trace))
      all.peer.push(await tcpreplay(nf, trace))
    }
    const rates = [all.judged, all.peer].map((each) => median(each.map(({ rate }) => rate)))
    const shares = [all.judged, all.peer].map((each) => median(each.map(({ share }) => share)))
    const [judged = 0, peer = 0] = rates
    const text = (rate: number, share = 0): string =>
      `${(rate / 1000).toFixed(0)} k/s, ${(100 * share).toFixed(1)} % out`
    console.log(
      `${nf.padEnd(8)} | judged ${text(judged, shares[0])} | tcpreplay ${text(peer, shares[1])} | ours ${(judged / peer).toFixed(2)} times (goal 1)`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
