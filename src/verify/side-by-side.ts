/**
 * Two binaries in the same state, made real, and on the same packet: whether they can be told apart. The packet itself
 * first, then others that come after it, since what differs may only be the state that is left.
 */
import { Unrealisable } from '../contracts/realise/index.js'
import { BAD_VERDICT, egressOf } from '../nf/verdict.js'
import { makeReal, type RealPacket, type Situation } from './confirm.js'
import type { RealNf, RealRun } from './real-nf.js'

/** Later than any waiting time of usual configurations: 18 minutes. */
const LATER = 1n << 40n
const LAST_TIME = (1n << 62n) - 1n

export class SideBySide {
  readonly #first: RealNf
  readonly #second: RealNf
  readonly #portCount: number

  constructor(first: RealNf, second: RealNf, portCount: number) {
    this.#first = first
    this.#second = second
    this.#portCount = portCount
  }

  /** What tells the second from the first, in a line; undefined where nothing does, or the state cannot be made. */
  difference(situation: Situation, after: readonly RealPacket[]): string | undefined {
    let packet: RealPacket
    try {
      packet = makeReal(this.#first, situation)
      makeReal(this.#second, situation)
    } catch (error) {
      if (error instanceof Unrealisable) return undefined
      throw error
    }
    const own = this.#on(packet)
    if (own !== undefined) return own
    for (const wait of [0n, LATER]) {
      const now = packet.now + wait
      if (now > LAST_TIME) continue
      for (const { bytes, port } of [packet, ...after]) {
        const later = this.#on({ bytes, port, now })
        if (later !== undefined) return `on a later packet, ${later}`
      }
    }
    return undefined
  }

  #on({ bytes, port, now }: RealPacket): string | undefined {
    const first = this.#seen(this.#first.process(bytes, port, now), port)
    const second = this.#seen(this.#second.process(bytes, port, now), port)
    if (first.did !== second.did) return `it ${second.did}, where the original ${first.did}`
    const at = first.bytes?.findIndex((byte, index) => byte !== second.bytes?.[index]) ?? -1
    return at === -1
      ? undefined
      : `byte ${at} is ${second.bytes?.[at]}, where that of the original is ${first.bytes?.[at]}`
  }

  /** All that can be seen from outside of one run. */
  #seen({ outcome, bytes }: RealRun, port: number): { readonly did: string; readonly bytes?: Uint8Array } {
    if (outcome.kind === 'trapped') return { did: `traps (${outcome.trap})` }
    if (outcome.kind !== 'returned') return { did: 'does not return' }
    const result = Number(outcome.values[0])
    const egress = egressOf(result, port, this.#portCount)
    if (egress === BAD_VERDICT) return { did: `answers ${result}` }
    return egress === 0 ? { did: 'drops it' } : { did: `sends it to ${portsIn(egress)}`, bytes }
  }
}

function portsIn(egress: number): string {
  const ports = Array.from({ length: 31 }, (_, port) => port).filter((port) => (egress >> port) & 1)
  return `port ${ports.join(', ')}`
}
