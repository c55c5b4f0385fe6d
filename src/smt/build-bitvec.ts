/**
 * Building terms, part two: bit vectors, with SMT-LIB's meaning (FixedSizeBitVectors and QF_BV): x udiv 0 is all ones,
 * x urem 0 is x, x sdiv 0 is 1 for negative x and else -1, x srem 0 is x, and shifts by the width or more give zeros
 * (`ashr`: copies of the sign). WebAssembly's traps and shift masks are the caller's to add.
 */
import { CoreBuilder, requireBool } from './build-core.js'
import { SortError } from './errors.js'
import { bitVecSort, boolSort, maxWidth, printSort } from './sorts.js'
import type { Op, Term } from './term.js'

export abstract class BitVecBuilder extends CoreBuilder {
  add(a: Term, b: Term): Term {
    return this.#binary('add', 'bvadd', a, b)
  }

  sub(a: Term, b: Term): Term {
    return this.#binary('sub', 'bvsub', a, b)
  }

  mul(a: Term, b: Term): Term {
    return this.#binary('mul', 'bvmul', a, b)
  }

  /** `op` of one or more arguments of one width. */
  nary(op: 'bvand' | 'bvor' | 'bvxor' | 'bvadd' | 'bvmul', args: readonly Term[]): Term {
    const [first] = args
    if (first === undefined) throw new SortError('nary', `${op} of nothing`)
    for (const arg of args) requireSameWidth('nary', first, arg)
    return args.length === 1 ? first : this.make(op, first.sort, args)
  }

  neg(a: Term): Term {
    requireBitVec('neg', a)
    return this.make('bvneg', a.sort, [a])
  }

  udiv(a: Term, b: Term): Term {
    return this.#binary('udiv', 'bvudiv', a, b)
  }

  urem(a: Term, b: Term): Term {
    return this.#binary('urem', 'bvurem', a, b)
  }

  /** Rounds toward zero. */
  sdiv(a: Term, b: Term): Term {
    return this.#binary('sdiv', 'bvsdiv', a, b)
  }

  /** Has the sign of `a`. */
  srem(a: Term, b: Term): Term {
    return this.#binary('srem', 'bvsrem', a, b)
  }

  bvand(a: Term, b: Term): Term {
    return this.#binary('bvand', 'bvand', a, b)
  }

  bvor(a: Term, b: Term): Term {
    return this.#binary('bvor', 'bvor', a, b)
  }

  bvxor(a: Term, b: Term): Term {
    return this.#binary('bvxor', 'bvxor', a, b)
  }

  bvnot(a: Term): Term {
    requireBitVec('bvnot', a)
    return this.make('bvnot', a.sort, [a])
  }

  shl(a: Term, amount: Term): Term {
    return this.#binary('shl', 'bvshl', a, amount)
  }

  lshr(a: Term, amount: Term): Term {
    return this.#binary('lshr', 'bvlshr', a, amount)
  }

  ashr(a: Term, amount: Term): Term {
    return this.#binary('ashr', 'bvashr', a, amount)
  }

  /** Rotates left by `amount` modulo the width. */
  rotl(a: Term, amount: Term): Term {
    const by = this.#rotation('rotl', a, amount)
    return this.bvor(this.shl(a, by), this.lshr(a, this.sub(this.bv(a.width, a.width), by)))
  }

  /** Rotates right by `amount` modulo the width. */
  rotr(a: Term, amount: Term): Term {
    const by = this.#rotation('rotr', a, amount)
    return this.bvor(this.lshr(a, by), this.shl(a, this.sub(this.bv(a.width, a.width), by)))
  }

