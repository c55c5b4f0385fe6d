/** A packet as one integer: its number, and below that the port by which it came. */
const PORT_BITS = 5
const NUMBERS = 2 ** (31 - PORT_BITS) - 1

/** The packets that can still be taken back, and the one at hand, the newest of them. */
export class KeptPackets {
  /** The port by which the packet at hand came. */
  ingress = 0
  #number = 0
  #kept = 0

  /** How many can be taken back. */
  get count(): number {
    return this.#kept
  }

  /** The packet at hand; numbers come again after 67 million. */
  get newest(): number {
    return ((this.#number & NUMBERS) << PORT_BITS) | this.ingress
  }

  /** Whether `packet` is kept still, and came by another port than the one at hand: nothing says which came first. */
  isRival(packet: number): boolean {
    const age = (this.#number - (packet >>> PORT_BITS)) & NUMBERS
    return age < this.#kept && (packet & ((1 << PORT_BITS) - 1)) !== this.ingress
  }

  begin(): void {
    this.#number += 1
    this.#kept = 0
  }

  mark(): void {
    this.#number += 1
    this.#kept += 1
  }

  retract(): void {
    this.#number -= 1
    this.#kept -= 1
  }

  forget(count: number): void {
    this.#kept -= count
  }
}
