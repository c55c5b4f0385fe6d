/** One case on a fresh instance of a network function, in virtual time, every packet judged by the specification. */
import { filled } from '../derive/fields.js'
import type { CasePacket } from '../derive/suite/suite.js'
import { InputError } from '../errors.js'
import type { LoadedNf, NfInstance } from '../nf/index.js'
import { Oracle } from '../oracle/index.js'
import type { Tally } from '../oracle/tally.js'
import type { Violation } from '../result/index.js'
import type { LoadedSpec } from '../spec/load/index.js'
import { JudgedNode, NfDevice, type Observer } from '../testbed/index.js'
import { within } from '../within.js'

/** A packet of a case, at its time; each of those that come several times. */
export type TimedPacket = Pick<CasePacket, 'port' | 'bytes' | 'fills'> & {
  /** Nanoseconds. */
  readonly now: bigint
}

export interface RanCase {
  readonly tally: Tally
  readonly sent: number
  /** As they were sent. */
  readonly inputs: readonly Uint8Array[]
  /** The first; the case ends with it. */
  readonly violation: Violation | undefined
}

export interface Under {
  readonly nf: LoadedNf
  readonly spec: LoadedSpec
}

/** In order. */
export function timed(packets: readonly CasePacket[]): readonly TimedPacket[] {
  let now = 0n
  return packets.flatMap(({ wait, times, port, bytes, fills }) =>
    Array.from({ length: times }, () => {
      now += wait
      return { port, bytes, fills, now }
    }),
  )
}

/** Milliseconds; a case takes some ten. */
const PATIENCE = 10_000

/** Of the case before, whichever network function that was of: nothing of it is kept but copies. */
let spent: NfInstance | undefined

/**
 * `patience`: milliseconds, of the clock, after which it is stopped. What has not run for long when it is stopped, since this
 * process was suspended or the case has many packets, is begun anew with more time.
 */
export function runCase(under: Under, name: string, packets: readonly TimedPacket[], patience = PATIENCE): RanCase {
  for (let limit = patience; ; limit *= 2) {
    const ran = runOnce(under, name, packets, limit)
    if (ran !== undefined) return ran
  }
}

function runOnce(
  { nf, spec }: Under,
  name: string,
  packets: readonly TimedPacket[],
  limit: number,
): RanCase | undefined {
  const { name: instance } = nf.manifest
  const oracle = new Oracle({ nf: instance, instance, spec, config: nf.config })
  const origin: Observer = { left() {}, gone() {}, origin: (tag) => ({ trace: name, packet: tag + 1 }) }
  const running = nf.instantiate(spent === undefined ? {} : { after: spent })
  spent = running
  const node = new JudgedNode(instance, new NfDevice(running), oracle, origin, 1)
  const outputs: (Uint8Array | undefined)[] = []
  const inputs: Uint8Array[] = []
  const before = process.cpuUsage()
  let since = performance.now()
  const isOver = within(limit, () => {
    for (const [tag, { port, bytes, fills, now }] of packets.entries()) {
      since = performance.now()
      const input = filled(bytes, fills, outputs)
      inputs.push(input)
      outputs.push(send(node, tag, port, now, input))
      if (node.violationCount > 0) break
    }
  })
  if (!isOver) {
    const isLong = performance.now() - since > limit / 2 && process.cpuUsage(before).user / 1000 > limit / 4
    if (!isLong) return undefined
    stop(node, outputs, packets, limit)
  }
  return { tally: oracle.tally, sent: outputs.length, inputs, violation: node.violations[0] }
}

/** What was stopped with the packet after those that came out. */
function stop(
  node: JudgedNode,
  outputs: (Uint8Array | undefined)[],
  packets: readonly TimedPacket[],
  limit: number,
): void {
  const tag = outputs.length
  const packet = packets[tag]
  if (packet === undefined || node.device.stopped(1) === undefined) {
    throw new InputError(`the specification did not come to an end within ${limit / 1000} seconds`, {
      hint: 'is there a loop in it that may not end?',
    })
  }
  const { port, now, bytes, fills } = packet
  const sent = filled(bytes, fills, outputs)
  node.trap(port, now, sent, 0, sent.length, tag)
  outputs.push(undefined)
}

/** What left, if anything did. */
function send(node: JudgedNode, tag: number, port: number, now: bigint, bytes: Uint8Array): Uint8Array | undefined {
  const { device } = node
  device.setFrame(0, bytes, 0, bytes.length, port, now)
  if (device.run(1) === 0) {
    node.trap(port, now, bytes, 0, bytes.length, tag)
    return undefined
  }
  const egress = node.settle(0, port, now, bytes, 0, bytes.length, tag)
  if (egress === 0) return undefined
  const at = device.frameAt(0)
  return device.memory.slice(at, at + device.frameLength(0))
}
