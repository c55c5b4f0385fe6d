/**
 * Puts an instance together: one memory, libVig with its heap, tables filled, the configuration as constants, the
 * network function, and the burst driver, all linked WebAssembly to WebAssembly.
 */
import { InputError } from '../errors.js'
import { within } from '../within.js'
import { encodeConfigModule, type LinkedConfig } from './config-module.js'
import { DebugLines } from './debug.js'
import { exportedFunction, type WasmCall } from './exports.js'
import { fillTables } from './fill-tables.js'
import { PAGE } from './memory-map.js'

export interface Linked {
  readonly memory: WebAssembly.Memory
  readonly run: WasmCall
  readonly heapUsed: number
  /** Of a debug build. */
  readonly debug: DebugLines
}

/** What instances are made of: data that may be given to another thread, which then needs nothing that loads or checks. */
export interface InstanceParts {
  readonly name: string
  readonly modules: Readonly<Record<'nf' | 'libvig' | 'burst' | 'empty', WebAssembly.Module>>
  readonly config: LinkedConfig
  /** Bytes, a multiple of 64 KiB. */
  readonly memory: number
}

export interface LinkRequest extends InstanceParts {
  /** Starts libVig's random numbers. */
  readonly seed: bigint
  /** Of an instance of the same size that is used no more: it is emptied and used again. Default: a new one. */
  readonly emptied?: WebAssembly.Memory
  /** An instance of the same, with the same configuration, has begun: `nf_init` comes to an end, and is not watched. */
  readonly hasBegun?: boolean
  /** Milliseconds for `nf_init`, which fills tables at most: 10,000 unless given. */
  readonly patience?: number
}

const PATIENCE = 10_000

/** Links and runs `nf_init`; an InputError where that does not answer 1, or does not come to an end. */
export function link({
  name,
  modules,
  config,
  memory: bytes,
  seed,
  emptied,
  hasBegun = false,
  patience = PATIENCE,
}: LinkRequest): Linked {
  const memory = emptied ?? new WebAssembly.Memory({ initial: bytes / PAGE, maximum: bytes / PAGE })
  const env = { memory }
  if (emptied !== undefined) exportedFunction(new WebAssembly.Instance(modules.empty, { env }), 'empty')()
  const libvig = new WebAssembly.Instance(modules.libvig, { env })
  exportedFunction(libvig, 'libvig_reset')(Number(exportedFunction(libvig, 'libvig_heap_base')()), bytes | 0)
  exportedFunction(libvig, 'libvig_seed')(seed)
  const handles = fillTables(name, config, libvig, memory)
  const configuration = new WebAssembly.Instance(new WebAssembly.Module(encodeConfigModule(config, handles)))
  const debug = new DebugLines(name, memory)
  const imports = { env, libvig: libvig.exports, config: configuration.exports, debug: debug.imports }
  const nf = new WebAssembly.Instance(modules.nf, imports)
  initialise(name, nf, hasBegun ? undefined : patience)
  debug.started()
  const burst = new WebAssembly.Instance(modules.burst, { env, libvig: libvig.exports, nf: nf.exports })
  const heapUsed = Number(exportedFunction(libvig, 'libvig_heap_used')())
  return { memory, run: exportedFunction(burst, 'run'), heapUsed, debug }
}

/** With this configuration it does not begin: its `nf_init` traps, or says so. */
export class InitError extends InputError {}

function initialise(name: string, nf: WebAssembly.Instance, patience: number | undefined): void {
  const hint = 'tables may be too large for its memory: smaller capacities, or more memory in nf.yaml'
  let answer: unknown
  const init = (): void => {
    answer = exportedFunction(nf, 'nf_init')()
  }
  try {
    if (patience === undefined) init()
    else if (!within(patience, init)) {
      throw new InputError(`${name}: nf_init has not come to an end within ${patience / 1000} seconds`, {
        hint: 'is there a loop in it that may not end?',
      })
    }
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) throw cause
    throw new InitError(`${name}: nf_init trapped: ${cause.message}`, { hint }, { cause })
  }
  if (answer !== 1) throw new InitError(`${name}: nf_init answered ${String(answer)}, not 1`, { hint })
}
