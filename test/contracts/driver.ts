/**
 * Holds a libVig to its contracts, call by call, through the contract's own text: preconditions, the call, the one
 * outcome, result, out, choice and loan, then the update of the abstract state. Bytes around and in the arguments are
 * watched: a call may write its out and nothing else of the caller's.
 */

import {
  concreteContractAlgebra as algebra,
  type ConcreteSorts,
  type ConcreteState,
  freshState,
  sameBytes,
} from '../../src/contracts/concrete.js'
import {
  type Allocatable,
  type Argument,
  type Choice,
  contracts,
  type Loan,
  type Operation,
  type Outcome,
  type Parameter,
  type Parameters,
} from '../../src/contracts/index.js'
import { Ambients } from './ambients.js'
import type { Device } from './device.js'
import { Frame } from './frame.js'

/** A structure made by the device: its handle there, and its state here. */
export type Held = ConcreteState & { readonly handle: number }

/** What a test gives for a parameter; nothing for outs, ambients and lent cells. */
export type Given = Held | Uint8Array | number | bigint

type ConcreteCall = Record<string, Argument<Parameter, ConcreteSorts>>
type ConcreteOutcome = Outcome<Parameters>

/** What a call did, for those that need to know. */
export interface Done {
  readonly outcome: string
  readonly result: number | bigint | undefined
  /** The number at the out, unsigned. */
  readonly out: number
  readonly made: Held | undefined
}

/** The device broke a contract. */
export class ContractViolation extends Error {
  readonly operation: string

  constructor(operation: string, what: string) {
    super(`${operation}: ${what}`)
    this.name = 'ContractViolation'
    this.operation = operation
  }
}

export class Driver {
  readonly device: Device
  readonly ambients: Ambients
  calls = 0
  /** How often each outcome of each operation was met, as `operation: outcome`. */
  readonly met = new Map<string, number>()
  /** Where each index was lent, by handle and part. */
  readonly #addresses = new Map<string, Map<number, number>>()

  constructor(device: Device, heapBytes: number) {
    this.device = device
    this.ambients = new Ambients(device, heapBytes)
  }

  /** Calls an allocator and returns the new structure. Fails where the contract says it must not succeed. */
  allocate(structure: Allocatable, sizes: Record<string, number>): Held {
    const made = this.call(`${structure}_allocate`, sizes)?.made
    if (made === undefined) throw new Error(`${structure}_allocate made nothing; the test's heap is too small`)
    return made
  }

  /** Makes one call, if its preconditions hold; undefined where they do not. Throws ContractViolation. */
  call(name: string, given: Readonly<Record<string, Given>>): Done | undefined {
    const contract = contracts.get(name)
    if (contract === undefined) throw new Error(`no contract for ${name}`)
    const call = this.#abstractCall(contract, given)
    if (!contract.requires.every(({ holds }) => holds(algebra, call))) return undefined
    const frame = new Frame(this.device, contract, given)
    this.calls++
    const result = this.#perform(contract, frame)
    const outcome = onlyOutcome(contract, call)
    this.met.set(`${name}: ${outcome.name}`, (this.met.get(`${name}: ${outcome.name}`) ?? 0) + 1)
    const done = { outcome: outcome.name, result, out: frame.out, made: this.#made(outcome, call, frame.out) }
    this.#check(contract, outcome, call, done, frame, given)
    const chosen = outcome.choice === undefined ? 0 : seen(outcome.choice.seenIn, done)
    outcome.update?.(algebra, call, chosen)
    return done
  }

  #perform(contract: Operation, frame: Frame): number | bigint | undefined {
    try {
      const result = this.device.call(contract.name, frame.passed)
      // WebAssembly gives i32 with a sign.
      return typeof result === 'number' && contract.result !== 'i32' ? result >>> 0 : result
    } catch (error) {
      throw new ContractViolation(contract.name, `trapped: ${String(error)}`)
    }
  }

