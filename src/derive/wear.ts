/** Packets that come again and again until what they use up is used up. */
import type { KnownState } from './known/state.js'
import { LONGEST_FRAME, sized } from './near.js'
import type { Reference } from './reference.js'
import { type FilledPacket, type Sequence, stateOf, withFills } from './sequence.js'

const MOST_REPEATS = 2000

export interface Worn {
  /** Before something else becomes of the packet, and with that. */
  readonly last: Sequence
  readonly refused: Sequence
}

/** The longest packet of its kind again and again, at once, until another way is taken; undefined where none is. */
export function wearing(reference: Reference, found: Sequence, packet: FilledPacket): Worn | undefined {
  const longest = { ...packet, bytes: sized(packet.bytes, LONGEST_FRAME) }
  let last = found
  for (let number = 0; number < MOST_REPEATS; number++) {
    const next = withFills(reference, last, { ...longest, now: stateOf(last).last })
    if (next.step?.way !== found.step?.way) return { last, refused: next }
    // No time passes: what has changed nothing changes nothing the next time.
    if (!wears(stateOf(last), stateOf(next))) return undefined
    last = next
  }
  return undefined
}

/** Whether a value of an entry became another. */
export function wears(before: KnownState, after: KnownState): boolean {
  return [...after.entries].some(([name, entries]) =>
    entries.some((entry, at) => {
      const earlier = before.entries.get(name)?.[at]
      return earlier !== undefined && 'value' in entry && 'value' in earlier && entry.value !== earlier.value
    }),
  )
}
