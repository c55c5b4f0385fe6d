/**
 * Checksums of a packet that is looked for: whether they are right is asked for, and they are made so once the packet is
 * known. A solver would have to find bytes that sum up, which it takes long for.
 */
import type { ChecksumFacts } from '../domains/symbolic/checksum-facts.js'
import { ipv4HeaderChecksum, transportChecksum, writeU16 } from '../packet/index.js'
import { boolSort, type Model, type Term, type Terms } from '../smt/index.js'
import { layersOf } from '../verify/counterexample/shrinking/edit.js'

export class AskedChecksums implements ChecksumFacts {
  readonly #terms: Terms

  constructor(terms: Terms) {
    this.#terms = terms
  }

  ipv4Right(): Term {
    return this.#terms.variable('packet.ipv4.checksumRight', boolSort)
  }

  transportRight(): Term {
    return this.#terms.variable('packet.transport.checksumRight', boolSort)
  }

  /** The packet that a model is about with checksums as the model has them; those that it says nothing of stay. */
  made(bytes: Uint8Array, model: Model): Uint8Array {
    const { ipv4, ipHeaderLength, transport, tcp } = layersOf(bytes)
    const copy = bytes.slice()
    const header = this.#wanted(this.ipv4Right(), model)
    if (header !== undefined && ipv4 !== -1) {
      writeU16(copy, ipv4 + 10, as(ipv4HeaderChecksum(copy, ipv4, ipHeaderLength), header))
    }
    const segment = this.#wanted(this.transportRight(), model)
    if (segment !== undefined && transport !== -1) {
      writeU16(copy, transport + (tcp === -1 ? 6 : 16), as(transportChecksum(copy, layersOf(copy)), segment))
    }
    return copy
  }

  #wanted({ symbol }: Term, model: Model): boolean | undefined {
    const value = symbol === undefined ? undefined : model.variable(symbol)
    return typeof value === 'boolean' ? value : undefined
  }
}

/** A right checksum, or one that is wrong, and not zero, which might say that there is none. */
function as(right: number, isRight: boolean): number {
  if (isRight) return right
  return right === 0x5555 ? 0xaaaa : 0x5555
}
