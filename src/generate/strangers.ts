/** Single packets that belong to no conversation: floods, scans, and packets that almost belong to one. */

import { protocols } from '../packet/index.js'
import { addressBytes, neighbour } from './addresses.js'
import type { Flow } from './conversation.js'
import type { Flows } from './flows.js'
import { type Frame, tcpFlags } from './frame.js'
import type { ScanTarget } from './options.js'
import type { Random } from './random.js'

/** A TCP SYN of a flow of its own; no answer ever comes. */
export function floodPacket(frame: Frame, random: Random, flows: Flows): number {
  const flow = { ...flows.newFlow(random), protocol: protocols.tcp }
  return send(frame, random, flow, false, tcpFlags.syn)
}

/** What makes a flow the one it is. */
export const nearFields = ['client', 'server', 'clientPort', 'serverPort', 'protocol'] as const

/**
 * A reply of a flow that is under way, with one of its five fields changed: nobody asked for it. Where clients are on
 * several ports, one in six is instead a packet of the flow that enters by the port of other clients.
 */
export function nearMissPacket(frame: Frame, random: Random, flows: Flows): number {
  const flow = flows.some(random)
  const elsewhere = flows.otherSide(flow, random)
  if (elsewhere !== undefined && random.chance(1 / 6)) {
    return send(frame, random, { ...flow, clientSide: elsewhere }, false, tcpFlags.ack)
  }
  return send(frame, random, changed(flow, random.pick(nearFields), random), true, tcpFlags.ack)
}

/**
 * A packet from the servers' side to the scanned address: its source is a server that is talked to, as it is or with
 * one field changed, so that some packets differ from an expected one in a single field. Every eighth goes to the
 * neighbour of the address.
 */
export function scanPacket(frame: Frame, random: Random, flows: Flows, target: ScanTarget): number {
  const flow = flows.some(random)
  const field = random.pick(['none', 'server', 'serverPort', 'protocol'] as const)
  const almost = field === 'none' ? flow : changed(flow, field, random)
  const scanned = addressBytes(target.address, 0)
  const client = random.chance(1 / 8) ? neighbour(scanned, random) : scanned
  const clientPort = (target.firstPort + random.below(target.ports)) & 0xffff
  const server = almost.server.length === client.length ? almost.server : neighbour(client, random)
  return send(frame, random, { ...almost, client, clientPort, server }, true, tcpFlags.ack)
}

/** A flow that differs in one field, and there in one bit. */
export function changed(flow: Flow, field: (typeof nearFields)[number], random: Random): Flow {
  switch (field) {
    case 'client':
      return { ...flow, client: neighbour(flow.client, random) }
    case 'server':
      return { ...flow, server: neighbour(flow.server, random) }
    case 'clientPort':
      return { ...flow, clientPort: flow.clientPort ^ (1 << random.below(16)) }
    case 'serverPort':
      return { ...flow, serverPort: flow.serverPort ^ (1 << random.below(16)) }
    case 'protocol':
      return { ...flow, protocol: flow.protocol === protocols.tcp ? protocols.udp : protocols.tcp }
  }
}

/** One packet of a flow, without the state of a conversation. */
export function send(frame: Frame, random: Random, flow: Flow, reply: boolean, flags: number, payload = 0): number {
  const side = reply ? flow.serverSide : flow.clientSide
  frame.transport(
    {
      srcMac: side.srcMac,
      dstMac: side.dstMac,
      src: reply ? flow.server : flow.client,
      dst: reply ? flow.client : flow.server,
      protocol: flow.protocol,
      srcPort: reply ? flow.serverPort : flow.clientPort,
      dstPort: reply ? flow.clientPort : flow.serverPort,
      ttl: reply ? 57 : 64,
      id: random.below(0x10000),
      sequence: random.next(),
      acknowledgement: (flags & tcpFlags.ack) === 0 ? 0 : random.next(),
      flags,
      payload,
    },
    random,
  )
  return side.port
}
