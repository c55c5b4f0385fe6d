/** Packets as any network has them: what can be tried where nothing is known of the ways of a network function. */
import { buildFrame, type FrameParts } from '../../packet/index.js'
import type { Device } from '../devices.js'
import type { RealRun } from '../real-nf.js'
import { FEW_STEPS, type Finding, type JudgedRuns, type TestPacket } from './judged-runs.js'
import { reversed } from './reversed.js'

const SECOND = 1_000_000_000n
const MILLISECOND = 1_000_000n
const ETHERNET = { src: '02:00:00:00:0a:01', dst: '02:00:00:00:0b:01' }
export const PORTS = { srcPort: 40_000, dstPort: 80 }
/** Two hosts behind a port, which speak to the same third. */
export const HOSTS: readonly FrameParts[] = [1, 2].flatMap((host) => {
  const ethernet = { ...ETHERNET, src: `02:00:00:00:0a:0${host}` }
  const ipv4 = { src: `10.0.0.${host}`, dst: '192.0.2.1' }
  const ipv6 = { src: `2001:db8:a::${host}`, dst: '2001:db8:b::1' }
  return [
    { ethernet, ipv4 },
    { ethernet, ipv6 },
  ]
})

/** A UDP packet over each version of IP. */
export const PLAIN: readonly Uint8Array[] = HOSTS.slice(0, 2).map((host) => buildFrame({ ...host, udp: PORTS }))

/** What both hosts say over each. */
export const SPOKEN: readonly Uint8Array[] = HOSTS.flatMap((host) => [
  buildFrame({ ...host, udp: PORTS }),
  buildFrame({ ...host, tcp: PORTS }),
])

/** One of each kind. */
const KINDS = SPOKEN.slice(0, 4)
/** What is cut off within a header, and is not to be read beyond its end. */
const CUT = KINDS.flatMap((whole) =>
  Array.from({ length: whole.length - 1 }, (_, at) => [
    whole.slice(0, at + 1),
    truthful(whole.slice(0, at + 1)),
  ]).flat(),
)
/** With one byte that is as small or large as it can be: lengths that are not true, among others. */
const ODD = KINDS.flatMap((whole) =>
  Array.from(whole, (_, at) => [0, 0xff].map((byte) => Uint8Array.from(whole, (own, i) => (i === at ? byte : own)))),
).flat()

/** With the length of IP that is there, where there is room for it. */
function truthful(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isIpv4 = bytes[12] === 0x08
  const [at, length] = isIpv4 ? [16, bytes.length - 14] : [18, bytes.length - 54]
  if (length >= 0 && at + 2 <= bytes.length) view.setUint16(at, length)
  return bytes
}

/** A violation in what hosts say to each other in any network, from behind each port in turn; undefined where none is seen. */
export function findInConversations(runs: JudgedRuns, device: Device): Finding | undefined {
  const { real } = device
  for (const port of runs.ports) {
    real.restart()
    const process = ({ bytes, port: ingress, now }: TestPacket) => real.process(bytes, ingress, now, FEW_STEPS)
    const finding = runs.run(conversation(port, runs.ports, process), device)
    if (finding !== undefined) return finding
  }
  return undefined
}

/**
 * Hosts behind a port speak, at first in packets that are cut short or odd, and are answered by every other: what they sent,
 * and what came of it. All whole ones twice, so that what was learned is met.
 */
function conversation(port: number, ports: readonly number[], process: (packet: TestPacket) => RealRun): TestPacket[] {
  const packets: TestPacket[] = []
  let isOver = false
  const send = (bytes: Uint8Array, by: number): Uint8Array => {
    if (isOver) return bytes
    const packet = { bytes, port: by, now: SECOND + BigInt(packets.length) * MILLISECOND }
    packets.push(packet)
    const run = process(packet)
    isOver = isBroken(run)
    return run.bytes
  }
  for (const bytes of [...CUT, ...ODD]) send(bytes, port)
  for (const bytes of [...SPOKEN, ...SPOKEN]) {
    const output = send(bytes, port)
    const answers = Buffer.compare(output, bytes) === 0 ? [bytes] : [bytes, output]
    for (const other of ports) if (other !== port) for (const answered of answers) send(reversed(answered), other)
  }
  return packets
}

/** Whether a run is a violation by itself, so that no packet after it is ever judged. */
export function isBroken({ outcome }: RealRun): boolean {
  return outcome.kind === 'trapped' || outcome.kind === 'out of fuel'
}
