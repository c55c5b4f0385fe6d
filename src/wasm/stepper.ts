/**
 * The stepper: runs decoded code, one path at a time, in any domain (core 2.0, section 4.4). It owns operands, locals,
 * frames, branches, calls and limits; what values are and how conditions are decided is the domain's.
 */
import type { Domain, Value } from './domain.js'
import { Frame } from './frame.js'
import type { FunctionInstance, HostFunction, Store, WasmFunction } from './instance.js'
import type { Branch, FunctionCode, Instruction } from './module.js'
import { Operands } from './operands.js'
import { type Location, type Outcome, OutOfFuel, outcomeOf, Trap } from './outcome.js'
import { DEFAULT_CALL_DEPTH, DEFAULT_STEPS, type StepperOptions } from './run.js'
import { Straight } from './straight.js'
import { sameFunctionType } from './types.js'
import { zeroOf } from './zero.js'

export class Stepper<V extends Value> {
  readonly #domain: Domain<V>
  readonly #operands = new Operands<V>()
  readonly #straight: Straight<V>
  readonly #mostSteps: number
  readonly #mostBackBranches: number
  readonly #mostCalls: number
  readonly #trace: ((code: FunctionCode, instruction: Instruction) => void) | undefined
  readonly #callers: Frame<V>[] = []
  /** Undefined between runs. */
  #frame: Frame<V> | undefined
  #current: Instruction | undefined
  #steps = 0
  #backBranches = 0
  #isRunning = false

  constructor(store: Store<V>, options: StepperOptions = {}) {
    this.#domain = store.domain
    this.#straight = new Straight(store, this.#operands)
    this.#mostSteps = options.steps ?? DEFAULT_STEPS
    this.#mostBackBranches = options.backBranches ?? Number.POSITIVE_INFINITY
    this.#mostCalls = options.callDepth ?? DEFAULT_CALL_DEPTH
    this.#trace = options.trace
  }

  /** Instructions of the last run, or so far of this one. */
  get steps(): number {
    return this.#steps
  }

