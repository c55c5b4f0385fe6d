import { compileLibvig } from '../../src/nf/build.js'

/** A libVig to be held to the contracts: its exports, and the memory that it shares with its caller. */
export interface Device {
  /** Calls an export with what WebAssembly would pass. Traps are thrown. */
  call(name: string, passed: readonly (number | bigint)[]): number | bigint | undefined
  readonly memory: Uint8Array
  /** Names of all exports. */
  readonly exports: readonly string[]
  /** Where the caller may keep keys and outs: `SCRATCH_BYTES` bytes that libVig has nothing to do with. */
  readonly scratch: number
}

export const SCRATCH_BYTES = 32_768

const PAGE = 65_536
const SCRATCH = 65_536

/** A fresh instance of the compiled libVig with a heap of `heapBytes` from `heapStart`, a multiple of 64, on. */
export async function libvigDevice(heapBytes: number, heapStart: number): Promise<Device> {
  const { wasm } = await compileLibvig()
  const module = new WebAssembly.Module(wasm)
  const pages = Math.ceil((heapStart + heapBytes) / PAGE)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const call: Device['call'] = (name, passed) => {
    const target = exports[name]
    if (typeof target !== 'function') throw new Error(`libVig exports no ${name}`)
    return target(...passed)
  }
  const dataEnd = Number(call('libvig_heap_base', []))
  if (heapStart < dataEnd) throw new Error(`libVig's data ends at ${dataEnd}, above the heap that this test gives it`)
  call('libvig_reset', [heapStart, heapStart + heapBytes])
  return { call, memory: new Uint8Array(memory.buffer), exports: Object.keys(exports), scratch: SCRATCH }
}
