/**
 * How late frames are sent: 10,000 a second onto a veth pair by a pacer, in turns with a loop that only watches the clock and
 * so shows what this machine allows, `node build/bench/pacing.js [--seconds N]`. As root.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { createVeth, linkOf, NetworkNamespace, openAfPacket, Pacer, type PacketPort } from '../src/packetio/index.js'

const RATE = 10_000
const GAP = 1e9 / RATE
const LENGTH = 60
/** Of one turn. */
const SLICE = 1
/** The goal: nanoseconds that the 99th percentile of the pacer may be behind that of the loop. */
const ALLOWED = 30_000

/** Lateness of frames, in nanoseconds. */
async function paced(port: PacketPort, spin: boolean, frames: number): Promise<number[]> {
  const pacer = new Pacer([port], { spin })
  try {
    for (const bytes of pacer.frames) bytes.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5])
    const late: number[] = []
    const start = pacer.now() + 20e6
    while (late.length < frames) {
      for (; pacer.room > 0 && pacer.pushed < frames; ) pacer.push(LENGTH, 0, start + pacer.pushed * GAP)
      pacer.publish()
      for (const finished = pacer.finished(); late.length < finished; ) {
        const slot = late.length % pacer.slots
        const error = pacer.errorOf(slot)
        if (error !== undefined) throw new Error(`a frame was not sent: ${error}`)
        late.push(pacer.sentAt(slot) - (start + late.length * GAP))
      }
      await sleep(20)
    }
    return late
  } finally {
    pacer.stop()
  }
}

function watched(frames: number): number[] {
  const late: number[] = []
  const start = performance.now() + 20
  for (let i = 0; i < frames; i++) {
    const due = start + (i * GAP) / 1e6
    let now = performance.now()
    while (now < due) now = performance.now()
    late.push((now - due) * 1e6)
  }
  return late
}

interface Row {
  readonly name: string
  readonly late: number[]
  /** Processor seconds. */
  cpu: number
  run(frames: number): Promise<number[]> | number[]
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function micros(nanoseconds: number): string {
  return `${(nanoseconds / 1000).toFixed(1)} us`.padStart(11)
}

const { seconds = '10' } = parseArgs({ options: { seconds: { type: 'string' } } }).values
const namespaces = [NetworkNamespace.create(), NetworkNamespace.create()] as const
const [here, there] = namespaces
try {
  createVeth({ namespace: here, name: 'left' }, { namespace: there, name: 'right' })
  const port = openAfPacket('left', { namespace: here, ringBytes: 1 << 19 })
  const spinning: Row = { name: 'pacer', late: [], cpu: 0, run: (frames) => paced(port, true, frames) }
  const sleeping: Row = { name: 'pacer, no spin', late: [], cpu: 0, run: (frames) => paced(port, false, frames) }
  const loop: Row = { name: 'clock only', late: [], cpu: 0, run: watched }
  const rows = [spinning, sleeping, loop]
  for (let i = 0; i < Number(seconds); i += SLICE) {
    for (const row of rows) {
      const before = process.cpuUsage()
      row.late.push(...(await row.run(RATE * SLICE)))
      const { user, system } = process.cpuUsage(before)
      row.cpu += (user + system) / 1e6
    }
  }
  port.close()
  console.log(`${RATE} frames a second for ${seconds} s: sent minus due, in turns of ${SLICE} s`)
  console.log(`${' '.repeat(16)}     median        99th      99.9th         max   CPU`)
  for (const { late, name, cpu } of rows) {
    late.sort((a, b) => a - b)
    const figures = [0.5, 0.99, 0.999, 1].map((share) => micros(percentile(late, share))).join(' ')
    console.log(`${name.padEnd(16)}${figures} ${((cpu / Number(seconds)) * 100).toFixed(0).padStart(4)} %`)
  }
  const behind = percentile(spinning.late, 0.99) - percentile(loop.late, 0.99)
  const met = behind <= ALLOWED ? 'met' : 'missed'
  console.log(`99th: ${(behind / 1000).toFixed(1)} us behind the clock; goal at most ${ALLOWED / 1000} us: ${met}`)
  // Before its time is never right.
  const early = [spinning, sleeping].reduce((sum, { late }) => sum + late.filter((each) => each < 0).length, 0)
  const sent = spinning.late.length + sleeping.late.length
  const { received } = linkOf(there, 'right').counts
  if (early > 0 || received !== sent) throw new Error(`${early} frames left early, ${received} of ${sent} arrived`)
} finally {
  for (const namespace of namespaces) namespace.close()
}
