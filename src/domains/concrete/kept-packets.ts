/** A packet as one integer: its number, and below that the port by which it came. */
const PORT_BITS = 5
const NUMBERS = 2 ** (31 - PORT_BITS) - 1

/** The packets that can still be taken back, and the one at hand, the newest of them. */
export class KeptPackets {
  /**
   * So many packets, the one at hand included, may have been taken in another order; where that is not said, those that
   * are kept. One that is taken back and judged again has as many, also when others are not kept any more.
   */
  open: number | undefined
  #number = 0
  #kept = 0
  /** The port by which the packet at hand came. */
  #ingress = 0

  /** How many can be taken back. */
  get count(): number {
    return this.#kept
  }

  /** The packet at hand; numbers come again after 67 million. */
  get newest(): number {
    return ((this.#number & NUMBERS) << PORT_BITS) | this.#ingress
  }

  /** Whether `packet` may have been taken after others that are before it now. */
  isOpen(packet: number): boolean {
    return ((this.#number - (packet >>> PORT_BITS)) & NUMBERS) < (this.open ?? this.#kept)
  }

  /** Whether it came by another port than the one at hand, and nothing says which of the two was first. */
  isRival(packet: number): boolean {
    return this.isOpen(packet) && (packet & ((1 << PORT_BITS) - 1)) !== this.#ingress
  }

  /** The next packet came by `ingress`. */
  mark(ingress: number): void {
    this.#ingress = ingress
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
