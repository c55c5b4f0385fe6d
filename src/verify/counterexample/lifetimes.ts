/**
 * What any network has, over the lifetimes that a configuration names: hosts that speak, speak again or are answered before
 * what was learned of them is old, and are answered when it would be; just at its end, and past it. Where an entry is not
 * refreshed, or is by what must not, a solver would have to come upon three packets and the times between them.
 */
import type { ResolvedConfig } from '../../nf/index.js'
import type { Device } from '../devices.js'
import { FEW_STEPS, type Finding, type JudgedRuns, type TestPacket } from './judged-runs.js'
import { isBroken, SPOKEN } from './plain.js'
import { reversed } from './reversed.js'

/** The hosts of one port speak, or those of all others answer what was said last. */
interface Turn {
  readonly isAnswer: boolean
  /** Nanoseconds since the first. */
  after(lifetime: bigint): bigint
}

const speak = (after: Turn['after']): Turn => ({ isAnswer: false, after })
const answer = (after: Turn['after']): Turn => ({ isAnswer: true, after })
const atOnce = (): bigint => 0n
const before = (lifetime: bigint): bigint => (2n * lifetime) / 3n
const beyond = (lifetime: bigint): bigint => (4n * lifetime) / 3n

const COURSES: readonly (readonly Turn[])[] = [
  [speak(atOnce), speak(before), answer(beyond)],
  [speak(atOnce), answer(before), answer(beyond)],
  [speak(atOnce), answer((lifetime) => lifetime)],
  [speak(atOnce), answer((lifetime) => lifetime + 1n)],
]

const START = 1_000_000_000n
/** About a month: clocks end. */
const LONGEST = 1n << 51n

/** A violation in one of them, from behind each port in turn; undefined where none is seen. */
export function findOverLifetimes(runs: JudgedRuns, device: Device): Finding | undefined {
  for (const lifetime of lifetimesOf(device.config)) {
    for (const course of COURSES) {
      for (const port of runs.ports) {
        const finding = runs.run(packetsOf(course, lifetime, port, { runs, device }), device, FEW_STEPS)
        if (finding !== undefined) return finding
      }
    }
  }
  return undefined
}

function lifetimesOf({ entries }: ResolvedConfig): readonly bigint[] {
  const found = [...entries.values()].flatMap((each) =>
    each.kind === 'scalars' && each.entry.type === 'duration' ? [each.raw].flat() : [],
  )
  return [...new Set(found)].filter((lifetime) => lifetime > 0n && lifetime < LONGEST)
}

/** What is answered is what was sent, and what came of it. */
function packetsOf(
  course: readonly Turn[],
  lifetime: bigint,
  port: number,
  { runs, device: { real } }: { readonly runs: JudgedRuns; readonly device: Device },
): TestPacket[] {
  real.restart()
  const packets: TestPacket[] = []
  let said: Uint8Array[] = []
  let isOver = false
  for (const { isAnswer, after } of course) {
    const now = START + after(lifetime)
    const send = (bytes: Uint8Array, by: number): Uint8Array => {
      if (isOver) return bytes
      packets.push({ bytes, port: by, now })
      const run = real.process(bytes, by, now, FEW_STEPS)
      isOver = isBroken(run)
      return run.bytes
    }
    if (!isAnswer) said = SPOKEN.flatMap((bytes) => distinct([bytes, send(bytes, port)]))
    else for (const other of runs.ports) if (other !== port) for (const bytes of said) send(reversed(bytes), other)
  }
  return packets
}

function distinct([one, other]: readonly [Uint8Array, Uint8Array]): Uint8Array[] {
  return Buffer.compare(one, other) === 0 ? [one] : [one, other]
}
