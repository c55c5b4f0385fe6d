/** Runs one script of the core test suite through the stepper, in the concrete domain. */
import {
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  type External,
  type FunctionInstance,
  type Instance,
  type Instantiated,
  instantiate,
  LinkError,
  ModuleError,
  type Outcome,
  Stepper,
  Store,
} from '../../../src/wasm/index.js'
import type { Action, Command, Script } from './script.js'
import { spectest } from './spectest.js'
import { HostReferences, isExpected, printValue, toValue, UnsupportedLiteral } from './values.js'

export interface Failure {
  readonly line: number
  readonly command: string
  readonly reason: string
}

export interface Tally {
  passed: number
  readonly failures: Failure[]
  /** Commands not judged, by cause. */
  readonly unsupported: Map<string, number>
}

/** A command that cannot be judged, and why. */
class NotSupported extends Error {
  readonly feature: string

  constructor(cause: string) {
    super(cause)
    this.feature = cause
  }
}

type Value = ConcreteValue
const STEPS = 500_000_000

export class ScriptRunner {
  readonly #store = new Store<Value>(concreteDomain)
  readonly #stepper = new Stepper<Value>(this.#store, { steps: STEPS })
  readonly #host = new HostReferences()
  readonly #registered = new Map<string, ReadonlyMap<string, External<Value>>>([['spectest', spectest(this.#store)]])
  /** By name, the last one under undefined. A string is why there is none. */
  readonly #instances = new Map<string | undefined, Instance<Value> | NotSupported>()
  readonly #read: (filename: string) => Uint8Array

  /** `read`: the bytes of a module that the script names. */
  constructor(read: (filename: string) => Uint8Array) {
    this.#read = read
  }

  run(script: Script): Tally {
    const tally: Tally = { passed: 0, failures: [], unsupported: new Map() }
    for (const command of script.commands) this.#judge(command, tally)
    return tally
  }

  #judge(command: Command, tally: Tally): void {
    try {
      const reason = this.#execute(command)
      if (reason === undefined) tally.passed++
      else tally.failures.push({ line: command.line, command: command.type, reason })
    } catch (error) {
      const cause = causeOf(error)
      if (cause === undefined) tally.failures.push({ line: command.line, command: command.type, reason: String(error) })
      else tally.unsupported.set(cause, (tally.unsupported.get(cause) ?? 0) + 1)
    }
  }

  /** Why the command failed; undefined where it passed. */
  #execute(command: Command): string | undefined {
    switch (command.type) {
      case 'module':
        return this.#module(command)
      case 'register':
        this.#registered.set(command.as ?? '', this.#instance(command.name).exports)
        return undefined
      case 'action':
        return expectKind(this.#act(command), 'returned')
      case 'assert_return':
        return this.#assertReturn(command)
      case 'assert_trap':
      case 'assert_exhaustion':
        return expectTrap(this.#act(command), command.text)
      case 'assert_invalid':
      case 'assert_malformed':
        return this.#assertRefused(command)
      case 'assert_unlinkable':
        return this.#assertUnlinkable(command)
      case 'assert_uninstantiable':
        return expectTrap(this.#instantiate(command).outcome, command.text)
      default:
        throw new NotSupported(`command ${command.type}`)
    }
  }

  #module(command: Command): string | undefined {
    // Until it is there, what refers to it must not find the one before.
    const names = [undefined, command.name]
    for (const name of names) this.#instances.set(name, new NotSupported('a module that was not instantiated'))
    try {
      const { instance, outcome } = this.#instantiate(command)
      for (const name of names) this.#instances.set(name, instance)
      return expectKind(outcome, 'returned')
    } catch (error) {
      const cause = causeOf(error)
      if (cause !== undefined) for (const name of names) this.#instances.set(name, new NotSupported(cause))
      throw error
    }
  }

  #instantiate({ filename = '' }: Command): Instantiated<Value> {
    return instantiate(this.#store, decodeModule(this.#read(filename)), this.#registered, { steps: STEPS })
  }

  #instance(name: string | undefined): Instance<Value> {
    const instance = this.#instances.get(name)
    if (instance === undefined) throw new Error(`there is no module ${name ?? ''}`)
    if (instance instanceof NotSupported) throw instance
    return instance
  }

  #act({ action }: Command): Outcome<Value> {
    if (action === undefined) throw new Error('an action is missing')
    const external = this.#instance(action.module).exports.get(action.field)
    if (action.type === 'get' && external?.kind === 'global') return { kind: 'returned', values: [external.value] }
    if (external?.kind !== 'wasm' && external?.kind !== 'host') throw new Error(`no ${action.type} of ${action.field}`)
    return this.#invoke(external, action)
  }

  #invoke(callee: FunctionInstance<Value>, { args }: Action): Outcome<Value> {
    const outcome = this.#stepper.call(
      callee,
      args.map((arg) => toValue(arg, this.#store, this.#host)),
    )
    if (outcome.kind === 'unsupported') throw new NotSupported(outcome.what)
    return outcome
  }

  #assertReturn(command: Command): string | undefined {
    const outcome = this.#act(command)
    if (outcome.kind !== 'returned') return `${print(outcome)} instead of a result`
    const { expected } = command
    const isRight =
      outcome.values.length === expected.length &&
      expected.every((literal, index) => isExpected(outcome.values[index], literal, this.#store, this.#host))
    if (isRight) return undefined
    return `${print(outcome)} instead of ${expected.map(({ type, value }) => `${type} ${value ?? ''}`).join(', ')}`
  }

  /** A module that is well-formed must be refused as invalid, not for another reason. */
  #assertRefused({ type, filename = '', isText, text }: Command): string | undefined {
    if (isText) throw new NotSupported('modules in the text format')
    try {
      decodeModule(this.#read(filename))
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error
      if (error.refusal === 'unsupported' && type === 'assert_invalid') throw error
      return type === 'assert_invalid' && error.refusal !== 'invalid' ? `${error.message}, not invalid` : undefined
    }
    return `accepted, but ${text}`
  }

  #assertUnlinkable(command: Command): string | undefined {
    try {
      return `linked and ${print(this.#instantiate(command).outcome)}, but ${command.text}`
    } catch (error) {
      if (!(error instanceof LinkError)) throw error
      return error.message.startsWith(command.text) ? undefined : `${error.message}, not ${command.text}`
    }
  }
}

function causeOf(error: unknown): string | undefined {
  if (error instanceof NotSupported) return error.feature
  if (error instanceof UnsupportedLiteral) return error.feature
  return error instanceof ModuleError && error.refusal === 'unsupported' ? error.reason : undefined
}

function expectKind(outcome: Outcome<Value>, kind: Outcome<Value>['kind']): string | undefined {
  return outcome.kind === kind ? undefined : print(outcome)
}

/** Scripts of different ages say more or less of the reason. */
function expectTrap(outcome: Outcome<Value>, text: string): string | undefined {
  const isRight = outcome.kind === 'trapped' && (text.startsWith(outcome.trap) || outcome.trap.startsWith(text))
  return isRight ? undefined : `${print(outcome)} instead of the trap ${text}`
}

function print(outcome: Outcome<Value>): string {
  if (outcome.kind === 'returned') return `returned (${outcome.values.map(printValue).join(', ')})`
  if (outcome.kind === 'trapped') return `trapped: ${outcome.trap}`
  return outcome.kind === 'unsupported' ? `not supported: ${outcome.what}` : `out of ${outcome.limit}`
}
