/** One random module in both engines: the same calls must give the same results, traps, host calls, memory and globals. */
import type { Random } from '../../../src/generate/random.js'
import {
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  type FunctionType,
  type Instance,
  instantiate,
  type Module,
  type Outcome,
  Stepper,
  Store,
  type ValueType,
} from '../../../src/wasm/index.js'
import { memoryOf, trapOf } from '../side-by-side.js'
import { exportAll } from './export-all.js'
import { ourImports, theirImports } from './imports.js'
import { bitsOf, isReference, numberOf, printBits, printOurs } from './values.js'

export interface Comparison {
  readonly calls: number
  readonly traps: number
  readonly steps: number
  /** Opcodes that were run. */
  readonly opcodes: ReadonlySet<number>
  /** Calls not made, since the engines run out of stack at different depths. */
  readonly abandoned: boolean
}

/** The engines differ: the message says in what. */
export class Difference extends Error {}

const ROUNDS = 2

export function compare(generated: Uint8Array, random: Random): Comparison {
  const pair = new Pair(exportAll(generated))
  const engine = pair.instantiate()
  if (engine === undefined) return { calls: 0, traps: 0, steps: 0, opcodes: pair.opcodes, abandoned: false }
  let [calls, traps, steps] = [0, 0, 0]
  const functions = pair.module.exports.filter(({ kind }) => kind === 'function')
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, index } of functions) {
      const type = pair.module.functionTypes[index] ?? { params: [], results: [] }
      const args = type.params.map((param) => argument(param, random))
      const { ours, theirs } = pair.call(engine, name, type, args)
      steps += pair.stepper.steps
      if (ours === 'trap: call stack exhausted' || theirs === 'trap: call stack exhausted') {
        return { calls, traps, steps, opcodes: pair.opcodes, abandoned: true }
      }
      calls++
      if (ours.startsWith('trap')) traps++
      const what = `${name}(${args.join(', ')})`
      expectSame(ours, theirs, `result of ${what}`)
      pair.compareState(engine, `after ${what}`)
    }
  }
  return { calls, traps, steps, opcodes: pair.opcodes, abandoned: false }
}

function expectSame(ours: string, theirs: string, what: string): void {
  if (ours !== theirs) throw new Difference(`${what}: ${ours}, but the engine has ${theirs}`)
}

class Pair {
  readonly module: Module
  readonly opcodes = new Set<number>()
  readonly stepper: Stepper<ConcreteValue>
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #instance: Instance<ConcreteValue>
  readonly #outcome: Outcome<ConcreteValue>
  readonly #ourLog: string[] = []
  readonly #theirLog: string[] = []

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes
    this.module = decodeModule(bytes)
    const store = new Store(concreteDomain)
    const { instance, outcome } = instantiate(store, this.module, ourImports(this.module, this.#ourLog))
    this.#instance = instance
    this.#outcome = outcome
    const opcodes = this.opcodes
    this.stepper = new Stepper(store, { trace: (_, { opcode }) => opcodes.add(opcode) })
  }

  /** The instance of the engine; undefined where both trap, in the same way. */
  instantiate(): WebAssembly.Instance | undefined {
    const ours = printOutcome(this.#outcome, { params: [], results: [] })
    try {
      const imports = theirImports(this.module, this.#theirLog)
      const engine = new WebAssembly.Instance(new WebAssembly.Module(this.#bytes), imports)
      expectSame(ours, '', 'instantiation')
      this.compareState(engine, 'after instantiation')
      return engine
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      expectSame(ours, `trap: ${sameWord(trapOf(error.message))}`, 'instantiation')
      return undefined
    }
  }

  call(
    engine: WebAssembly.Instance,
    name: string,
    type: FunctionType,
    args: readonly ConcreteValue[],
  ): { ours: string; theirs: string } {
    const external = this.#instance.exports.get(name)
    if (external?.kind !== 'wasm' && external?.kind !== 'host') throw new Error(`no function ${name}`)
    return {
      ours: printOutcome(this.stepper.call(external, args), type),
      theirs: callEngine(engine.exports[name], type, args),
    }
  }

  compareState(engine: WebAssembly.Instance, when: string): void {
    expectSame(this.#ourLog.join('\n'), this.#theirLog.join('\n'), `host calls ${when}`)
    this.#ourLog.length = 0
    this.#theirLog.length = 0
    for (const [index, { type }] of this.module.globalTypes.entries()) {
      const ours = this.#instance.globals[index]
      const theirs = engine.exports[`all:${index}`]
      if (ours === undefined || !(theirs instanceof WebAssembly.Global)) throw new Error(`no global ${index}`)
      expectSame(printOurs(ours.value, type), printBits(bitsOf(theirs.value, type)), `global ${index} ${when}`)
    }
    const memory = engine.exports['all:memory']
    if (!(memory instanceof WebAssembly.Memory)) return
    const ours = memoryOf(this.#instance)
    const theirs = new Uint8Array(memory.buffer)
    if (Buffer.compare(ours, theirs) === 0) return
    const at = ours.findIndex((byte, index) => byte !== theirs[index])
    throw new Difference(`memory ${when} at ${at} of ${ours.length}: ${ours[at]}, but the engine has ${theirs[at]}`)
  }
}

/** Values that find edges, and any others. No NaNs: JavaScript would not hand their bits over. */
function argument(type: ValueType, random: Random): ConcreteValue {
  const word = random.pick([random.next() | 0, random.below(40) - 8, 0x7fff_ffff, -0x8000_0000, 1 << random.below(32)])
  if (type === 'i32') return word
  // Null.
  if (isReference(type)) return 0
  const long = BigInt.asIntN(64, (BigInt(random.next()) << 32n) | BigInt(random.next()))
  if (type === 'i64') return random.pick([long, BigInt(word), -(2n ** 63n), 2n ** 63n - 1n])
  const number = random.pick([
    word,
    word / 8,
    2 ** (random.below(300) - 150),
    -0,
    1e-40,
    Number.POSITIVE_INFINITY,
    random.fraction(),
  ])
  return bitsOf(type === 'f32' ? Math.fround(number) : number, type)
}

function printOutcome(outcome: Outcome<ConcreteValue>, { results }: FunctionType): string {
  if (outcome.kind === 'returned') {
    return results.map((type, index) => printOurs(outcome.values[index] ?? 0, type)).join(', ')
  }
  if (outcome.kind !== 'trapped') return `${outcome.kind}`
  return `trap: ${sameWord(outcome.trap)}`
}

/** The engine has one message where the core test suite has two, and none for a NaN. */
function sameWord(trap: string): string {
  if (trap === 'uninitialized element') return 'indirect call type mismatch'
  if (trap === 'undefined element') return 'out of bounds table access'
  return trap === 'invalid conversion to integer' ? 'integer overflow' : trap
}

function callEngine(exported: unknown, { params, results }: FunctionType, args: readonly ConcreteValue[]): string {
  if (typeof exported !== 'function') throw new Error('not a function')
  try {
    const answer: unknown = exported(...args.map((arg, index) => numberOf(arg, params[index] ?? 'i32')))
    const values: unknown[] = results.length > 1 && Array.isArray(answer) ? answer : [answer]
    return results.map((type, index) => printBits(bitsOf(values[index], type))).join(', ')
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
      return `trap: ${sameWord(trapOf(error.message))}`
    throw error
  }
}
