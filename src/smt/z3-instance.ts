/**
 * One instance of Z3 compiled to WebAssembly (npm `z3-solver`), by its synchronous raw exports.
 *
 * The package's own `Z3.eval_smtlib2_string` must not be used: it frees the script on return while another thread
 * still reads it, and Z3 then answers about a garbled script (docs/decisions/008). Here the script stays on the heap
 * until the call has returned. The exports are no public interface of the package, hence its exact version is pinned.
 */
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'

import { VigilError } from '../errors.js'
import type { Request } from './engine.js'
import { instantiateZ3 } from './z3-calls.js'

/** The exports that we use, under the names they have in the package's WebAssembly module. */
interface RawExports {
  readonly HEAPU8: Uint8Array
  readonly _malloc: (bytes: number) => number
  readonly _free: (address: number) => void
  readonly UTF8ToString: (address: number) => string
  readonly _Z3_mk_config: () => number
  readonly _Z3_del_config: (config: number) => void
  readonly _Z3_mk_context: (config: number) => number
  readonly _Z3_del_context: (context: number) => void
  readonly _set_noop_error_handler: (context: number) => void
  readonly _Z3_eval_smtlib2_string: (context: number, script: number) => number
  readonly _Z3_get_estimated_alloc_size: () => bigint
  readonly _Z3_get_full_version: () => number
  readonly PThread: {
    readonly terminateAllThreads: () => void
    readonly unusedWorkers: readonly unknown[]
    readonly runningWorkers: readonly unknown[]
  }
}

type Initialise = (overrides: {
  readonly printErr: () => void
  readonly instantiateWasm: object
}) => Promise<RawExports>

const functions: readonly (keyof RawExports)[] = [
  '_malloc',
  '_free',
  'UTF8ToString',
  '_Z3_mk_config',
  '_Z3_del_config',
  '_Z3_mk_context',
  '_Z3_del_context',
  '_set_noop_error_handler',
  '_Z3_eval_smtlib2_string',
  '_Z3_get_estimated_alloc_size',
  '_Z3_get_full_version',
]

export class Z3Instance {
  readonly version: string
  readonly #raw: RawExports
  #context = 0

  private constructor(raw: RawExports) {
    this.#raw = raw
    this.version = raw.UTF8ToString(raw._Z3_get_full_version())
  }

  /** Takes 0.2 to 0.5 s and 60 MB. Until `close`, its threads keep the Node process or worker alive. */
  static async start(): Promise<Z3Instance> {
    // Without the package's own faces, which take longer to load than this and are not used here.
    const initialise: Initialise = createRequire(import.meta.url)('z3-solver/build/z3-built.js')
    // What it would print itself is about its threads being ended.
    const raw = await initialise({ printErr: () => {}, instantiateWasm: instantiateZ3 })
    for (const name of functions) {
      if (typeof raw[name] !== 'function') {
        throw new VigilError(70, `z3-solver has no export ${name}: is it another version than the pinned one?`)
      }
    }
    return new Z3Instance(raw)
  }

  /**
   * Runs commands in the present context and returns what they print. An error in a command ends the script there, with
   * a text that says so. Throws what WebAssembly throws where Z3 traps; the instance is then of no use any more.
   */
  evaluate(script: string): string {
    const raw = this.#raw
    if (this.#context === 0) this.reset()
    const bytes = new TextEncoder().encode(script)
    const address = raw._malloc(bytes.length + 1)
    if (address === 0) throw new VigilError(70, 'z3-solver is out of memory')
    try {
      // HEAPU8 is read again each time: the memory may have moved.
      raw.HEAPU8.set(bytes, address)
      raw.HEAPU8[address + bytes.length] = 0
      return raw.UTF8ToString(raw._Z3_eval_smtlib2_string(this.#context, address))
    } finally {
      raw._free(address)
    }
  }

  /** What a request prints, and what that has follow. */
  answer({ fresh, script, next }: Omit<Request, 'patience'>): { text: string; more: string | undefined } {
    if (fresh) this.reset()
    const text = this.evaluate(script)
    const following = next?.[text.split('\n', 1)[0] ?? '']
    return { text, more: following === undefined ? undefined : this.evaluate(following) }
  }

  /** Starts a context that has seen nothing, and frees the old one. */
  reset(): void {
    const raw = this.#raw
    if (this.#context !== 0) raw._Z3_del_context(this.#context)
    const config = raw._Z3_mk_config()
    this.#context = raw._Z3_mk_context(config)
    raw._Z3_del_config(config)
    // The default handler ends the program at the first wrong command.
    raw._set_noop_error_handler(this.#context)
  }

  /** What Z3 says it has allocated, in bytes. Memory it has given back stays with the instance. */
  get allocated(): number {
    return Number(this.#raw._Z3_get_estimated_alloc_size())
  }

  /** Ends the threads of the instance, without which the process does not exit. */
  async close(): Promise<void> {
    const { PThread: threads } = this.#raw
    threads.terminateAllThreads()
    while (threads.unusedWorkers.length + threads.runningWorkers.length > 0) await setTimeout(10)
  }
}