  #check(
    contract: Operation,
    outcome: ConcreteOutcome,
    call: ConcreteCall,
    done: Done,
    frame: Frame,
    given: Readonly<Record<string, Given>>,
  ): void {
    const fail = (what: string): never => {
      throw new ContractViolation(contract.name, `${what} (outcome "${outcome.name}")`)
    }
    const damage = frame.damage()
    if (damage !== undefined) fail(damage)
    const expected = outcome.timeResult?.(algebra, call) ?? outcome.result?.(algebra, call)
    if (expected !== undefined && done.result !== expected) fail(`returned ${done.result}, not ${expected}`)
    if (contract.result === 'boolean' && done.result !== 0 && done.result !== 1) fail(`returned ${done.result}`)
    this.#checkOut(outcome, call, done, frame, fail)
    if (outcome.choice !== undefined) this.#checkChoice(outcome.choice, call, done, fail)
    if (outcome.loan !== undefined) this.#checkLoan(outcome.loan, call, given, seen(outcome.loan.seenIn, done), fail)
  }

  #checkOut(
    outcome: ConcreteOutcome,
    call: ConcreteCall,
    done: Done,
    frame: Frame,
    fail: (what: string) => never,
  ): void {
    const expected = outcome.out?.(algebra, call)
    if (expected !== undefined) {
      if (done.out !== expected >>> 0) fail(`wrote ${done.out} to its out, not ${expected}`)
      return
    }
    const isSaid = outcome.choice?.seenIn === 'out' || outcome.loan?.seenIn === 'out' || outcome.creates !== undefined
    if (!isSaid && frame.outChanged) fail('wrote to its out, which had to stay unchanged')
    if (outcome.creates !== undefined && done.out === 0) fail('gave 0 as a handle')
  }

  #checkChoice(choice: Choice<Parameters>, call: ConcreteCall, done: Done, fail: (what: string) => never): void {
    const chosen = seen(choice.seenIn, done)
    if (!choice.allows(algebra, call, chosen)) fail(`chose ${chosen}, but may choose: ${choice.text}`)
  }

  #checkLoan(
    loan: Loan<Parameters>,
    call: ConcreteCall,
    given: Readonly<Record<string, Given>>,
    address: number,
    fail: (what: string) => never,
  ): void {
    const held = heldAt(given, loan.from)
    const index = loan.index(algebra, call)
    const known = this.#addressesOf(held, loan.part)
    const before = known.get(index)
    if (before !== undefined && before !== address) fail(`lent ${loan.part} ${index} at another address than before`)
    known.set(index, address)
    const expected = lentBytes(held, loan.part, index)
    const actual = this.device.memory.slice(address, address + expected.length)
    if (!sameBytes(actual, expected)) fail(`lent ${loan.part} ${index} with bytes ${hex(actual)}, not ${hex(expected)}`)
  }

  /** Stores bytes where a cell or value was last lent, as an NF would. */
  store(held: Held, part: 'cell' | 'value', index: number, bytes: Uint8Array): void {
    this.device.memory.set(bytes, this.#lentAddress(held, part, index))
    if (held.structure === 'expiring_map') held.state.setValue(index, bytes)
  }

  #lentAddress(held: Held, part: string, index: number): number {
    const address = this.#addressesOf(held, part).get(index)
    if (address === undefined) throw new Error(`${part} ${index} was never lent`)
    return address
  }

  #addressesOf(held: Held, part: string): Map<number, number> {
    const name = `${held.handle} ${part}`
    const known = this.#addresses.get(name) ?? new Map<number, number>()
    this.#addresses.set(name, known)
    return known
  }

  #made(outcome: ConcreteOutcome, call: ConcreteCall, out: number): Held | undefined {
    if (outcome.creates === undefined) return undefined
    const { structure, sizes } = outcome.creates
    return { ...freshState(structure, sizes(algebra, call)), handle: out }
  }

  #abstractCall(contract: Operation, given: Readonly<Record<string, Given>>): ConcreteCall {
    const call: ConcreteCall = {}
    for (const [name, parameter] of Object.entries(contract.parameters)) {
      if (parameter.kind === 'out') continue
      if (parameter.kind === 'ambient') call[name] = this.ambients[parameter.structure]
      else if (parameter.kind === 'handle') call[name] = heldAt(given, name).state
      else if (parameter.kind === 'lent') call[name] = this.#lentCell(given)
      else call[name] = plain(given[name], name)
      checkLength(parameter, given, name)
    }
    return call
  }

  /** The bytes now in the vector cell that is about to be given back. */
  #lentCell(given: Readonly<Record<string, Given>>): Uint8Array {
    const held = heldAt(given, 'vector')
    const index = given.index
    if (held.structure !== 'vector' || typeof index !== 'number' || !held.state.isLent(index)) return new Uint8Array(0)
    const address = this.#lentAddress(held, 'cell', index)
    return this.device.memory.slice(address, address + held.elementSize)
  }
}

function onlyOutcome(contract: Operation, call: ConcreteCall): ConcreteOutcome {
  const [first, ...more] = contract.outcomes.filter(({ when }) => when(algebra, call))
  if (first !== undefined && more.length === 0) return first
  throw new Error(`${contract.name}: ${more.length + (first ? 1 : 0)} outcomes hold at once; the contract is wrong`)
}

function seen(where: 'result' | 'out', { result, out }: Done): number {
  return where === 'out' ? out : Number(result)
}

function heldAt(given: Readonly<Record<string, Given>>, name: string): Held {
  const value = given[name]
  if (typeof value === 'object' && 'handle' in value) return value
  throw new Error(`the test gives no structure for ${name}`)
}

function plain(value: Given | undefined, name: string): Uint8Array | number | bigint {
  if (value === undefined || (typeof value === 'object' && 'handle' in value)) {
    throw new Error(`the test gives nothing for ${name}`)
  }
  return value
}

/** The test's own arguments have to make sense: as many bytes as the call says. */
function checkLength(parameter: Parameter, given: Readonly<Record<string, Given>>, name: string): void {
  if (parameter.kind !== 'bytes') return
  const length = typeof parameter.length === 'number' ? parameter.length : given[parameter.length]
  const value = given[name]
  if (!(value instanceof Uint8Array) || value.length !== length) throw new Error(`${name} has not ${length} bytes`)
}

function lentBytes(held: Held, part: Loan<Parameters>['part'], index: number): Uint8Array {
  if (held.structure === 'vector') return held.state.get(index)
  if (held.structure !== 'expiring_map') throw new Error(`a ${held.structure} lends nothing`)
  return part === 'key' ? held.state.keyAt(index) : held.state.valueAt(index)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
