/** The conversations that go on at a time, and which of them speaks next. Memory grows with them, not with packets. */

import { protocols } from '../packet/index.js'
import { pickAddress } from './addresses.js'
import { Conversation, type Flow } from './conversation.js'
import type { Frame } from './frame.js'
import type { Side, TraceOptions } from './options.js'
import { type Sampler, sampler } from './popularity.js'
import type { Random } from './random.js'

/** Ports of common services: what servers listen on. */
const tcpServices = [80, 443, 443, 443, 22, 8080] as const
const udpServices = [53, 53, 443, 123, 4500] as const
const firstClientPort = 1024
const clientPorts = 65_536 - firstClientPort

export class Flows {
  readonly #options: TraceOptions
  readonly #slots: (Conversation | undefined)[]
  readonly #sample: Sampler
  #begun = 0
  #oldest = 0

  constructor(options: TraceOptions) {
    this.#options = options
    this.#slots = new Array<Conversation | undefined>(options.flows).fill(undefined)
    this.#sample = sampler(options.popularity, options.flows)
  }

  /** Writes the next packet of some conversation. @returns The port by which it enters. */
  next(frame: Frame, random: Random): number {
    return this.#speak(this.#sample(random), frame, random)
  }

  /** Begins a conversation in place of the one that was replaced longest ago. */
  begin(frame: Frame, random: Random): number {
    const slot = this.#oldest
    this.#oldest = (slot + 1) % this.#slots.length
    this.#slots[slot] = undefined
    return this.#speak(slot, frame, random)
  }

  /** A flow that is under way, or a new one that is not counted where none is. */
  some(random: Random): Flow {
    return this.#slots[this.#sample(random)]?.flow ?? this.newFlow(random)
  }

  /** Another port of clients than the flow's, where there is one. */
  otherSide(flow: Flow, random: Random): Side | undefined {
    const [first, ...rest] = this.#options.wiring.clients.filter(({ port }) => port !== flow.clientSide.port)
    return first === undefined ? undefined : random.pick([first, ...rest])
  }

  /** Addresses and ports that differ from those of the last 64,512 flows. */
  newFlow(random: Random): Flow {
    const { clients, clients6, servers, servers6, wiring, udp, ipv6 } = this.#options
    const protocol = random.chance(udp) ? protocols.udp : protocols.tcp
    const version6 = random.chance(ipv6)
    // The multiplier is odd and prime to the number of ports: every port is met once before one comes again.
    const clientPort = firstClientPort + ((this.#begun++ * 24_631) % clientPorts)
    return {
      protocol,
      client: pickAddress(version6 ? clients6 : clients, random),
      server: pickAddress(version6 ? servers6 : servers, random),
      clientPort,
      serverPort: protocol === protocols.tcp ? random.pick(tcpServices) : random.pick(udpServices),
      clientSide: random.pick(wiring.clients),
      serverSide: random.pick(wiring.servers),
    }
  }

  #speak(slot: number, frame: Frame, random: Random): number {
    const conversation = this.#slots[slot] ?? this.#begin(random)
    const port = conversation.next(frame, random)
    this.#slots[slot] = conversation.over ? undefined : conversation
    return port
  }

  #begin(random: Random): Conversation {
    const { flowLength, sizes } = this.#options
    const length = 1 + random.below(2 * flowLength)
    return new Conversation(this.newFlow(random), length, sizes, random)
  }
}
