import type { Retractable } from '../state.js'
import type { Choices, Doubt } from './choices.js'
import { Journal } from './journal.js'

/** The entry may really be at another slot: no output has shown its own. */
export const UNSEEN = 1
/** The value may really be another. */
const UNCERTAIN = 2

/** Whoever reads an uncertain value may see another than the device does. */
const uncertainValue: Doubt = { doubtful: () => true }

/**
 * What is not certain of the entries of a map. A slot is unseen until an output shows it. A value is uncertain where it
 * was written by a packet that may have seen something else in the device: a choice that was never shown, another
 * uncertain value; or where another packet, by another port, wrote the same entry so short before that both are kept
 * still. Their order is then not certain, and it need not show before both are forgotten.
 *
 * What happens to values need be told only from the first packet on that is kept.
 */
export class SlotDoubts implements Retractable {
  readonly #choices: Choices
  /** By slot; others only read it. */
  readonly flags: Uint8Array
  /** By slot, the packet that wrote the value last; made with the first packet that is kept. */
  #writers: Int32Array | undefined
  readonly #journal = new Journal()
  /** Whether any slot ever stayed unseen after its packet; if not, nobody has to look. */
  hasUnseen = false

  constructor(capacity: number, choices: Choices) {
    this.flags = new Uint8Array(capacity)
    this.#choices = choices
  }

  /** A new entry is at `slot`. */
  inserted(slot: number): void {
    this.#set(slot, this.#choices.isTainted ? UNSEEN | UNCERTAIN : UNSEEN, this.#choices.kept.newest)
  }

  /** The packet is settled: whether its output showed the slot. */
  settled(slot: number, sure: boolean): void {
    const others = (this.flags[slot] ?? 0) & ~UNSEEN
    this.#set(slot, sure ? others : others | UNSEEN, this.#writerOf(slot))
    if (!sure) this.hasUnseen = true
  }

  /** The entry at `from`, which is unseen, is taken to be at `to`. */
  moved(from: number, to: number): void {
    this.#set(to, this.flags[from] ?? 0, this.#writerOf(from))
  }

  /** The value at `slot` is written. */
  written(slot: number): void {
    const { isTainted, kept } = this.#choices
    const others = (this.flags[slot] ?? 0) & ~UNCERTAIN
    const isCertain = !isTainted && !kept.isRival(this.#writerOf(slot))
    this.#set(slot, isCertain ? others : others | UNCERTAIN, kept.newest)
  }

  /** The value at `slot` is read. */
  read(slot: number): void {
    if (((this.flags[slot] ?? 0) & UNCERTAIN) === 0) return
    this.#choices.doubt(uncertainValue)
    this.#choices.taint()
  }

  begin(): void {
    if (this.#journal.recording) this.#journal.end()
  }

  rollback(): void {
    while (this.#journal.back()) {
      const slot = this.#journal.field(1)
      this.flags[slot] = this.#journal.field(2)
      if (this.#writers !== undefined) this.#writers[slot] = this.#journal.field(3)
    }
  }

  mark(): void {
    this.#writers ??= new Int32Array(this.flags.length)
    this.#journal.mark(0, 0, 0)
  }

  retract(): void {
    this.rollback()
    this.#journal.retract()
  }

  forget(count: number): void {
    this.#journal.forget(count)
  }

  #set(slot: number, flags: number, writer: number): void {
    const writers = this.#writers
    if (writers !== undefined && this.#journal.recording) {
      if (this.flags[slot] === flags && writers[slot] === writer) return
      this.#journal.push(0, slot, this.flags[slot] ?? 0, writers[slot] ?? 0)
      writers[slot] = writer
    }
    this.flags[slot] = flags
  }

  #writerOf(slot: number): number {
    return this.#writers?.[slot] ?? 0
  }
}