  /**
   * The instruction that is running; inside a host function, the call. After a run that did not return, where it ended.
   * Undefined outside of WebAssembly code.
   */
  position(): Location | undefined {
    if (this.#frame === undefined || this.#current === undefined) return undefined
    return { code: this.#frame.code, offset: this.#current.offset }
  }

  /** The calls that led to where it is, outermost first: each at its call instruction, the last at `position()`. */
  backtrace(): Location[] {
    const calls = this.#callers.map(({ code, instructions, next }) => ({
      code,
      offset: instructions[next - 1]?.offset ?? code.start,
    }))
    const position = this.position()
    return position === undefined ? calls : [...calls, position]
  }

  /**
   * One run: calls a function with as many arguments as its type says. What the domain, memory or host functions throw
   * other than `Trap` and `Unsupported` passes through. A host function that calls back needs another stepper.
   */
  call(callee: FunctionInstance<V>, args: readonly V[]): Outcome<V> {
    if (this.#isRunning) throw new Error('a stepper runs one call at a time')
    if (args.length !== callee.type.params.length) {
      throw new RangeError(`${args.length} arguments for a function of ${callee.type.params.length}`)
    }
    this.#begin()
    try {
      for (const arg of args) this.#operands.push(arg)
      if (callee.kind === 'host') this.#callHost(callee)
      else this.#run(callee)
      return { kind: 'returned', values: this.#operands.take(callee.type.results.length) }
    } catch (error) {
      const at = this.position()
      const outcome = outcomeOf<V>(error, at)
      if (outcome === undefined) throw error
      return outcome
    } finally {
      this.#isRunning = false
    }
  }

  #begin(): void {
    this.#isRunning = true
    this.#operands.top = 0
    this.#callers.length = 0
    this.#frame = undefined
    this.#current = undefined
    this.#steps = 0
    this.#backBranches = 0
  }

  #run(callee: WasmFunction<V>): void {
    const domain = this.#domain
    const operands = this.#operands
    const straight = this.#straight
    const trace = this.#trace
    let frame = this.#enter(callee)
    let next = 0
    for (;;) {
      const instruction = frame.instructions[next++]
      if (instruction === undefined) throw new Error('code runs past its end in a validated module')
      this.#current = instruction
      if (++this.#steps > this.#mostSteps) throw new OutOfFuel('steps')
      if (trace !== undefined) trace(frame.code, instruction)
      switch (instruction.opcode) {
        case 0x00:
          throw new Trap('unreachable')
        case 0x01: // nop
        case 0x02: // block
        case 0x03: // loop
          break
        case 0x04: // if
          if (!domain.truth(operands.pop())) next = instruction.a
          break
        case 0x05: // else, come to from above
          next = instruction.a
          break
        case 0x0c: // br
          next = this.#branch(frame, instruction, 0, next)
          break
        case 0x0d: // br_if
          if (domain.truth(operands.pop())) next = this.#branch(frame, instruction, 0, next)
          break
        case 0x0e: // br_table
          next = this.#branch(frame, instruction, domain.choose(operands.pop(), instruction.targets), next)
          break
        case 0x10: // call
        case 0x11: // call_indirect
          frame.next = next
          frame = this.#call(frame, instruction)
          next = frame.next
          break
        case 0x0b: // end
        case 0x0f: {
          // return, as the end of a function
          if (instruction.opcode === 0x0b && instruction.a === 0) break
          operands.dropTo(frame.locals, frame.code.type.results.length)
          const caller = this.#callers.pop()
          this.#frame = caller
          if (caller === undefined) return
          frame = caller
          next = caller.next
          break
        }
        default:
          straight.execute(instruction, frame)
      }
    }
  }

  /** Where the branch goes on. */
  #branch(frame: Frame<V>, { branches }: Instruction, index: number, next: number): number {
    const branch: Branch | undefined = branches[index]
    if (branch === undefined) throw new RangeError(`the domain chose target ${index} of ${branches.length}`)
    this.#operands.dropTo(frame.operands + branch.height, branch.arity)
    if (branch.target < next && ++this.#backBranches > this.#mostBackBranches) throw new OutOfFuel('back branches')
    return branch.target
  }

  /** The frame that runs next: that of the function called, or the same after a host function. */
  #call(frame: Frame<V>, { opcode, a, b }: Instruction): Frame<V> {
    const callee = opcode === 0x10 ? frame.instance.functions[a] : this.#indirect(frame, a, b)
    if (callee === undefined) throw new Error('a call to an unknown function in a validated module')
    if (callee.kind === 'host') {
      this.#callHost(callee)
      return frame
    }
    if (this.#callers.length + 1 >= this.#mostCalls) throw new Trap('call stack exhausted')
    this.#callers.push(frame)
    return this.#enter(callee)
  }

  #enter(callee: WasmFunction<V>): Frame<V> {
    const { code } = callee
    const frame = new Frame(callee, this.#operands.top - code.type.params.length)
    for (let index = code.type.params.length; index < code.locals.length; index++) {
      this.#operands.push(zeroOf(this.#domain, code.locals[index] ?? 'i32'))
    }
    this.#frame = frame
    return frame
  }

  #indirect({ instance }: Frame<V>, typeIndex: number, tableIndex: number): FunctionInstance<V> {
    const elements = instance.tables[tableIndex]?.elements ?? []
    const index = this.#domain.index(this.#operands.pop(), elements.length)
    const element = elements[index]
    if (element === undefined) throw new Trap('undefined element')
    if (element === null) throw new Trap('uninitialized element')
    const type = instance.module.types[typeIndex]
    if (element.kind === 'extern' || type === undefined) throw new Error('call_indirect in a module that is not valid')
    if (!sameFunctionType(element.type, type)) throw new Trap('indirect call type mismatch')
    return element
  }

  #callHost(callee: HostFunction<V>): void {
    const { params, results } = callee.type
    const values = callee.call(this.#operands.take(params.length), this.position())
    if (values.length !== results.length) {
      throw new RangeError(`a host function gave ${values.length} values, not ${results.length}`)
    }
    for (const value of values) this.#operands.push(value)
  }
}
