/** Several things that are tried one after the other in one case: what is stored ends in between. */
import type { NotedSequence } from './malformations.js'
import type { Reference } from './reference.js'
import { type FilledPacket, NOTHING, type Sequence, stateOf, withFills } from './sequence.js'

/** Follows what has begun from a time on; undefined where nothing would show so. */
export type Round = (begun: Sequence, start: bigint) => NotedSequence | undefined

/** Packets after which another case is begun. */
const LONG = 150

/** `idle`: after which time nothing is stored any more; undefined where that is not known, and each has a case of its own. */
export function inRounds(rounds: readonly Round[], idle: bigint | undefined): NotedSequence[] {
  const found: NotedSequence[] = []
  let open: NotedSequence | undefined
  for (const round of rounds) {
    const joined = open === undefined || idle === undefined ? undefined : next(open, round, idle)
    if (joined !== undefined) {
      open = joined
      if (joined.sequence.length < LONG) continue
    }
    const alone = joined === undefined ? round(NOTHING, 0n) : undefined
    if (joined === undefined && alone === undefined) continue
    if (open !== undefined) found.push(open)
    open = alone
  }
  return open === undefined ? found : [...found, open]
}

function next({ sequence, notes }: NotedSequence, round: Round, idle: bigint): NotedSequence | undefined {
  const more = round(sequence, stateOf(sequence).last + idle)
  return more && { sequence: more.sequence, notes: new Map([...notes, ...more.notes]) }
}

/** Sends packets of a sequence that was found by itself, in a round. */
export class Course {
  readonly #reference: Reference
  readonly #offset: number
  found: Sequence

  constructor(reference: Reference, begun: Sequence) {
    this.#reference = reference
    this.#offset = begun.length
    this.found = begun
  }

  get last(): bigint {
    return stateOf(this.found).last
  }

  /** What is filled in is that of outputs of this round. */
  send(packet: FilledPacket, now: bigint): Sequence {
    const fills = packet.fills.map((fill) => ({ ...fill, output: fill.output + this.#offset }))
    this.found = withFills(this.#reference, this.found, { ...packet, now, fills })
    return this.found
  }
}
