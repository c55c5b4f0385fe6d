/**
 * Which of V8's compilers WebAssembly is given to: quick code at once, and better code for each function that runs
 * often. V8's flags are the whole process's, and a module keeps those under which it was compiled; hence both ways here
 * set all that they rest on, whatever another thread is loading.
 */
import { setFlagsFromString } from 'node:v8'

const DEFAULT = ['--wasm-dynamic-tiering', '--wasm-tier-up', '--wasm-lazy-compilation'] as const

/** Code that runs long. `lazily`: each function is validated when it is first called. */
export function compileForLong(bytes: Uint8Array<ArrayBuffer>, { lazily = false } = {}): WebAssembly.Module {
  set(DEFAULT)
  if (lazily) set(['--wasm-lazy-validation'])
  try {
    return new WebAssembly.Module(bytes)
  } finally {
    set(['--no-wasm-lazy-validation'])
  }
}

/** What `load` compiles stays quick code: for much code that runs a short while, which better code does not repay. */
export async function loadForShort<T>(load: () => Promise<T>): Promise<T> {
  set(DEFAULT.map((flag) => flag.replace('--', '--no-')))
  try {
    return await load()
  } finally {
    set(DEFAULT)
  }
}

/**
 * For a process that runs for seconds, on much code: JavaScript gets quick code at once, and better code, WebAssembly's too, only
 * what runs several times as often as V8 asks by itself. Measured on proofs: a tenth of the time.
 */
export function runForSeconds(): void {
  set(['--always-sparkplug', '--interrupt-budget=300000', '--wasm-tiering-budget=20000000'])
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag)
}
