/** libVig's module in the symbolic stepper: its functions are called on a path, on a heap of terms. */
import type { Path } from '../../domains/symbolic/path.js'
import { Term } from '../../smt/index.js'
import type { IntegerBinary, Module } from '../../wasm/index.js'
import { SymbolicDomain, type Watch } from '../machine/domain.js'
import type { MachineValue } from '../machine/value.js'
import { Calls } from './calls.js'
import { HeapMemory } from './heap.js'
import { type Product, Products } from './products.js'

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

export class LibvigMachine extends Calls<HeapMemory> {
  readonly #products: Products

  /** `like`: another one on the path, whose products are the same function. */
  constructor(path: Path, module: Module, like?: LibvigMachine) {
    const products = like === undefined ? new Products(path) : like.#products
    super(path, module, (watch) => {
      const memory = new HeapMemory(path, watch)
      // Where the home of a key is, counted from the first bucket, decides on the bucket that is looked at.
      memory.isToSettle = (variable) => variable !== products.firstBucket && products.homes.has(variable)
      return { memory, domain: new LibvigDomain(path, watch, products) }
    })
    this.#products = products
  }

  /** Of another module on the same path, with nothing in its memory; `path` is told what it obliges. */
  another(module: Module, path: Path): LibvigMachine {
    return new LibvigMachine(path, module, this)
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
}
