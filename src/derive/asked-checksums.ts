/**
 * Checksums of a packet that is looked for: whether they are right is asked for, and they are made so once the packet is
 * known. A solver would have to find bytes that sum up, which it takes long for.
 */
import type { ChecksumFacts } from '../domains/symbolic/checksum-facts.js'
import { readU16, writeU16 } from '../packet/index.js'
import { bitVecSort, boolSort, isModel, Model, type Term, type Terms } from '../smt/index.js'
import { layersOf } from '../verify/counterexample/shrinking/edit.js'
import { patched } from '../verify/exploration/patched.js'
import { madeChecksums } from '../verify/made-checksums.js'

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
    const { ipv4, transport, tcp } = layersOf(bytes)
    const segment = this.#wanted(this.transportRight(), model)
    const copy = madeChecksums(bytes, { header: this.#wanted(this.ipv4Right(), model), transport: segment })
    const at = transport + 6
    const isNone = segment === true && transport !== -1 && tcp === -1 && ipv4 !== -1 && readU16(bytes, at) === 0
    if (isNone && !isModel(this.#with(model, copy, at), facts)) writeU16(copy, at, 0)
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
