/**
 * The compiled code of Z3, 35 MB of WebAssembly: once for all threads that run an instance. Compiling it again takes a
 * third of a second, even where V8 remembers it, and what one instance has had optimised is there for the next.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

let compiled: WebAssembly.Module | undefined

/** Compiled by this thread, where no other has given it. */
export function z3Module(): WebAssembly.Module {
  const folder = dirname(createRequire(import.meta.url).resolve('z3-solver'))
  compiled ??= validatedLazily(readFileSync(join(folder, 'z3-built.wasm')))
  return compiled
}

/** Each function is validated when it is first called, as it is compiled: a fifth of a second less for a process. */
function validatedLazily(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  setFlagsFromString('--wasm-lazy-validation')
  try {
    return new WebAssembly.Module(bytes)
  } finally {
    setFlagsFromString('--no-wasm-lazy-validation')
  }
}

/** What this thread can give to another. */
export function compiledZ3(): WebAssembly.Module | undefined {
  return compiled
}

/** What another thread has given. */
export function keepCompiledZ3(module: WebAssembly.Module | undefined): void {
  compiled ??= module
}
