/**
 * violations.pcapng: for each violation the packet that came in, the packet that was expected (where one was) and the
 * packet that was seen, once for each port, each on an interface of its own (`nat: actual port 1`) and with a comment
 * that says what it is, what was expected and what was seen, field by field, with the specification's line. What came
 * in before the violation of a counterexample is there too, in order.
 */

import {
  type CaptureWriter,
  createPcapngWriter,
  linkType,
  maxFrameLength,
  type OutputPcapngPacket,
  writeAll,
} from '../capture/index.js'
import { counterexamplesOf, type RunNf } from './run.js'
import type { Violation } from './types.js'
import type { CounterexamplePacket } from './verified.js'
import { differenceLines, originText, siteText } from './violation-text.js'

/** One packet to be written, its interface by name. */
interface NamedPacket {
  readonly interfaceName: string
  readonly bytes: Uint8Array
  readonly time: bigint
  readonly comment: string
}

/**
 * Writes the file, also where there is no violation (then without packets). Frames longer than a capture may hold are
 * cut, and their comment says so.
 * @throws InputError or MachineError where it cannot be written.
 */
export function writeViolations(path: string, nfs: readonly RunNf[], application: string): void {
  const found = nfs.flatMap(foundOf)
  const packets = found.flatMap(({ violation, earlier }, i) => {
    const title = `violation ${i + 1} of ${found.length}`
    return [
      ...earlier.map((packet, at) => earlierPacket(packet, violation, `${title}: ${at + 1}`)),
      ...packetsOf(violation, title),
    ]
  })
  const names = [...new Set(packets.map((packet) => packet.interfaceName))]
  if (names.length === 0) names.push('no violation')
  const writer: CaptureWriter<OutputPcapngPacket> = createPcapngWriter(path, {
    application,
    interfaces: names.map((name) => ({ name, linkType: linkType.ethernet })),
  })
  const id = new Map(names.map((name, index) => [name, index]))
  writeAll(
    writer,
    packets.map(({ interfaceName, bytes, time, comment }) => {
      const whole = bytes.length <= maxFrameLength
      return {
        bytes: whole ? bytes : bytes.subarray(0, maxFrameLength),
        time,
        interfaceId: id.get(interfaceName) ?? 0,
        wireLength: bytes.length,
        comment: whole ? comment : `${comment}\n(cut at ${maxFrameLength} bytes)`,
      }
    }),
  )
}

interface Found {
  readonly violation: Violation
  /** What came in before it. */
  readonly earlier: readonly CounterexamplePacket[]
}

function foundOf(nf: RunNf): readonly Found[] {
  if (nf.kind === 'judged') return nf.violations.map((violation) => ({ violation, earlier: [] }))
  if (nf.kind !== 'verified') return []
  return counterexamplesOf(nf).map(({ violation, packets }) => ({ violation, earlier: packets.slice(0, -1) }))
}

function earlierPacket(
  { time, ingress, hex, text }: CounterexamplePacket,
  { instance }: Violation,
  title: string,
): NamedPacket {
  return {
    interfaceName: `${instance}: in port ${ingress}`,
    bytes: Buffer.from(hex, 'hex'),
    time: BigInt(time),
    comment: `${title}, before what goes wrong, port ${ingress}\n${text}`,
  }
}

function packetsOf(violation: Violation, title: string): readonly NamedPacket[] {
  const { instance, ingress, expected, actual } = violation
  const time = BigInt(violation.time)
  const named = (role: string, port: number, hex: string, comment: string): NamedPacket => ({
    interfaceName: `${instance}: ${role} port ${port}`,
    bytes: Buffer.from(hex, 'hex'),
    time,
    comment: `${title}: ${comment}`,
  })
  const copies = (role: string, { ports, bytes }: Violation['expected'], comment: string) =>
    bytes === undefined ? [] : ports.map((port) => named(role, port, bytes, comment))
  return [
    named('in', ingress, violation.input, inputComment(violation)),
    ...copies('expected', expected, expectedComment(violation)),
    ...copies('actual', actual, actualComment(violation)),
  ]
}

function inputComment(violation: Violation): string {
  return [
    `INPUT, ${originText(violation)}`,
    violation.summary,
    `expected: ${violation.expected.text}`,
    `actual: ${violation.actual.text}`,
    ...differenceLines(violation),
    ...siteLines(violation),
  ].join('\n')
}

function expectedComment(violation: Violation): string {
  const lines = violation.differences.map(({ layer, field, expected }) => `${layer} ${field} = ${expected}`)
  return [`EXPECTED: ${violation.expected.text}`, ...lines, ...siteLines(violation)].join('\n')
}

function actualComment(violation: Violation): string {
  const lines = differenceLines(violation)
  return [`ACTUAL: ${violation.actual.text}`, ...lines, ...siteLines(violation)].join('\n')
}

function siteLines({ site }: Violation): readonly string[] {
  return site === undefined ? [] : [`by ${siteText(site)}: ${site.text}`]
}
