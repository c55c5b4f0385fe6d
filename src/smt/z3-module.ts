/**
 * The compiled code of Z3, 35 MB of WebAssembly: once for all threads that run an instance. Compiling it again takes a
 * third of a second, even where V8 remembers it, and what one instance has had optimised is there for the next.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

let compiled: WebAssembly.Module | undefined

/** Compiled by this thread, where no other has given it. */
export function z3Module(): WebAssembly.Module {
  const folder = dirname(createRequire(import.meta.url).resolve('z3-solver'))
  compiled ??= new WebAssembly.Module(readFileSync(join(folder, 'z3-built.wasm')))
  return compiled
}

/** What this thread can give to another. */
export function compiledZ3(): WebAssembly.Module | undefined {
  return compiled
}

/** What another thread has given. */
export function keepCompiledZ3(module: WebAssembly.Module | undefined): void {
  compiled ??= module
}
