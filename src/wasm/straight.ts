/** Instructions that go on with the next one: variables, memory, numbers (core 2.0, sections 4.4.1 to 4.4.7). */
import { loads, stores } from './accesses.js'
import { executeBulk } from './bulk.js'
import { byOpcode } from './by-opcode.js'
import { checkDivision, isDivision } from './division.js'
import type { Domain, Floats, Value } from './domain.js'
import type { Frame } from './frame.js'
import type { GlobalInstance, Store } from './instance.js'
import type { Instruction } from './module.js'
import type { Operands } from './operands.js'
import { type Operator, operators } from './operators.js'
import { Unsupported } from './outcome.js'
import { executeReference } from './references.js'

const loadTable = byOpcode(loads)
const storeTable = byOpcode(stores)
const operatorTable = byOpcode(operators)

export class Straight<V extends Value> {
  readonly #store: Store<V>
  readonly #domain: Domain<V>
  readonly #floats: Floats<V> | undefined
  readonly #operands: Operands<V>

  constructor(store: Store<V>, operands: Operands<V>) {
    this.#store = store
    this.#domain = store.domain
    this.#floats = store.domain.floats
    this.#operands = operands
  }

  execute(instruction: Instruction, frame: Frame<V>): void {
    const operands = this.#operands
    const { opcode } = instruction
    switch (opcode) {
      case 0x1a: // drop
        operands.top--
        return
      case 0x1b: // select
      case 0x1c: {
        const condition = operands.pop()
        const second = operands.pop()
        operands.push(this.#domain.select(condition, operands.pop(), second))
        return
      }
      case 0x20: // local.get
        operands.push(operands.at(frame.locals + instruction.a))
        return
      case 0x21: // local.set
        operands.values[frame.locals + instruction.a] = operands.pop()
        return
      case 0x22: // local.tee
        operands.values[frame.locals + instruction.a] = operands.at(operands.top - 1)
        return
      case 0x23: // global.get
        operands.push(this.#global(instruction, frame).value)
        return
      case 0x24: // global.set
        this.#global(instruction, frame).value = operands.pop()
        return
      case 0x3f: // memory.size
        operands.push(frame.memory.size())
        return
      case 0x40: // memory.grow
        operands.push(frame.memory.grow(operands.pop()))
        return
      case 0x41: // i32.const
        operands.push(this.#domain.i32(instruction.a))
        return
      case 0x42: // i64.const
        operands.push(this.#domain.i64(instruction.wide))
        return
      case 0x43: // f32.const
        operands.push(this.#withFloats('f32.const').f32(instruction.a))
        return
      case 0x44: // f64.const
        operands.push(this.#withFloats('f64.const').f64(instruction.wide))
        return
      default: {
        const operator = operatorTable[opcode]
        if (operator !== undefined) this.#operate(operator)
        else if (opcode >= 0x28 && opcode <= 0x3e) this.#access(instruction, frame)
        else if (opcode > 0xff) executeBulk(this.#store, operands, instruction, frame)
        else executeReference(this.#store, operands, instruction, frame)
      }
    }
  }

  #operate(operator: Operator): void {
    const operands = this.#operands
    switch (operator.kind) {
      case 'integerBinary': {
        const right = operands.pop()
        const left = operands.pop()
        if (isDivision(operator.opcode)) checkDivision(this.#domain, operator.opcode, left, right)
        operands.push(this.#domain.binary(operator.opcode, left, right))
        return
      }
      case 'integerUnary':
        operands.push(this.#domain.unary(operator.opcode, operands.pop()))
        return
      case 'floatBinary': {
        const floats = this.#withFloats(operator.name)
        const right = operands.pop()
        operands.push(floats.binary(operator.opcode, operands.pop(), right))
        return
      }
      case 'floatUnary':
        operands.push(this.#withFloats(operator.name).unary(operator.opcode, operands.pop()))
    }
  }

  #access({ opcode, a }: Instruction, frame: Frame<V>): void {
    const operands = this.#operands
    const load = loadTable[opcode]
    const access = load ?? storeTable[opcode]
    if (access === undefined) throw new Error(`opcode ${opcode} in a validated module`)
    if (access.type === 'f32' || access.type === 'f64') this.#withFloats(access.name)
    if (load !== undefined) {
      operands.push(frame.memory.load(load, operands.pop(), a))
      return
    }
    const value = operands.pop()
    frame.memory.store(access, operands.pop(), a, value)
  }

  #withFloats(instruction: string): Floats<V> {
    if (this.#floats === undefined) throw new Unsupported(instruction)
    return this.#floats
  }

  #global({ a }: Instruction, { instance }: Frame<V>): GlobalInstance<V> {
    const global = instance.globals[a]
    if (global === undefined) throw new Error(`global ${a} in a validated module`)
    return global
  }
}
