/** libVig's module in the symbolic stepper: its functions are called on a path, on a heap of terms. */
import { type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import { bitVecSort, Term, type Terms, variablesOf } from '../../smt/index.js'
import {
  type External,
  type Instance,
  type IntegerBinary,
  instantiate,
  type Module,
  type Outcome,
  Stepper,
  Store,
} from '../../wasm/index.js'
import { SymbolicDomain, type Watch } from '../machine/domain.js'
import { placeOf } from '../machine/machine.js'
import { bitsOf, type MachineValue } from '../machine/value.js'
import { HeapMemory } from './heap.js'

/** Instructions of one call: far more than any takes in a small scope. */
const MOST_STEPS = 500_000
const I64_MUL = 0x7e

/**
 * Products of 64 bits, which only hashing has, are some function of the factor that is not known, one for each constant:
 * what holds whatever that function is holds for the product. It is written as a number for each factor, the same where
 * factors are, which leaves the solver nothing but bits. Its halves are written such that `high ^ low`, which is how a hash
 * ends, is one variable above and one below, counted from where buckets are counted from: each number can be written so.
 */
class LibvigDomain extends SymbolicDomain {
  readonly #path: Path
  readonly #products = new Map<bigint, Map<Term, Product>>()
  /** What products really are. */
  readonly exact: Term[] = []
  /** Factors that no product is part of: what hashing starts with. */
  readonly words: Term[] = []
  readonly #made = new Set<Term>()
  readonly homes = new Set<Term>()
  /** Where buckets are counted from, once that is so. */
  firstBucket: Term | undefined
  homeBits = 0
  /** Keys are hashed that are different from each other. */
  isApart = false

  constructor(path: Path, watch: Watch) {
    super(path, watch)
    this.#path = path
  }

  override binary(opcode: IntegerBinary, left: MachineValue, right: MachineValue): MachineValue {
    if (opcode === I64_MUL && left instanceof Term && right instanceof Term) {
      if (left.op === 'bv' && right.op !== 'bv') return this.#product(left.value, right)
      if (right.op === 'bv' && left.op !== 'bv') return this.#product(right.value, left)
    }
    return super.binary(opcode, left, right)
  }

  #product(constant: bigint, factor: Term): Term {
    const { terms } = this.#path
    const known = this.#products.get(constant) ?? new Map<Term, Product>()
    this.#products.set(constant, known)
    const before = known.get(factor)
    if (before !== undefined) return before.product
    const parts = this.#anyParts()
    const product = parts.length === 1 ? terms.concat(...parts) : joined(terms, parts)
    for (const [other, { parts: otherParts, isApart }] of known) {
      // Of keys that are different nothing is to be known but that: less is assumed.
      if (isApart && this.isApart) continue
      const isSame = terms.all(parts.map((part, at) => terms.eq(part, otherParts[at] ?? part)))
      this.#path.assume(terms.implies(terms.eq(factor, other), isSame))
    }
    known.set(factor, { product, parts, isApart: this.isApart })
    for (const part of variablesOf([product])) this.#made.add(part)
    if (!variablesOf([factor]).some((part) => this.#made.has(part))) this.words.push(factor)
    this.exact.push(terms.eq(product, terms.mul(terms.bv(constant, 64), factor)))
    return product
  }

  /** What any number of 64 bits is written with: its hash and its low half; or the number. */
  #anyParts(): readonly Term[] {
    if (this.homeBits === 0) return [this.#path.fresh('product', bitVecSort(64))]
    const { terms } = this.#path
    const tag = this.#path.fresh('tag', bitVecSort(32 - this.homeBits))
    const home = this.#path.fresh('home', bitVecSort(this.homeBits))
    this.homes.add(home)
    const counted = this.firstBucket === undefined ? home : terms.add(this.firstBucket, home)
    return [terms.concat(tag, counted), this.#path.fresh('low', bitVecSort(32))]
  }
}

interface Product {
  readonly product: Term
  readonly parts: readonly Term[]
  /** Of a key of a structure. */
  readonly isApart: boolean
}

/** The number of which these are both halves by exclusive or, and the lower one. */
function joined(terms: Terms, [both, low]: readonly Term[]): Term {
  if (both === undefined || low === undefined) throw new RangeError('a number has two halves')
  return terms.concat(terms.bvxor(both, low), low)
}

export type CallEnd =
  | { readonly kind: 'returned'; readonly result: Term | undefined }
  | { readonly kind: 'stopped'; readonly what: string }

/** Made anew for each run of a path. */
export class LibvigMachine implements Watch {
  readonly path: Path
  readonly memory: HeapMemory
  readonly #instance: Instance<MachineValue>
  readonly #store: Store<MachineValue>
  readonly #domain: LibvigDomain
  #stepper: Stepper<MachineValue> | undefined

  constructor(path: Path, module: Module) {
    this.path = path
    this.memory = new HeapMemory(path, this)
    const domain = new LibvigDomain(path, this)
    this.#domain = domain
    // Where the home of a key is, counted from the first bucket, decides on the bucket that is looked at.
    this.memory.isToSettle = (variable) => variable !== domain.firstBucket && domain.homes.has(variable)
    this.#store = new Store(this.#domain)
    const env = new Map<string, External<MachineValue>>([['memory', { kind: 'memory', memory: this.memory }]])
    const { instance, outcome } = instantiate(this.#store, module, new Map([['env', env]]))
    if (outcome.kind !== 'returned') throw new Undecidable('libVig cannot be instantiated')
    this.#instance = instance
  }

  place(): Place | undefined {
    const position = this.#stepper?.position()
    return position && placeOf(position)
  }

  onDecision(): void {}

  /** Calls an export. A trap, or a limit that is reached, is obliged not to be. */
  call(name: string, args: readonly Term[]): CallEnd {
    const callee = this.#instance.exports.get(name)
    if (callee?.kind !== 'wasm') throw new RangeError(`libVig exports no function ${name}`)
    const stepper = new Stepper(this.#store, { steps: MOST_STEPS })
    this.#stepper = stepper
    const outcome = this.#outcomeOf(() => stepper.call(callee, args))
    if (outcome.kind === 'returned') {
      const [value] = outcome.values
      return { kind: 'returned', result: value === undefined ? undefined : bitsOf(value, 'the result') }
    }
    if (outcome.kind !== 'trapped') throw new Undecidable(outcome.kind, this.place())
    const place = outcome.at === undefined ? undefined : placeOf(outcome.at)
    const what = `does not trap: ${outcome.trap}`
    this.path.oblige({ guarantee: 'no trap', what, place, holds: this.path.terms.false })
    return { kind: 'stopped', what: outcome.trap }
  }

  /** A number of a call that has to be known: of the allocators' costs, and of setting up. */
  known(name: string, args: readonly Term[]): bigint {
    const end = this.call(name, args)
    if (end.kind !== 'returned' || end.result?.op !== 'bv') throw new Undecidable(`${name} gives no number`)
    return BigInt.asIntN(end.result.width, end.result.value)
  }

  /** While keys are hashed that are different from each other. */
  hashApart<T>(run: () => T): T {
    this.#domain.isApart = true
    try {
      return run()
    } finally {
      this.#domain.isApart = false
    }
  }

  /** From here on the homes of keys are known by `bits`, and counted from `first`, where it is given. */
  countHomes(bits: number, first: Term | undefined): void {
    this.#domain.homeBits = bits
    this.#domain.firstBucket = first
  }

  /** What has to hold besides for the hashes of a model to be libVig's. */
  get exactProducts(): readonly Term[] {
    return this.#domain.exact
  }

  /** What is hashed, word by word. */
  get hashedWords(): readonly Term[] {
    return this.#domain.words
  }

  /** A reason without a place gets that of the instruction. */
  #outcomeOf(run: () => Outcome<MachineValue>): Outcome<MachineValue> {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof Undecidable) || error.place !== undefined) throw error
      throw new Undecidable(error.reason, this.place())
    }
  }
}
