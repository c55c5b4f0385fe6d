/** The loop around a network function, in a process of its own: `node ours.js NF FRAMES ORDER SECONDS` prints JSON. */
import { readFileSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { NfInstance } from '../../src/nf/index.js'
import { beatsOf, DEFAULT_BURST, loadTopology } from '../../src/testbed/index.js'
import { FRAME, kinds } from '../judge/kinds.js'
import { loadMeasured, STRIDE } from './load.js'

export interface Looped {
  readonly packets: number
  readonly left: number
  /** Of processor time, of all threads. */
  readonly seconds: number
  /** Of these, what the same loop takes without the function. */
  readonly around: number
  /** Of the verdicts and frames of one pass over all flows. */
  readonly digest: string
}

export interface OurLooped extends Looped {
  /** Pauses of the garbage collector while it was measured, in milliseconds of wall time. */
  readonly pauses: readonly number[]
}

/** As in native/loop.h. */
const TICK = 32_000n
const START = 1_700_000_000_000_000_000n
const [PRIME, BASIS, MASK] = [0x100000001b3n, 0xcbf29ce484222325n, 2n ** 64n - 1n]

class Loop {
  readonly #nf: NfInstance
  readonly #frames: Uint8Array
  #now = START

  constructor(nf: NfInstance, frames: Uint8Array) {
    this.#nf = nf
    this.#frames = frames
  }

  /** The flows `order[from, from + count)`, copied in and, if so, processed. @returns How many left. */
  run(order: Uint32Array, from: number, count: number, isProcessed = true): number {
    const nf = this.#nf
    const frames = this.#frames
    const now = this.#now
    for (let i = 0; i < count; i++) {
      const start = (order[from + i] ?? 0) * STRIDE
      nf.setFrame(i, frames, start, FRAME, frames[start + FRAME] ?? 0, now)
    }
    if (isProcessed) nf.run(count)
    let left = 0
    for (let i = 0; i < count; i++) if (nf.verdict(i) !== 0) left += 1
    this.#now = now + TICK
    return left
  }

  /** FNV-1a of the burst that was just processed. */
  digest(hash: bigint, count: number): bigint {
    let all = hash
    const add = (byte: number): void => {
      all = ((all ^ BigInt(byte & 0xff)) * PRIME) & MASK
    }
    for (let i = 0; i < count; i++) {
      const start = this.#nf.frameBuffer(i)
      add(this.#nf.result(i))
      for (let at = 0; at < FRAME; at++) add(this.#nf.bytes[start + at] ?? 0)
    }
    return all
  }
}

/** What a balancer must hear before it forwards. */
function hearHosts(nf: NfInstance): void {
  const topology = loadTopology('balancer-three-backends')
  for (const [i, { frame }] of beatsOf(topology).entries()) {
    nf.setFrame(0, frame, 0, frame.length, i + 1, START)
    nf.run(1)
  }
}

const [name = '', framesFile = '', orderFile = '', seconds = ''] = process.argv.slice(2)
const kind = kinds.find(({ nf }) => nf === name)
if (kind === undefined) throw new Error(`no network function ${name}`)
// In memory of their own, whole words of it.
const frames = Uint8Array.from(readFileSync(framesFile))
const order = new Uint32Array(Uint8Array.from(readFileSync(orderFile)).buffer)
const nf = (await loadMeasured(kind)).instantiate()
if (name === 'balancer') hearHosts(nf)
const loop = new Loop(nf, frames)

const each = Uint32Array.from({ length: frames.length / STRIDE }, (_, i) => i)
let digest = BASIS
for (let first = 0; first < each.length; first += DEFAULT_BURST) {
  const count = Math.min(DEFAULT_BURST, each.length - first)
  loop.run(each, first, count)
  digest = loop.digest(digest, count)
}

const whole = order.length - (order.length % DEFAULT_BURST)
function pass(isProcessed: boolean): number {
  let left = 0
  for (let at = 0; at < whole; at += DEFAULT_BURST) left += loop.run(order, at, DEFAULT_BURST, isProcessed)
  return left
}

/** Seconds of processor time, of all threads. */
function used(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

// Until all of it is compiled.
for (let i = 0; i < 6; i++) pass(i % 2 === 0)
await setTimeout(100)
const pauses: number[] = []
const observer = new PerformanceObserver((list) => pauses.push(...list.getEntries().map(({ duration }) => duration)))
observer.observe({ entryTypes: ['gc'] })
const begun = process.cpuUsage()
let [packets, left] = [0, 0]
while (used(begun) < Number(seconds)) {
  left += pass(true)
  packets += whole
}
const spent = used(begun)
const idle = process.cpuUsage()
for (let done = 0; done < packets; done += whole) pass(false)
const around = used(idle)
// Its entries come later.
await setTimeout(50)
observer.disconnect()
const looped: OurLooped = {
  packets,
  left,
  seconds: spent,
  around,
  digest: digest.toString(16).padStart(16, '0'),
  pauses,
}
console.log(JSON.stringify(looped))
