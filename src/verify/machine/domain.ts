/**
 * The symbolic domain of the stepper: terms for numbers, pointers that cannot be looked at, and the path to say which way
 * a condition goes. There is no floating point.
 */
import { type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import { Term, type Terms } from '../../smt/index.js'
import { type Domain, type IntegerBinary, type IntegerUnary, type Memory, Unsupported } from '../../wasm/index.js'
import { integerBinary, integerUnary } from './integers.js'
import { sameAddress } from './same-address.js'
import { bitsOf, type MachineValue, nameOf, Pointer } from './value.js'

const I32_EQZ = 0x45
const I32_EQ = 0x46
const I32_NE = 0x47
const I32_ADD = 0x6a
const I32_SUB = 0x6b

/** Indices that are told apart one by one. */
const MOST_INDICES = 64

export interface Watch {
  /** Where the machine is. */
  place(): Place | undefined
  /** Told of every condition that is decided. */
  onDecision(condition: Term): void
}

export class SymbolicDomain implements Domain<MachineValue> {
  readonly #path: Path
  readonly #terms: Terms
  readonly #watch: Watch

  constructor(path: Path, watch: Watch) {
    this.#path = path
    this.#terms = path.terms
    this.#watch = watch
  }

  i32(value: number): Term {
    return this.#terms.bv(value, 32)
  }

  i64(value: bigint): Term {
    return this.#terms.bv(value, 64)
  }

  unary(opcode: IntegerUnary, operand: MachineValue): Term {
    // A pointer that libVig gave is never null.
    if (opcode === I32_EQZ && isNotNull(operand)) return this.i32(0)
    return integerUnary(this.#terms, opcode, bitsOf(operand, 'an operator'))
  }

  binary(opcode: IntegerBinary, left: MachineValue, right: MachineValue): MachineValue {
    if (left instanceof Term && right instanceof Term) return integerBinary(this.#terms, opcode, left, right)
    if (opcode === I32_ADD)
      return left instanceof Term ? this.#moved(right, left) : this.#moved(left, bitsOf(right, 'a sum'))
    if (opcode === I32_SUB && left instanceof Pointer) {
      if (right instanceof Term) return this.#moved(left, this.#terms.neg(right))
      if (left.base === right.base) return this.#terms.sub(left.offset, right.offset)
    }
    if (opcode === I32_EQ || opcode === I32_NE) {
      const [pointer, other] = left instanceof Pointer ? [left, right] : [right, left]
      if (isNotNull(pointer) && isZero(other)) return this.i32(opcode === I32_NE ? 1 : 0)
      const isSame = sameAddress(this.#terms, left, right)
      if (isSame !== undefined) return this.#terms.fromBool(opcode === I32_NE ? this.#terms.not(isSame) : isSame, 32)
    }
    const pointer = left instanceof Pointer ? left : right
    throw new Undecidable(
      `an operator on ${pointer instanceof Pointer ? nameOf(pointer) : 'a pointer'}`,
      this.#watch.place(),
    )
  }

  truth(condition: MachineValue): boolean {
    if (isNotNull(condition)) return true
    return this.#decide(this.#terms.isNonZero(bitsOf(condition, 'a condition')))
  }

  select(condition: MachineValue, ifNotZero: MachineValue, ifZero: MachineValue): MachineValue {
    if (ifNotZero === ifZero) return ifZero
    if (isNotNull(condition)) return ifNotZero
    const holds = this.#terms.isNonZero(bitsOf(condition, 'a condition'))
    if (ifNotZero instanceof Term && ifZero instanceof Term) return this.#terms.ite(holds, ifNotZero, ifZero)
    if (ifNotZero instanceof Pointer && ifZero instanceof Pointer && ifNotZero.base === ifZero.base) {
      return new Pointer(ifZero.base, this.#terms.ite(holds, ifNotZero.offset, ifZero.offset))
    }
    return this.#decide(holds) ? ifNotZero : ifZero
  }

  choose(index: MachineValue, targets: readonly number[]): number {
    const bits = bitsOf(index, 'a branch')
    const last = targets.at(-1) ?? 0
    const different = [...new Set(targets)]
    // The default is the most likely to have no other condition: it is left for the end.
    const ordered = [...different.filter((target) => target !== last), last]
    for (const target of ordered.slice(0, -1)) {
      const places = targets.slice(0, -1).flatMap((each, at) => (each === target ? [at] : []))
      const isOne = this.#terms.any(places.map((at) => this.#terms.eq(bits, this.i32(at))))
      if (this.#decide(isOne)) return target
    }
    return last
  }

  index(value: MachineValue, count: number): number {
    const bits = bitsOf(value, 'an index')
    if (bits.op === 'bv') return bits.value < BigInt(count) ? Number(bits.value) : count
    if (count > MOST_INDICES) throw new Undecidable('an index that is not known into a long table', this.#watch.place())
    for (let at = 0; at < count; at++) if (this.#decide(this.#terms.eq(bits, this.i32(at)))) return at
    return count
  }

  memory(): Memory<MachineValue> {
    throw new Unsupported('a memory of its own')
  }

  #moved(pointer: MachineValue, by: Term): Pointer {
    if (pointer instanceof Term) throw new TypeError('not a pointer')
    if (pointer.base.kind === 'handle' && !isZero(by)) {
      throw new Undecidable(`a sum with ${nameOf(pointer)}`, this.#watch.place())
    }
    return new Pointer(pointer.base, this.#terms.add(pointer.offset, by))
  }

  #decide(condition: Term): boolean {
    if (!condition.isConstant) this.#watch.onDecision(condition)
    return this.#path.decide(condition, this.#watch.place())
  }
}

/** What libVig gave is never null; where the packet lies is not looked at. */
function isNotNull(value: MachineValue): boolean {
  return value instanceof Pointer && value.base.kind !== 'packet' && value.isStart
}

function isZero(value: MachineValue): boolean {
  return value instanceof Term && value.op === 'bv' && value.value === 0n
}
