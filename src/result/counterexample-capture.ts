/**
 * A counterexample as a capture of its own: its packets in order, each on the interface of its ingress port (`port0`,
 * `port1`...), so that it can be replayed.
 */
import { createPcapngWriter, linkType, writeAll } from '../capture/index.js'
import type { Counterexample } from './verified.js'

/** @throws InputError or MachineError where it cannot be written. */
export function writeCounterexample(path: string, found: Counterexample, application: string): void {
  const { packets, violation } = found
  const ports = [...new Set(packets.map(({ ingress }) => ingress))].sort((a, b) => a - b)
  const writer = createPcapngWriter(path, {
    application,
    interfaces: (ports.length === 0 ? [0] : ports).map((port) => ({
      name: interfaceOf(port),
      linkType: linkType.ethernet,
    })),
  })
  writeAll(
    writer,
    packets.map(({ time, ingress, hex, text }, i) => ({
      bytes: Buffer.from(hex, 'hex'),
      time: BigInt(time),
      interfaceId: ports.indexOf(ingress),
      comment: [
        `packet ${i + 1} of ${packets.length} of a counterexample, port ${ingress}`,
        text,
        ...(i === packets.length - 1 ? [violation.summary] : []),
      ].join('\n'),
    })),
  )
}

function interfaceOf(port: number): string {
  return `port${port}`
}
