/**
 * States that take many packets and are all the same few entries: one packet comes again and again until something else
 * becomes of it, as when a token bucket has run empty. What the tables hold then is read from the real libVig, so that a
 * solver can look for what comes next.
 */
import { buildFrame } from '../../packet/index.js'
import type { Terms } from '../../smt/index.js'
import type { Device } from '../devices.js'
import type { Structure } from '../machine/index.js'
import type { RealRun } from '../real-nf.js'
import { FEW_STEPS, type Finding, type JudgedRuns, type TestPacket } from './judged-runs.js'
import { HOSTS, PORTS } from './plain.js'
import { entriesLeft, type LeftEntry, SlotTimes, type StartState } from './start-state.js'

/** Of one packet: enough for more than a megabyte. */
const MOST_REPEATED = 1000
/** Bytes of the packet: the longest that Ethernet carries, but for its check sequence. */
const LONG = 1514
/** More entries than these are not read. */
const MOST_ENTRIES = 8

const SECOND = 1_000_000_000n

export type Repeated = { readonly found: Finding } | { readonly left: readonly StartState[] }

/** A violation on the way, or the states that came of it. */
export function repeated(
  runs: JudgedRuns,
  device: Device,
  { structures, terms, longest }: { structures: readonly Structure[]; terms: Terms; longest: number },
): Repeated {
  const left: StartState[] = []
  for (const port of runs.ports) {
    for (const bytes of longPackets(Math.min(LONG, longest))) {
      const worn = untilOther(device, { bytes, port, now: SECOND })
      if (worn === undefined) continue
      const found = runs.run(worn.packets, device, FEW_STEPS)
      if (found !== undefined) return { found }
      const entries = readEntries(device, structures, worn.times)
      if (entries !== undefined) left.push({ packets: worn.packets, reading: entriesLeft(terms, structures, entries) })
    }
  }
  return { left }
}

/** UDP over each version of IP, as long as can be; those that fit. */
function longPackets(longest: number): Uint8Array[] {
  return HOSTS.slice(0, 2).flatMap((host) => {
    const { length } = buildFrame({ ...host, udp: PORTS })
    if (length > longest) return []
    return [buildFrame({ ...host, udp: PORTS, payload: new Uint8Array(longest - length) })]
  })
}

/** One packet until something else becomes of it, and that one; undefined where it makes no entry. */
function untilOther(
  { real }: Device,
  packet: TestPacket,
): { readonly packets: readonly TestPacket[]; readonly times: SlotTimes } | undefined {
  real.restart()
  const packets: TestPacket[] = []
  const times = new SlotTimes()
  let first: string | undefined
  while (packets.length < MOST_REPEATED) {
    const run = real.process(packet.bytes, packet.port, packet.now, FEW_STEPS)
    packets.push(packet)
    for (const call of run.calls) times.note(call)
    if (first === undefined && !run.calls.some(({ name }) => name === 'expiring_map_insert')) return undefined
    const outcome = outcomeOf(run)
    first ??= outcome
    if (outcome !== first || run.outcome.kind !== 'returned') break
  }
  return { packets, times }
}

function outcomeOf({ outcome, bytes }: RealRun): string {
  const verdict = outcome.kind === 'returned' ? outcome.values.join() : outcome.kind
  return `${verdict} ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}`
}

/** What is in all the maps that the network function has; undefined where it has other structures, or there is too much. */
function readEntries(
  { real }: Device,
  structures: readonly Structure[],
  times: SlotTimes,
): ReadonlyMap<string, readonly LeftEntry[]> | undefined {
  const { libvig } = real
  const found = new Map<string, readonly LeftEntry[]>()
  for (const { name, kind, sizes, origin } of structures) {
    if (origin === 'configuration' || kind === 'cht') continue
    const handle = real.handles.get(name)
    if (kind !== 'expiring_map' || handle === undefined) return undefined
    const [keySize, valueSize] = sizes.map(({ constant }) => (constant === undefined ? undefined : Number(constant)))
    if (keySize === undefined || valueSize === undefined) return undefined
    if (Number(libvig.call('expiring_map_size', handle)) > MOST_ENTRIES) return undefined
    const bytesAt = (what: string, slot: number, size: number): Uint8Array => {
      const at = size === 0 ? 0 : Number(libvig.call(what, handle, slot)) >>> 0
      return libvig.bytes.slice(at, at + size)
    }
    const entries = [...times.of(handle)].flatMap(([slot, time]) =>
      libvig.call('expiring_map_used', handle, slot) === 1
        ? [
            {
              slot,
              time,
              key: bytesAt('expiring_map_key', slot, keySize),
              value: bytesAt('expiring_map_value', slot, valueSize),
            },
          ]
        : [],
    )
    found.set(name, entries)
  }
  return found
}
