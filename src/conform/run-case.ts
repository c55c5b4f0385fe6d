/** One case on a fresh instance of a network function, in virtual time, every packet judged by the specification. */
import { filled } from '../derive/fields.js'
import type { CasePacket } from '../derive/suite/suite.js'
import { InputError } from '../errors.js'
import type { LoadedNf, NfInstance } from '../nf/index.js'
import { Oracle } from '../oracle/index.js'
import type { Tally } from '../oracle/tally.js'
import type { Violation } from '../result/index.js'
import type { LoadedSpec } from '../spec/load/index.js'
import { JudgedNode, NfDevice, type Observer, within } from '../testbed/index.js'

/** A packet of a case, at its time; each of those that come several times. */
export type TimedPacket = Pick<CasePacket, 'port' | 'bytes' | 'fills'> & {
  /** Nanoseconds. */
  readonly now: bigint
}

export interface RanCase {
  readonly tally: Tally
  readonly sent: number
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

/** Milliseconds; hundreds of times what a case takes. */
const PATIENCE = 10_000

/** Of the case before: nothing of it is kept but copies. */
const spent = new WeakMap<LoadedNf, NfInstance>()

/** `patience`: milliseconds after which it is stopped. Begun anew where this process was stopped meanwhile, or starved. */
export function runCase(under: Under, name: string, packets: readonly TimedPacket[], patience = PATIENCE): RanCase {
  for (;;) {
    const ran = runOnce(under, name, packets, patience)
    if (ran !== undefined) return ran
  }
}

/** Undefined where it was stopped although it had hardly run. */
function runOnce(
  { nf, spec }: Under,
  name: string,
  packets: readonly TimedPacket[],
  patience: number,
): RanCase | undefined {
  const { name: instance } = nf.manifest
  const oracle = new Oracle({ nf: instance, instance, spec, config: nf.config })
  const origin: Observer = { left() {}, gone() {}, origin: (tag) => ({ trace: name, packet: tag + 1 }) }
  const after = spent.get(nf)
  const running = nf.instantiate(after === undefined ? {} : { after })
  spent.set(nf, running)
  const node = new JudgedNode(instance, new NfDevice(running), oracle, origin, 1)
  const outputs: (Uint8Array | undefined)[] = []
  const begun = process.cpuUsage()
  const isOver = within(patience, () => {
    for (const [tag, { port, bytes, fills, now }] of packets.entries()) {
      outputs.push(send(node, tag, port, now, filled(bytes, fills, outputs)))
      if (node.violationCount > 0) break
    }
  })
  if (!isOver) {
    if (process.cpuUsage(begun).user / 1000 < patience / 4) return undefined
    stop(node, outputs, packets, patience)
  }
  return { tally: oracle.tally, sent: outputs.length, violation: node.violations[0] }
}

/** What was stopped with the packet after those that came out. */
function stop(
  node: JudgedNode,
  outputs: (Uint8Array | undefined)[],
  packets: readonly TimedPacket[],
  patience: number,
): void {
  const tag = outputs.length
  const packet = packets[tag]
  if (packet === undefined || node.device.stopped(1) === undefined) {
    throw new InputError(`the specification did not come to an end within ${patience / 1000} seconds`, {
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
