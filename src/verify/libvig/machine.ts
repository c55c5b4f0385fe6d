/** libVig's module in the symbolic stepper: its functions are called on a path, on a heap of terms. */
import { type Path, type Place, Undecidable } from '../../domains/symbolic/path.js'
import { Term } from '../../smt/index.js'
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
import { type Product, Products } from './products.js'

/** Instructions of one call: far more than any takes in a small scope. */
const MOST_STEPS = 500_000
/** Why a call that takes more is not followed. */
export const ENDLESS = `does not end within ${MOST_STEPS} instructions`
const I64_MUL = 0x7e

class LibvigDomain extends SymbolicDomain {
  readonly #products: Products

  constructor(path: Path, watch: Watch, products: Products) {
    super(path, watch)
    this.#products = products
  }

  override binary(opcode: IntegerBinary, left: MachineValue, right: MachineValue): MachineValue {
    if (opcode === I64_MUL && left instanceof Term && right instanceof Term) {
      if (left.op === 'bv' && right.op !== 'bv') return this.#products.of(left.value, right)
      if (right.op === 'bv' && left.op !== 'bv') return this.#products.of(right.value, left)
    }
    return super.binary(opcode, left, right)
  }
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
  readonly #products: Products
  #stepper: Stepper<MachineValue> | undefined

  /** `like`: another one on the path, whose products are the same function. */
  constructor(path: Path, module: Module, like?: LibvigMachine) {
    this.path = path
    this.memory = new HeapMemory(path, this)
    const products = like === undefined ? new Products(path) : like.#products
    this.#products = products
    // Where the home of a key is, counted from the first bucket, decides on the bucket that is looked at.
    this.memory.isToSettle = (variable) => variable !== products.firstBucket && products.homes.has(variable)
    this.#store = new Store(new LibvigDomain(path, this, products))
    const env = new Map<string, External<MachineValue>>([['memory', { kind: 'memory', memory: this.memory }]])
    const { instance, outcome } = instantiate(this.#store, module, new Map([['env', env]]))
    if (outcome.kind !== 'returned') throw new Undecidable('libVig cannot be instantiated')
    this.#instance = instance
  }

  /** Of another module on the same path, with nothing in its memory; `path` is told what it obliges. */
  another(module: Module, path: Path): LibvigMachine {
    return new LibvigMachine(path, module, this)
  }

  /** What globals are now. */
  get globals(): readonly MachineValue[] {
    return this.#instance.globals.map(({ value }) => value)
  }

  set globals(values: readonly MachineValue[]) {
    for (const [at, global] of this.#instance.globals.entries()) global.value = values[at] ?? global.value
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
    if (outcome.kind === 'out of fuel') throw new Undecidable(ENDLESS, this.place())
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
    this.#products.isApart = true
    try {
      return run()
    } finally {
      this.#products.isApart = false
    }
  }

  /** From here on the homes of keys are known by `bits`, and counted from `first`, where it is given. */
  countHomes(bits: number, first: Term | undefined): void {
    this.#products.homeBits = bits
    this.#products.firstBucket = first
  }

  /** What has to hold besides for the hashes of a model to be libVig's. */
  get exactProducts(): readonly Product[] {
    return this.#products.exact
  }

  /** What is hashed: variables. */
  get hashed(): readonly Term[] {
    return [...this.#products.hashed]
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
