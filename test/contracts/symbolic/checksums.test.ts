import test from 'ava'
import fc from 'fast-check'

import { concreteContractAlgebra } from '../../../src/contracts/concrete.js'
import { contracts, type Operation } from '../../../src/contracts/index.js'
import { type ChecksumClass, Checksums, carryOut, SymbolicAlgebra } from '../../../src/contracts/symbolic/index.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import type { Term } from '../../../src/smt/index.js'
import { KnownPath } from '../../domains/symbolic/known-path.js'

const u16 = fc.oneof(fc.constantFrom(0n, 1n, 0xfffen, 0xffffn), fc.bigInt(0n, 0xffffn))
const u32 = fc.tuple(u16, u16).map(([high, low]) => (high << 16n) | low)
const u128 = fc
  .array(u16, { minLength: 8, maxLength: 8 })
  .map((words) => words.reduce((all, word) => (all << 16n) | word))

type Update = readonly [name: string, width: number, old: bigint, fresh: bigint]

const update: fc.Arbitrary<Update> = fc.oneof(
  fc.tuple(fc.constant('checksum_update_u16'), fc.constant(16), u16, u16),
  fc.tuple(fc.constant('checksum_update_u32'), fc.constant(32), u32, u32),
  fc.tuple(fc.constant('checksum_update_u128'), fc.constant(128), u128, u128),
)

function contract(name: string): Operation {
  const found = contracts.get(name)
  if (found === undefined) throw new Error(`no contract for ${name}`)
  return found
}

class Setting {
  readonly path = new KnownPath()
  readonly integers = new Integers(this.path.terms)
  readonly checksums = new Checksums(this.path)
  readonly algebra = new SymbolicAlgebra(this.path, this.integers)
  #names = 0

  variable(value: bigint, width: number): Term {
    return this.path.variable(`x${this.#names++}`, width, value)
  }

  call(name: string, args: Record<string, Integer | Term>): Term {
    const context = { algebra: this.algebra, checksums: this.checksums, indices: () => [] }
    const { result } = carryOut(context, contract(name), args, undefined)
    if (result === undefined) throw new Error('no result')
    return this.integers.bits(result, 16)
  }

  update(
    [name, width, old, fresh]: Update,
    checksum: Term,
  ): { readonly result: Term; readonly old: Term; readonly fresh: Term } {
    const [before, after] = [this.variable(old, width), this.variable(fresh, width)]
    const given = (term: Term) => (width > 32 ? term : this.integers.unsigned(term))
    const result = this.call(name, {
      checksum: this.integers.unsigned(checksum),
      old: given(before),
      fresh: given(after),
    })
    this.#settle(result)
    return { result, old: before, fresh: after }
  }

  /** Gives the model the exact value of a result, as a refinement does. */
  #settle(result: Term): void {
    const exact = this.checksums.exactly(result)
    if (exact === undefined || result.symbol === undefined) return
    this.path.model.table(result.symbol).define(
      result.args.map((arg) => this.path.value(arg)),
      this.path.number(exact),
    )
  }

  valueOf({ constant, coefficients }: ChecksumClass): bigint {
    let sum = constant
    for (const [byte, factor] of coefficients) sum += factor * this.path.number(byte)
    return sum % 65_535n
  }
}

function concretely([name, width, old, fresh]: Update, checksum: bigint): number | undefined {
  const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(width / 4, '0'), 'hex')
  const given = (value: bigint) => (width > 32 ? bytes(value) : Number(value))
  const call = { checksum: Number(checksum), old: given(old), fresh: given(fresh) }
  return contract(name).outcomes[0]?.result?.(concreteContractAlgebra, call)
}

test('a chain of updates has the exact value of the contract, and the class that its sum says', (t) => {
  fc.assert(
    fc.property(u16, fc.array(update, { minLength: 1, maxLength: 4 }), (start, updates) => {
      const setting = new Setting()
      let term = setting.variable(start, 16)
      let value: number | undefined = Number(start)
      for (const each of updates) {
        term = setting.update(each, term).result
        value = concretely(each, BigInt(value ?? 0))
        t.is(setting.path.number(term), BigInt(value ?? -1))
        t.is(setting.valueOf(setting.checksums.of(term)), BigInt(value ?? -1) % 65_535n)
      }
    }),
    { numRuns: 200 },
  )
})

test('updates in another order, or there and back, are the same checksum', (t) => {
  const setting = new Setting()
  const { checksums, integers } = setting
  const [start, a, b, c] = [1n, 2n, 3n, 4n].map((value) => setting.variable(value, 16))
  if (start === undefined || a === undefined || b === undefined || c === undefined) return t.fail()
  const step = (checksum: Term, old: Term, fresh: Term) =>
    setting.call('checksum_update_u16', {
      checksum: integers.unsigned(checksum),
      old: integers.unsigned(old),
      fresh: integers.unsigned(fresh),
    })
  const one = step(step(start, a, b), b, c)
  t.is(checksums.congruent(one, step(start, a, c)), setting.path.terms.true)
  t.is(checksums.congruent(step(step(start, a, b), b, a), start), setting.path.terms.true)
  t.not(checksums.congruent(one, step(start, a, b)), setting.path.terms.true)
  const wanted = checksums.of(start).plus(checksums.of(a)).minus(checksums.of(c))
  t.is(checksums.isIn(one, wanted), setting.path.terms.true)
})

test('a finished UDP checksum is exact, without a decision', (t) => {
  fc.assert(
    fc.property(u16, u16, (original, updated) => {
      const setting = new Setting()
      const { integers } = setting
      const finished = setting.call('udp_checksum_finish', {
        original: integers.unsigned(setting.variable(original, 16)),
        updated: integers.unsigned(setting.variable(updated, 16)),
      })
      const expected = original === 0n ? 0n : updated === 0n ? 0xffffn : updated
      t.is(setting.path.number(finished), expected)
    }),
  )
})
