/**
 * Counterexamples that need a full table: more packets than a solver can find at once. One packet that inserts an entry is
 * known; which of its bits make other keys is found by trying, and so many packets like it are made that the table is full.
 * Then come some that a full table makes a difference to.
 */
import type { Device } from '../devices.js'
import type { Structure } from '../machine/index.js'
import type { RealRun } from '../real-nf.js'
import type { Finding, JudgedRuns, TestPacket } from './judged-runs.js'
import { PLAIN } from './plain.js'
import { reversed } from './reversed.js'
import { simplified } from './shrink.js'
import { edited } from './shrinking/edit.js'

/** Entries of the largest table that is filled, and bytes of a packet in which keys are looked for. */
const MOST_ENTRIES = 1 << 17
const LOOKED_AT = 80
/** Packets made for each that is needed: some make no entry. */
const SPARE = 4
/** Packets that come when the table is full: new ones, and answers to some. */
const NEW = 2
const ANSWERED = 2

const SECOND = 1_000_000_000n

export class FullTables {
  readonly #runs: JudgedRuns
  readonly #device: Device
  readonly #structures: readonly Structure[]
  readonly #filled = new Set<string>()

  constructor(runs: JudgedRuns, device: Device, structures: readonly Structure[]) {
    this.#runs = runs
    this.#device = device
    this.#structures = structures
  }

  /** From packets as any network has them: also where no path is known that can be followed to its end. */
  fromPlain(): Finding | undefined {
    for (const port of this.#runs.ports) {
      for (const bytes of PLAIN) {
        const finding = this.from({ bytes, port, now: SECOND })
        if (finding !== undefined) return finding
      }
    }
    return undefined
  }

  /** From a packet that inserts an entry, into a table that was not filled before. */
  from(packet: TestPacket): Finding | undefined {
    this.#device.real.restart()
    const inserted = this.#inserted(packet)
    if (inserted === undefined || inserted.capacity > MOST_ENTRIES || this.#filled.has(inserted.table)) return undefined
    this.#filled.add(inserted.table)
    const [plain = packet] = simplified([packet], (packets) => (this.#inserts(packets, inserted) ? packets : undefined))
    const others = this.#others(plain, inserted)
    const first = others.splice(0, inserted.capacity)
    if (first.length < inserted.capacity) return undefined
    const known = [first[0], first.at(-1)].filter((each) => each !== undefined).slice(0, ANSWERED)
    const answers = (packets: readonly TestPacket[]): TestPacket[] => packets.flatMap((each) => this.#answersTo(each))
    const after = [...others, ...answers([...known, ...others]), ...known]
    // What goes wrong with few entries as well is not told with many.
    return this.#runs.run([...known, ...after], this.#device) ?? this.#runs.run([...first, ...after], this.#device)
  }

  /** Packets like one that all make entries of their own in the same table: as many as fit, and some that do not. */
  #others(packet: TestPacket, { table, capacity }: Inserted): TestPacket[] {
    const wanted = capacity + NEW
    const bits = this.#keyBits(packet, table, Math.ceil(Math.log2(wanted * SPARE)))
    const keys = new Set<string>()
    const found: TestPacket[] = []
    this.#device.real.restart()
    for (let number = 0; number < Math.min(2 ** bits.length, wanted * SPARE) && found.length < wanted; number++) {
      const chosen = bits.filter((_, at) => ((number >> at) & 1) === 1)
      const other = { ...packet, bytes: flipped(packet.bytes, chosen) }
      // When the table is full nothing is inserted: what is new then is like those that were.
      const key = found.length < capacity ? this.#inserted(other) : { table, key: String(number) }
      if (key?.table !== table || keys.has(key.key)) continue
      keys.add(key.key)
      found.push(other)
    }
    return found
  }

  /** Bits of a packet that make another key. */
  #keyBits(packet: TestPacket, table: string, most: number): number[] {
    const found: number[] = []
    for (let byte = Math.min(packet.bytes.length, LOOKED_AT) - 1; byte >= 0; byte--) {
      for (let bit = 0; bit < 8 && found.length < most; bit++) {
        const at = byte * 8 + bit
        this.#device.real.restart()
        const before = this.#inserted(packet)
        const after = this.#inserted({ ...packet, bytes: flipped(packet.bytes, [at]) })
        if (after?.table === table && after.key !== before?.key) found.push(at)
      }
    }
    return found
  }

  #inserts(packets: readonly TestPacket[], { table }: Inserted): boolean {
    this.#device.real.restart()
    return packets.some((packet) => this.#inserted(packet)?.table === table)
  }

  #inserted(packet: TestPacket): Inserted | undefined {
    for (const { name, args, bytes, results } of this.#process(packet).calls) {
      const structure = this.#structures.find((each) => this.#device.real.handles.get(each.name) === args[0])
      const capacity = structure?.sizes[2]?.constant
      if (name !== 'expiring_map_insert' || results[0] !== 1 || structure === undefined || capacity === undefined)
        continue
      const size = Number(structure.sizes[0]?.constant ?? 0n)
      const key = Buffer.from(bytes[1]?.subarray(0, size) ?? []).toString('hex')
      return { table: structure.name, capacity: Number(capacity), key }
    }
    return undefined
  }

  #process({ bytes, port, now }: TestPacket): RealRun {
    return this.#device.real.process(bytes, port, now)
  }

  /** The other way, in by each other port. */
  #answersTo(packet: TestPacket): TestPacket[] {
    const bytes = reversed(packet.bytes)
    return this.#runs.ports.filter((port) => port !== packet.port).map((port) => ({ ...packet, bytes, port }))
  }
}

interface Inserted {
  readonly table: string
  readonly capacity: number
  readonly key: string
}

function flipped(bytes: Uint8Array, bits: readonly number[]): Uint8Array {
  return edited(bytes, (copy) => {
    for (const bit of bits) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return copy
  })
}
