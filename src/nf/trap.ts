/** The network function stopped in the middle of a packet: unreachable, out of bounds, division by zero, recursion. */
export class NfTrap extends Error {
  readonly nf: string
  /** Of the packet within its burst; earlier ones have their verdicts, later ones were not processed. */
  readonly index: number
  readonly reason: string

  constructor(nf: string, index: number, reason: string, options?: ErrorOptions) {
    super(`${nf} trapped at packet ${index} of the burst: ${reason}`, options)
    this.name = 'NfTrap'
    this.nf = nf
    this.index = index
    this.reason = reason
  }
}
