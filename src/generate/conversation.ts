/** Two-way traffic between a client and a server, packet after packet: TCP from SYN to FIN, or UDP. */

import { protocols } from '../packet/index.js'
import type { AddressBytes } from './addresses.js'
import { type Frame, overhead, tcpFlags } from './frame.js'
import type { Side } from './options.js'
import type { Random } from './random.js'
import { pickSize, type SizeMix } from './sizes.js'

/** Who talks to whom. */
export interface Flow {
  readonly protocol: typeof protocols.tcp | typeof protocols.udp
  readonly client: AddressBytes
  readonly server: AddressBytes
  readonly clientPort: number
  readonly serverPort: number
  readonly clientSide: Side
  readonly serverSide: Side
}

interface Segment {
  readonly flags?: number
  readonly mss?: number
  readonly payload: number
}

/** Which part of a TCP conversation comes next. */
type Phase = 'syn' | 'syn-ack' | 'ack' | 'data' | 'fin' | 'fin-ack' | 'last ack' | 'over'

const { fin, syn, ack, psh } = tcpFlags
/** Downloads are more common than uploads: this share of the data comes from the server. */
const fromServer = 0.7

export class Conversation {
  readonly flow: Flow
  readonly #sizes: SizeMix
  #phase: Phase = 'syn'
  #left: number
  #clientSequence: number
  #serverSequence: number
  #clientId: number
  #serverId: number

  /** @param length Data packets. */
  constructor(flow: Flow, length: number, sizes: SizeMix, random: Random) {
    this.flow = flow
    this.#sizes = sizes
    this.#left = length
    this.#clientSequence = random.next()
    this.#serverSequence = random.next()
    this.#clientId = random.below(0x10000)
    this.#serverId = random.below(0x10000)
  }

  get over(): boolean {
    return this.#phase === 'over'
  }

  /** Writes the next packet. @returns The port by which it enters. */
  next(frame: Frame, random: Random): number {
    return this.flow.protocol === protocols.udp ? this.#nextUdp(frame, random) : this.#nextTcp(frame, random)
  }

  #nextUdp(frame: Frame, random: Random): number {
    const reply = this.#phase !== 'syn' && random.chance(0.5)
    this.#phase = --this.#left > 0 ? 'data' : 'over'
    return this.#send(frame, random, reply, { payload: this.#payload(random) })
  }

  #nextTcp(frame: Frame, random: Random): number {
    switch (this.#phase) {
      case 'syn':
        this.#phase = 'syn-ack'
        return this.#send(frame, random, false, { flags: syn, mss: this.#mss(), payload: 0 })
      case 'syn-ack':
        this.#phase = 'ack'
        return this.#send(frame, random, true, { flags: syn | ack, mss: this.#mss(), payload: 0 })
      case 'ack':
        this.#phase = 'data'
        return this.#send(frame, random, false, { flags: ack, payload: 0 })
      case 'data':
        if (--this.#left <= 0) this.#phase = 'fin'
        return this.#send(frame, random, random.chance(fromServer), {
          flags: ack | psh,
          payload: this.#payload(random),
        })
      case 'fin':
        this.#phase = 'fin-ack'
        return this.#send(frame, random, false, { flags: fin | ack, payload: 0 })
      case 'fin-ack':
        this.#phase = 'last ack'
        return this.#send(frame, random, true, { flags: fin | ack, payload: 0 })
      default:
        this.#phase = 'over'
        return this.#send(frame, random, false, { flags: ack, payload: 0 })
    }
  }

  #version(): 4 | 6 {
    return this.flow.client.length === 4 ? 4 : 6
  }

  #mss(): number {
    return this.#version() === 4 ? 1460 : 1440
  }

  #payload(random: Random): number {
    return Math.max(0, pickSize(this.#sizes, random) - overhead(this.#version(), this.flow.protocol))
  }

  /** SYN and FIN take a sequence number each, RFC 9293 section 3.4. */
  #send(frame: Frame, random: Random, reply: boolean, { flags = 0, mss, payload }: Segment): number {
    const { flow } = this
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
        id: reply ? this.#serverId : this.#clientId,
        sequence: reply ? this.#serverSequence : this.#clientSequence,
        acknowledgement: (flags & ack) === 0 ? 0 : reply ? this.#clientSequence : this.#serverSequence,
        flags,
        ...(mss === undefined ? {} : { mss }),
        payload,
      },
      random,
    )
    const taken = payload + ((flags & (syn | fin)) === 0 ? 0 : 1)
    if (reply) {
      this.#serverSequence = (this.#serverSequence + taken) >>> 0
      this.#serverId = (this.#serverId + 1) & 0xffff
    } else {
      this.#clientSequence = (this.#clientSequence + taken) >>> 0
      this.#clientId = (this.#clientId + 1) & 0xffff
    }
    return side.port
  }
}
