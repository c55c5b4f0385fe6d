/**
 * The compiled code of Z3, 35 MB of WebAssembly: once for all threads that run an instance. Compiling it again takes a
 * third of a second, even where V8 remembers it, and what one instance has had optimised is there for the next.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { compileForLong } from '../wasm-tiers.js'

let compiled: WebAssembly.Module | undefined

/** Compiled by this thread, where no other has given it. */
export function z3Module(): WebAssembly.Module {
  const folder = dirname(createRequire(import.meta.url).resolve('z3-solver'))
  // Most of it is never called: validating all of it takes a fifth of a second.
  compiled ??= compileForLong(readFileSync(join(folder, 'z3-built.wasm')), { lazily: true })
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
