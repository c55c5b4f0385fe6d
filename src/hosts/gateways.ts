/**
 * The MAC addresses of a device that is sent to as a router: asked for before the first frame, as hosts do. Where ports carry
 * IP only, the kernel asks for them, and an echo shows that it has found one.
 */
import { MachineError } from '../errors.js'
import { formatIpv4, formatIpv6 } from '../packet/address.js'
import { readU32, writeU48 } from '../packet/bytes.js'
import { Layers, parseLayers } from '../packet/layers.js'
import { Burst, type PacketPort, waitForFrames } from '../packetio/index.js'
import { carriesIpOnly, type Topology, type TopologyHost } from '../testbed/index.js'
import { arpAnswer, arpRequest, echoAnswer, echoAnswer6, echoRequest, echoRequest6 } from './answers.js'

/** What a frame that came says; undefined where it is no answer. */
export type ReadAnswer = (bytes: Uint8Array, start: number, length: number) => number | undefined

/** Sends a question by a port, and reads what comes there for so many milliseconds. @returns The first answer. */
export type Ask = (port: number, question: Uint8Array, read: ReadAnswer, patience: number) => number | undefined

/** How often, and each time for how many milliseconds, an answer is waited for. */
const TRIES = 5
const PATIENCE = 200

/**
 * By port of the device, 48 bits; undefined where no host has a gateway. Of ports that carry IP only nobody sees them: they are
 * what the specification takes them for.
 *
 * @param portOfHost The device's port that each host is linked to.
 * @param specified The device's addresses by port, where the specification knows them.
 * @throws MachineError where none answers.
 */
export function resolveGateways(
  topology: Topology,
  portOfHost: readonly (number | undefined)[],
  ask: Ask,
  specified: readonly number[] = [],
): readonly (number | undefined)[] {
  const { hosts, file } = topology
  const isIp = carriesIpOnly(topology)
  const found: (number | undefined)[] = []
  for (const [i, host] of hosts.entries()) {
    const port = portOfHost[i]
    if (port === undefined) continue
    for (const { gateway, question, read } of isIp ? echoes(host) : requests(host)) {
      let answer: number | undefined
      for (let tries = 0; tries < TRIES && answer === undefined; tries++) answer = ask(port, question, read, PATIENCE)
      if (answer === undefined) {
        throw new MachineError(`no device answers for the gateway ${gateway} of '${host.name}'`, {
          file,
          line: host.line,
          ...(isIp ? { hint: 'it is sent echo requests (ping)' } : {}),
        })
      }
      found[port] = answer
    }
  }
  return isIp ? specified : found
}

/** What a gateway is asked, and how its answer is known. */
interface Question {
  readonly gateway: string
  readonly question: Uint8Array
  readonly read: ReadAnswer
}

function requests({ mac, ip, gateway }: TopologyHost): readonly Question[] {
  if (gateway === undefined) return []
  const read: ReadAnswer = (bytes, start, length) => arpAnswer(bytes, start, length, gateway)
  return [{ gateway: formatIpv4(gateway), question: arpRequest(mac, ip, gateway), read }]
}

/** For each version of IP; that there is an answer is all it says. */
function echoes({ ip, gateway, version6 }: TopologyHost): readonly Question[] {
  const found: Question[] = []
  if (gateway !== undefined) {
    const read: ReadAnswer = (...frame) => (echoAnswer(...frame) === gateway ? 0 : undefined)
    found.push({ gateway: formatIpv4(gateway), question: echoRequest(ip, gateway), read })
  }
  if (version6 !== undefined) {
    const read: ReadAnswer = (...frame) => (echoAnswer6(...frame) === version6.gateway ? 0 : undefined)
    const question = echoRequest6(version6.ip, version6.gateway)
    found.push({ gateway: formatIpv6(version6.gateway), question, read })
  }
  return found
}

/** Sends a frame to a router, where it is for one host: what is for a group is for all. */
export function addressTo(gateway: number | undefined, frame: Uint8Array): void {
  if (gateway !== undefined && frame.length >= 6 && ((frame[0] ?? 0) & 1) === 0) writeU48(frame, 0, gateway)
}

const BROADCAST = 0xffffffff
const IPV4_GROUP = 0x01005e000000
const IPV6_GROUP = 0x333300000000
const layers = new Layers()

/**
 * The destination that the kernel gives a frame where ports carry IP only: that of the group which its datagram is for (RFC 1112
 * section 6.4, RFC 2464 section 7), else the device's. One for one host in a frame for a group stays, which no port carries.
 *
 * @param device 48 bits; undefined where the specification knows none, then it is for the station that it names.
 */
export function addressByIp(device: number | undefined, frame: Uint8Array): void {
  parseLayers(layers, frame, 0, frame.length, false)
  if (layers.ipEnd === -1) return
  const group = groupMac(layers)
  if (group !== undefined) writeU48(frame, 0, group)
  else addressTo(device, frame)
}

function groupMac({ bytes, ipv4, ipv6 }: Layers): number | undefined {
  if (ipv6 !== -1) return bytes[ipv6 + 24] === 0xff ? IPV6_GROUP + readU32(bytes, ipv6 + 36) : undefined
  const address = readU32(bytes, ipv4 + 16)
  if (address === BROADCAST) return 0xffffffffffff
  return address >>> 28 === 0xe ? IPV4_GROUP + (address & 0x7fffff) : undefined
}

/** Asks by ports that nothing else sends or receives by. */
export function askBy(ports: readonly PacketPort[]): Ask {
  const burst = new Burst(64, 2048)
  return (index, question, read, patience) => {
    const port = ports[index]
    if (port === undefined) return undefined
    burst.bytes.set(question, burst.start(0))
    burst.set(0, burst.start(0), question.length)
    port.send(burst, 0, 1)
    for (const until = performance.now() + patience; performance.now() < until; ) {
      waitForFrames([port], 10)
      const count = port.receive(burst)
      for (let i = 0; i < count; i++) {
        const answer = read(burst.bytes, burst.start(i), burst.length(i))
        if (answer !== undefined) return answer
      }
    }
    return undefined
  }
}
