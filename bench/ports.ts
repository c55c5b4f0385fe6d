/**
 * Sending onto a veth pair: our back-ends, where they are built, against tcpreplay and trafgen, in turns, `node
 * build/bench/ports.js [PAIRS]`. The frames are 60 bytes, 100,000 different ones (of trafgen as many as it draws); each
 * counts as sent only where the other end has received as many. As root.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createPcapWriter } from '../src/capture/index.js'
import {
  afXdpFile,
  Burst,
  createVeth,
  linkOf,
  NetworkNamespace,
  openAfPacket,
  openAfXdp,
  type PacketPort,
  waitForRoom,
} from '../src/packetio/index.js'

const LENGTH = 60
const DISTINCT = 100_000
const PASSES = 20
const BATCH = 256
const TOTAL = DISTINCT * PASSES

interface Sent {
  /** Millions of frames a second of wall time. */
  readonly rate: number
  /** Processor seconds for a million frames. */
  readonly cpu: number
}

interface Sender {
  readonly name: string
  send(namespace: NetworkNamespace, folder: string): { readonly seconds: number; readonly cpu: number }
}

function frame(number: number, into: Uint8Array, at: number): void {
  into.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5], at)
  new DataView(into.buffer).setUint32(into.byteOffset + at + 30, number)
}

function afPacket(namespace: NetworkNamespace, transmit: 'ring' | 'sendmmsg'): { seconds: number; cpu: number } {
  return ours(openAfPacket('left', { namespace, ringBytes: 1 << 19, transmit }))
}

function ours(port: PacketPort): { seconds: number; cpu: number } {
  try {
    const burst = new Burst(DISTINCT, 64)
    for (let i = 0; i < DISTINCT; i++) {
      frame(i, burst.bytes, i * 64)
      burst.set(i, i * 64, LENGTH)
    }
    const before = process.cpuUsage()
    const start = performance.now()
    for (let sent = 0; sent < TOTAL; ) {
      const at = sent % DISTINCT
      const taken = port.send(burst, at, Math.min(BATCH, DISTINCT - at))
      if (taken === 0) waitForRoom([port], 1)
      sent += taken
    }
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(before)
    return { seconds, cpu: (user + system) / 1e6 }
  } finally {
    port.close()
  }
}

/** A program inside of the namespace. What it takes to start is its own affair, so its own figure of seconds counts. */
function program(
  words: readonly string[],
  namespace: NetworkNamespace,
  took: RegExp,
): { seconds: number; cpu: number } {
  const line = ['-c', 'time -p "$@"', 'bash', 'nsenter', `--net=${namespace.path}`, ...words]
  const { stdout, stderr, status } = spawnSync('bash', line, { encoding: 'utf8' })
  const text = stdout + stderr
  const match = took.exec(text)
  if (status !== 0 || match === null) throw new Error(`${words[0]}: ${text}`)
  const cpu = Number(/^user (.*)$/m.exec(text)?.[1]) + Number(/^sys (.*)$/m.exec(text)?.[1])
  return { seconds: Number(match[1]) + Number(match[2] ?? 0) / 1e6, cpu }
}

const senders: readonly Sender[] = [
  { name: 'af_packet, ring', send: (namespace) => afPacket(namespace, 'ring') },
  { name: 'af_packet, sendmmsg', send: (namespace) => afPacket(namespace, 'sendmmsg') },
  { name: 'af_xdp', send: (namespace) => ours(openAfXdp('left', { namespace })) },
  {
    name: 'tcpreplay --topspeed',
    send: (namespace, folder) =>
      program(
        ['tcpreplay', '-i', 'left', '-t', '-K', '--loop', String(PASSES), join(folder, 'frames.pcap')],
        namespace,
        /sent in ([\d.]+) seconds/,
      ),
  },
  {
    name: 'trafgen -P 1',
    send: (namespace, folder) =>
      program(
        ['trafgen', '-o', 'left', '-n', String(TOTAL), '-P', '1', '-c', join(folder, 'frames.cfg')],
        namespace,
        /(\d+) sec, (\d+) usec on CPU0/,
      ),
  },
]

/** Over a veth pair of its own. @throws Error unless as many frames arrived as were sent. */
function measured(sender: Sender, folder: string): Sent {
  const namespaces = [NetworkNamespace.create(), NetworkNamespace.create()] as const
  const [here, there] = namespaces
  try {
    createVeth({ namespace: here, name: 'left' }, { namespace: there, name: 'right' })
    const { seconds, cpu } = sender.send(here, folder)
    const { received } = linkOf(there, 'right').counts
    // A kernel may say something of its own when a link comes up.
    if (received < TOTAL || received > TOTAL + 20) throw new Error(`${sender.name}: ${received} of ${TOTAL} arrived`)
    return { rate: TOTAL / seconds / 1e6, cpu: (cpu * 1e6) / TOTAL }
  } finally {
    for (const namespace of namespaces) namespace.close()
  }
}

function writeFrames(folder: string): void {
  const bytes = new Uint8Array(LENGTH)
  const writer = createPcapWriter(join(folder, 'frames.pcap'))
  for (let i = 0; i < DISTINCT; i++) {
    frame(i, bytes, 0)
    writer.write({ bytes, time: BigInt(i) * 1000n })
  }
  writer.close()
  writeFileSync(
    join(folder, 'frames.cfg'),
    `{ 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, fill(0, 16), drnd(4), fill(0, ${LENGTH - 34}) }\n`,
  )
}

function isThere(name: string): boolean {
  if (name === 'af_xdp') return existsSync(afXdpFile)
  if (name.startsWith('af_packet')) return true
  return spawnSync(name.split(' ')[0] ?? name, ['--version'], { stdio: 'ignore' }).error === undefined
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

const pairs = Number(process.argv[2] ?? 7)
const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
try {
  writeFrames(folder)
  const present = senders.filter(({ name }) => isThere(name))
  for (const { name } of senders.filter((sender) => !present.includes(sender)))
    console.log(`${name}: not ${name.startsWith('af_') ? 'built' : 'installed'}, left out`)
  console.log(`sending ${TOTAL} frames of ${LENGTH} bytes onto a veth pair, medians of ${pairs} in turns`)
  const runs = new Map<Sender, Sent[]>(present.map((sender) => [sender, []]))
  for (let i = 0; i < pairs; i++) for (const [sender, sent] of runs) sent.push(measured(sender, folder))
  const rates = new Map([...runs].map(([sender, sent]) => [sender, median(sent.map(({ rate }) => rate))]))
  const base = [...rates.values()][0] ?? 0
  for (const [sender, sent] of runs) {
    const rate = rates.get(sender) ?? 0
    const cpu = median(sent.map((each) => each.cpu))
    const ratio = sender === present[0] ? '' : ` | ours ${(base / rate).toFixed(2)} times as many`
    console.log(`${sender.name.padEnd(21)}| ${rate.toFixed(2)} M frames/s | ${cpu.toFixed(2)} CPU-s a million${ratio}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
