/**
 * Cases in which a value that was chosen is kept although a fresh choice would be another, and is chosen anew once its entry
 * has ended: what forgets entries, keeps them beyond their end, has room for fewer, or mixes up bytes of their keys, shows
 * only so where the choice is its own. What it would choose is learned first, while all is there that it could choose.
 */
import { type Detour, endsOf, MILLISECOND, moved, peersOf } from './detour.js'
import { inOtherForms, type NotedSequence } from './malformations.js'
import { overIpv6 } from './near.js'
import type { Reference } from './reference.js'
import { Course, inRounds, type Round } from './rounds.js'
import type { FilledPacket, Sequence } from './sequence.js'
import { STRIDE } from './values.js'

/** In each, two conversations: of one whose choice would be the same all along nothing is learned. */
const ROUNDS = 3n

export function choicesKept(reference: Reference, detours: readonly Detour[]): NotedSequence[] {
  return detours.flatMap((detour) => {
    const ends = endsOf(reference, detour)
    const peers = peersOf(reference, detour)
    if (ends === undefined || peers.length < 2) return []
    const forms = inOtherForms(reference, detour.base)
    return forms.flatMap((form) => {
      const [mine, other] = [form.packet, otherVersion(form, forms)]
      if (mine === undefined) return []
      const rounds = Array.from({ length: Number(ROUNDS) }, (_, number): Round => {
        const key = (packet: FilledPacket, by: bigint) =>
          moved(packet, packet.bytes, (BigInt(number) + ROUNDS * by) * STRIDE)
        const conversations = [key(mine, 1n), key(mine, 2n)]
        const between = key(other ?? mine, 3n)
        const lives = { ofPeers: ends.chosenBy.life, ofEntry: ends.entry.life }
        return (begun, start) => roundOf(new Course(reference, begun), start, { peers, conversations, between, lives })
      })
      return inRounds(rounds, ends.entry.life + MILLISECOND)
    })
  })
}

/** Of another IP version than the packet that a form ends with. */
function otherVersion(form: Sequence, forms: readonly Sequence[]): FilledPacket | undefined {
  const isOver6 = (sequence: Sequence): boolean => overIpv6(sequence.packet?.bytes ?? new Uint8Array()) === undefined
  const other = forms.find((each) => isOver6(each) !== isOver6(form))
  return other?.packet
}

interface Kept {
  /** Each of which has something stored that can be chosen. */
  readonly peers: readonly FilledPacket[]
  readonly conversations: readonly FilledPacket[]
  /** What comes in between: with the tables full it is remembered by nobody. */
  readonly between: FilledPacket
  readonly lives: { readonly ofPeers: bigint; readonly ofEntry: bigint }
}

function roundOf(course: Course, start: bigint, kept: Kept): NotedSequence | undefined {
  const { peers, conversations, between, lives } = kept
  const portsOf = (packet: FilledPacket, now = course.last + MILLISECOND): number =>
    course.send(packet, now).step?.ports ?? 0
  const all = (packets: readonly FilledPacket[]): readonly number[] => packets.map((packet) => portsOf(packet))
  const [last] = peers.slice(-1)
  const [oldest, newest] = conversations
  if (last === undefined || oldest === undefined || newest === undefined) return undefined
  const notes = new Map<number, string>()
  const note = (what: string): void => {
    notes.set(course.found.length, what)
  }

  for (const [at, peer] of peers.entries()) portsOf(peer, start + MILLISECOND * BigInt(at + 1))
  const chosen = all(conversations)
  // Nothing else is there any more.
  portsOf(last, course.last + lives.ofPeers)
  const alone = all(conversations)
  if (alone.some((ports, at) => ports === 0 || ports === chosen[at])) return undefined

  all(peers)
  portsOf(between)
  note('what was chosen is kept')
  const oldestTime = course.last + MILLISECOND
  if (all(conversations).some((ports, at) => ports !== alone[at])) return undefined

  const newestTime = course.last
  const begun = oldestTime + lives.ofEntry - MILLISECOND * BigInt(peers.length)
  if (begun <= newestTime) return undefined
  for (const [at, peer] of peers.entries()) portsOf(peer, begun + MILLISECOND * BigInt(at))
  note('kept to its end')
  if (portsOf(oldest, oldestTime + lives.ofEntry) !== alone[0]) return undefined
  note('chosen anew after its end')
  if (portsOf(newest, newestTime + lives.ofEntry + 1n) !== chosen[1]) return undefined
  return { sequence: course.found, notes }
}
