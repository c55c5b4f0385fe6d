/**
 * Checksums of a packet that is looked for: whether they are right is asked for, and they are made so once the packet is
 * known. A solver would have to find bytes that sum up, which it takes long for.
 */
import type { ChecksumFacts } from '../domains/symbolic/checksum-facts.js'
import { ipv4HeaderChecksum, readU16, transportChecksum, writeU16 } from '../packet/index.js'
import { bitVecSort, boolSort, isModel, Model, type Term, type Terms } from '../smt/index.js'
import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { patched } from '../verify/exploration/patched.js'

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

  /**
   * The packet that a model of the facts is about with checksums as the model has them; those that it says nothing of stay. A
   * sum of UDP that is right is a zero, which says that there is none, only where the facts hang on it.
   */
  made(bytes: Uint8Array, model: Model, facts: readonly Term[]): Uint8Array {
    const { ipv4, ipHeaderLength, transport, tcp } = layersOf(bytes)
    const copy = bytes.slice()
    const header = this.#wanted(this.ipv4Right(), model)
    if (header !== undefined && ipv4 !== -1) {
      writeU16(copy, ipv4 + 10, as(ipv4HeaderChecksum(copy, ipv4, ipHeaderLength), header))
    }
    const segment = this.#wanted(this.transportRight(), model)
    if (segment !== undefined && transport !== -1) {
      const at = transport + (tcp === -1 ? 6 : 16)
      const isNone = segment && tcp === -1 && ipv4 !== -1 && readU16(copy, at) === 0
      writeU16(copy, at, as(transportChecksum(copy, layersOf(copy)), segment))
      if (isNone && !isModel(this.#with(model, copy, at), facts)) writeU16(copy, at, 0)
    }
    return copy
  }

  /** A model with two bytes of its packet as they are here. */
  #with(model: Model, bytes: Uint8Array, at: number): Model {
    const over = new Model()
    const symbol = this.#terms.declareFunction('packet.byte', [bitVecSort(16)], bitVecSort(8))
    for (const each of [at, at + 1]) over.table(symbol).define([BigInt(each)], BigInt(bytes[each] ?? 0))
    return patched(model, over)
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
