/** A device on ports: what is sent to it and what leaves it are events in time, and only it knows its own order. */
import type { NfInstance } from '../../../src/nf/index.js'
import { type Judgement, OK, type Oracle } from '../../../src/oracle/index.js'
import { type Finding, RaceJudge } from '../../../src/oracle/races/index.js'
import type { Random } from '../../../src/testbed/index.js'

export interface Frame {
  readonly ingress: number
  /** Nanoseconds. */
  readonly sent: number
  readonly bytes: Uint8Array
}

/** An input as the device took it. */
export interface Taken extends Frame {
  readonly tag: number
  /** When the device took it, by the clock that it reads. */
  readonly at: number
}

export interface Departure {
  readonly port: number
  /** When it was seen. */
  readonly at: number
  /** How many left the device before it. */
  readonly number: number
  readonly bytes: Uint8Array
}

/** How long things take, in nanoseconds. */
export interface Delays {
  /** From sending to being taken, at most. */
  readonly before: number
  /** From being taken to being seen to leave, at most. */
  readonly after: number
}

export type Device = (taken: Taken) => { readonly egress: number; readonly bytes: Uint8Array }

/** The real binary. */
export function binary(instance: NfInstance): Device {
  return ({ ingress, at, bytes }) => {
    instance.setFrame(0, bytes, 0, bytes.length, ingress, BigInt(at))
    instance.run(1)
    const start = instance.frameBuffer(0)
    return { egress: instance.verdict(0), bytes: instance.bytes.slice(start, start + bytes.length) }
  }
}

/** An order in which the device may take the frames: by port as they were sent, each some time after. */
export function taken(frames: readonly Frame[], delays: Delays, random: Random): Taken[] {
  const last = new Map<number, { at: number; tie: number }>()
  const all = frames.map((frame, tag) => {
    const { at: before, tie } = last.get(frame.ingress) ?? { at: 0, tie: 0 }
    const at = Math.max(before, frame.sent + random.below(delays.before + 1))
    const one = { ...frame, tag, at, tie: random.below(1000) + (at === before ? tie : 0) }
    last.set(frame.ingress, one)
    return one
  })
  // Of those taken at the same time any may be first, but not of one port.
  return all.sort((a, b) => a.at - b.at || a.tie - b.tie || a.tag - b.tag)
}

/** What leaves, by input: by each port in the order in which the inputs were taken. */
export function departures(
  order: readonly Taken[],
  device: Device,
  delays: Delays,
  random: Random,
): Map<number, Departure[]> {
  const last = new Map<number, number>()
  const all = new Map<number, Departure[]>()
  let number = 0
  for (const one of order) {
    const { egress, bytes } = device(one)
    const own: Departure[] = []
    for (let port = 0; port < 31; port++) {
      if (egress < 0 || ((egress >> port) & 1) === 0) continue
      const at = Math.max(last.get(port) ?? 0, one.at + random.below(delays.after + 1))
      last.set(port, at)
      own.push({ port, at, number: number++, bytes })
    }
    all.set(one.tag, own)
  }
  return all
}

export interface Outcome {
  /** What each input was judged to be: one for each time that it was judged. */
  readonly judged: ReadonlyMap<number, readonly Judgement[]>
  readonly findings: readonly { readonly tag: number; readonly finding: Finding }[]
  readonly judge: RaceJudge
}

export interface Watching {
  readonly portCount: number
  readonly mostWaiting?: number
  readonly mostTries?: number
  /** Whether the judge is told that the device is past an input. */
  readonly tellsPassed: boolean
  /** How long outputs are waited for. */
  readonly patience: number
}

interface Event {
  readonly at: number
  /** Of events at one time, sending comes first, and closing last. */
  readonly rank: number
  readonly happen: () => void
}

/** Has what was sent and what left judged, as it happens. */
export function watch(
  oracle: Oracle,
  frames: readonly Frame[],
  left: ReadonlyMap<number, readonly Departure[]>,
  watching: Watching,
  random: Random,
): Outcome {
  const judged = new Map<number, Judgement[]>()
  const findings: { tag: number; finding: Finding }[] = []
  const judge = new RaceJudge(oracle, {
    portCount: watching.portCount,
    mostWaiting: watching.mostWaiting ?? 10_000,
    mostTries: watching.mostTries ?? 20_000,
    onJudged(tag, judgement, finding) {
      judged.set(tag, [...(judged.get(tag) ?? []), judgement])
      if (finding !== undefined) findings.push({ tag, finding })
    },
  })
  const events: Event[] = frames.flatMap(({ ingress, sent, bytes }, tag) => [
    { at: sent, rank: 0, happen: () => judge.sent(tag, ingress, BigInt(sent), bytes, 0, bytes.length) },
    { at: sent + watching.patience, rank: Number.POSITIVE_INFINITY, happen: () => judge.close(tag) },
    ...(left.get(tag) ?? []).map(({ port, at, number, bytes: output }) => ({
      at,
      rank: 1 + number,
      happen() {
        judge.output(tag, port, BigInt(at), output, 0, output.length)
        if (watching.tellsPassed) judge.passed(ingress, tag)
      },
    })),
  ])
  events.sort((a, b) => a.at - b.at || (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
  for (const { happen } of events) {
    happen()
    if (random.below(3) === 0) judge.advance()
  }
  judge.finish()
  return { judged, findings, judge }
}

export function isRight({ judged }: Outcome, count: number): boolean {
  return judged.size === count && [...judged.values()].every((all) => all.length === 1 && all[0] === OK)
}
