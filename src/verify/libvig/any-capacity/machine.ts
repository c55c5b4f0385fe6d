/** libVig's module in the symbolic stepper, on a memory of which neither addresses nor sizes are known. */
import type { Path } from '../../../domains/symbolic/path.js'
import { Term } from '../../../smt/index.js'
import type { IntegerBinary, Module } from '../../../wasm/index.js'
import { SymbolicDomain, type Watch } from '../../machine/domain.js'
import type { MachineValue } from '../../machine/value.js'
import { Calls } from '../calls.js'
import { LoggedMemory } from './memory.js'
import { WordProducts } from './word-products.js'

const I32_MUL = 0x6c
const I64_MUL = 0x7e

class WordDomain extends SymbolicDomain {
  readonly #products: WordProducts

  constructor(path: Path, watch: Watch, products: WordProducts) {
    super(path, watch)
    this.#products = products
  }

  override binary(opcode: IntegerBinary, left: MachineValue, right: MachineValue): MachineValue {
    const isProduct = (opcode === I32_MUL || opcode === I64_MUL) && left instanceof Term && right instanceof Term
    if (!isProduct || left.isConstant || right.isConstant) return super.binary(opcode, left, right)
    return this.#products.of(left, right) ?? super.binary(opcode, left, right)
  }
}

export class AnyCapacityMachine extends Calls<LoggedMemory> {
  readonly products: WordProducts

  constructor(path: Path, module: Module) {
    const products = new WordProducts(path)
    super(path, module, (watch) => ({
      memory: new LoggedMemory(path, watch),
      domain: new WordDomain(path, watch, products),
    }))
    this.products = products
  }
}