  #rotation(operation: string, a: Term, amount: Term): Term {
    requireSameWidth(operation, a, amount)
    return this.urem(amount, this.bv(a.width, a.width))
  }

  /** One or more parts, the most significant first. */
  concat(...parts: readonly Term[]): Term {
    let width = 0
    for (const part of parts) {
      requireBitVec('concat', part)
      width += part.width
    }
    const [first] = parts
    if (first === undefined) throw new SortError('concat', 'there are no parts')
    return parts.length === 1 ? first : this.make('concat', bitVecSort(width), parts)
  }

  /** Bits `hi` down to `lo`, both included, bit 0 the least significant. */
  extract(hi: number, lo: number, a: Term): Term {
    requireBitVec('extract', a)
    if (!Number.isInteger(hi) || !Number.isInteger(lo) || lo < 0 || hi < lo || hi >= a.width) {
      throw new SortError('extract', `there are no bits ${hi} to ${lo} in ${a.width}`)
    }
    return this.make('extract', bitVecSort(hi - lo + 1), [a], hi, lo)
  }

  /** Adds `bits` zeros at the top. */
  zeroExtend(bits: number, a: Term): Term {
    return this.#extend('zeroExtend', 'zero_extend', bits, a)
  }

  /** Adds `bits` copies of the sign at the top. */
  signExtend(bits: number, a: Term): Term {
    return this.#extend('signExtend', 'sign_extend', bits, a)
  }

  /** `a` as a vector of `width` bits, at least its own width, of the same unsigned value. */
  zeroExtendTo(width: number, a: Term): Term {
    return this.#extend('zeroExtendTo', 'zero_extend', width - a.width, a)
  }

  /** `a` as a vector of `width` bits, at least its own width, of the same signed value. */
  signExtendTo(width: number, a: Term): Term {
    return this.#extend('signExtendTo', 'sign_extend', width - a.width, a)
  }

  /** Byte `index` of `a`, 0 the least significant; `a` is a whole number of bytes wide. */
  byte(index: number, a: Term): Term {
    return this.extract(8 * index + 7, 8 * index, a)
  }

  ult(a: Term, b: Term): Term {
    return this.#compare('ult', 'bvult', a, b)
  }

  ule(a: Term, b: Term): Term {
    return this.#compare('ule', 'bvule', a, b)
  }

  ugt(a: Term, b: Term): Term {
    return this.#compare('ugt', 'bvult', b, a)
  }

  uge(a: Term, b: Term): Term {
    return this.#compare('uge', 'bvule', b, a)
  }

  slt(a: Term, b: Term): Term {
    return this.#compare('slt', 'bvslt', a, b)
  }

  sle(a: Term, b: Term): Term {
    return this.#compare('sle', 'bvsle', a, b)
  }

  sgt(a: Term, b: Term): Term {
    return this.#compare('sgt', 'bvslt', b, a)
  }

  sge(a: Term, b: Term): Term {
    return this.#compare('sge', 'bvsle', b, a)
  }

  /** 1 where `condition` holds, else 0. */
  fromBool(condition: Term, width: number): Term {
    requireBool('fromBool', condition)
    return this.ite(condition, this.bv(1, width), this.bv(0, width))
  }

  /** Whether any bit is set: what WebAssembly's `br_if` asks. */
  isNonZero(a: Term): Term {
    requireBitVec('isNonZero', a)
    return this.not(this.eq(a, this.bv(0, a.width)))
  }

  #binary(operation: string, op: Op, a: Term, b: Term): Term {
    requireSameWidth(operation, a, b)
    return this.make(op, a.sort, [a, b])
  }

  #compare(operation: string, op: Op, a: Term, b: Term): Term {
    requireSameWidth(operation, a, b)
    return this.make(op, boolSort, [a, b])
  }

  #extend(operation: string, op: 'zero_extend' | 'sign_extend', bits: number, a: Term): Term {
    requireBitVec(operation, a)
    if (!Number.isInteger(bits) || bits < 0 || a.width + bits > maxWidth) {
      throw new SortError(operation, `${a.width} bits cannot be extended by ${bits}`)
    }
    return bits === 0 ? a : this.make(op, bitVecSort(a.width + bits), [a], bits)
  }
}

export function requireBitVec(operation: string, term: Term): void {
  if (term.width === 0) throw new SortError(operation, `takes a bit vector, not ${printSort(term.sort)}`)
}

function requireSameWidth(operation: string, a: Term, b: Term): void {
  if (a.width !== b.width || a.width === 0) {
    throw new SortError(
      operation,
      `takes two bit vectors of one width, not ${printSort(a.sort)} and ${printSort(b.sort)}`,
    )
  }
}
