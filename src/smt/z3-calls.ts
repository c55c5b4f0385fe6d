/**
 * Makes Z3's WebAssembly faster: calls that may throw do not leave it. C++ that emscripten compiles without WebAssembly's
 * own exceptions makes each such call through an import `invoke_*`, a function of JavaScript, and the package's build looks
 * each callee up twice; a third to a half of a query's time goes there. Here a module of WebAssembly does the same.
 *
 * `invoke_*(index, ...)` calls entry `index` of the table of functions. Where a C++ exception comes out, the stack pointer
 * is put back, `setThrew(1, 0)` tells the caller, and the result is 0. Whatever else is thrown goes on; a trap is not seen
 * by `catch_all` (WebAssembly exception handling, legacy proposal, which Node has since version 17).
 */
import { VigilError } from '../errors.js'
import { HEADER, name, section, signed, sized, unsigned, vector } from '../wasm/encode.js'
import { restful } from './z3-clock.js'
import { z3Module } from './z3-module.js'

const I32 = 0x7f
/** What the letters of a signature stand for, such as those of `viij`: the result, then the operands. */
const TYPES: Readonly<Record<string, number>> = { i: I32, j: 0x7e, f: 0x7d, d: 0x7c }
/** The constant 0 of a type. */
const ZEROS: Readonly<Record<string, readonly number[]>> = {
  v: [],
  i: [0x41, 0],
  j: [0x42, 0],
  f: [0x43, 0, 0, 0, 0],
  d: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
}
/** Exports of Z3's module that are needed besides, as the second table has them, and their signatures. */
const HELPERS = [
  ['emscripten_stack_get_current', 'i'],
  ['_emscripten_stack_restore', 'vi'],
  ['setThrew', 'vii'],
] as const
const [GET_STACK, SET_STACK, SET_THREW] = [0, 1, 2] as const
/** Imports by which C++ throws, rethrows and goes on with an exception of its own. */
const THROWERS = ['__cxa_throw', '__cxa_rethrow', '__resumeException'] as const

const EMPTY = 0x40
const [TRY, CATCH_ALL, RETHROW, IF, END, CALL_INDIRECT] = [0x06, 0x19, 0x09, 0x04, 0x0b, 0x11] as const
const [LOCAL_GET, LOCAL_SET, GLOBAL_GET, GLOBAL_SET, EQZ] = [0x20, 0x21, 0x23, 0x24, 0x45] as const

type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** For emscripten's hook `instantiateWasm`. @throws What stands in the way, which the hook's caller passes on. */
export function instantiateZ3(
  imports: Imports,
  received: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
): object {
  const { instance, module } = linkZ3(imports)
  received(instance, module)
  return instance.exports
}

interface LinkedZ3 {
  readonly instance: WebAssembly.Instance
  readonly module: WebAssembly.Module
  /** What `invoke_*` find the functions in that they call: a copy of Z3's own table. */
  readonly functions: WebAssembly.Table
}

/** An instance of Z3 whose calls that may throw stay in WebAssembly. */
export function linkZ3(imports: Imports): LinkedZ3 {
  const module = z3Module()
  const signatures = WebAssembly.Module.imports(module).flatMap((each) => /^invoke_(.+)$/.exec(each.name)?.[1] ?? [])
  const calls = new WebAssembly.Instance(new WebAssembly.Module(encodeCalls(signatures)))
  const { functions, helpers, isThrown, ...invokes } = calls.exports
  const given = imports.env ?? {}
  const now = { emscripten_get_now: restful(clockOf(given)) }
  const env = { ...given, ...invokes, ...throwersOf(given, global(isThrown)), ...now }
  const instance = new WebAssembly.Instance(module, { ...imports, env })
  // Nobody changes Z3's own table later: that is for functions of JavaScript that C++ is given.
  const own = table(instance.exports.__indirect_function_table)
  const copy = table(functions)
  copy.grow(own.length)
  for (let i = 0; i < own.length; i++) copy.set(i, own.get(i))
  for (const [i, [helper]] of HELPERS.entries()) table(helpers).set(i, instance.exports[helper])
  return { instance, module, functions: copy }
}

/** The same, and told where what they throw is C++'s: an abort, say, is not. */
function throwersOf(env: Readonly<Record<string, unknown>>, isThrown: WebAssembly.Global): Record<string, unknown> {
  const throwerOf = (original: unknown): ((...operands: readonly unknown[]) => unknown) => {
    if (typeof original !== 'function') throw otherVersion('the imports it had')
    return (...operands) => {
      try {
        return original(...operands)
      } catch (error) {
        isThrown.value = error instanceof Error && 'excPtr' in error ? 1 : 0
        throw error
      }
    }
  }
  return Object.fromEntries(THROWERS.map((each) => [each, throwerOf(env[each])]))
}

function clockOf({ emscripten_get_now: clock }: Readonly<Record<string, unknown>>): () => number {
  if (typeof clock !== 'function') throw otherVersion('the clock it had')
  return () => Number(clock())
}

function table(value: unknown): WebAssembly.Table {
  if (value instanceof WebAssembly.Table) return value
  throw otherVersion('the table of functions it had')
}

function global(value: unknown): WebAssembly.Global {
  if (value instanceof WebAssembly.Global) return value
  throw otherVersion('the global it had')
}

function otherVersion(what: string): VigilError {
  return new VigilError(70, `z3-solver has not ${what}: is it another version than the pinned one?`)
}

/** The module: `invoke_*` for each signature, both tables, and whether an exception of C++ is under way. */
export function encodeCalls(signatures: readonly string[]): Uint8Array<ArrayBuffer> {
  const own = HELPERS.map(([, signature]) => signature)
  const invokes = signatures.map((each) => `${each.slice(0, 1)}i${each.slice(1)}`)
  const types = [...own, ...signatures, ...invokes].map(functionType)
  const first = own.length
  return Uint8Array.from([
    ...HEADER,
    ...section(1, types),
    ...section(
      3,
      invokes.map((_, i) => unsigned(first + signatures.length + i)),
    ),
    ...section(4, [
      [0x70, 0, 0],
      [0x70, 0, HELPERS.length],
    ]),
    ...section(6, [[I32, 1, 0x41, 0, END]]),
    ...section(7, [
      ...signatures.map((each, i) => [...name(`invoke_${each}`), 0, ...unsigned(i)]),
      [...name('functions'), 1, 0],
      [...name('helpers'), 1, 1],
      [...name('isThrown'), 3, 0],
    ]),
    ...section(
      10,
      signatures.map((each, i) => invoke(each, first + i)),
    ),
  ])
}

function functionType(signature: string): number[] {
  const [result = 'v', ...operands] = signature
  return [0x60, ...vector(operands.map((each) => [typeOf(each)])), ...vector(result === 'v' ? [] : [[typeOf(result)]])]
}

function typeOf(letter: string): number {
  const type = TYPES[letter]
  if (type === undefined) throw otherVersion('signatures of those types alone')
  return type
}

/** Operand 0 is the index; the local after the operands keeps the stack pointer. */
function invoke(signature: string, type: number): number[] {
  const [result = 'v'] = signature
  const stack = unsigned(signature.length)
  const operands = Array.from({ length: signature.length - 1 }, (_, i) => [LOCAL_GET, ...unsigned(i + 1)])
  return sized([
    ...[1, 1, I32],
    ...[...helper(GET_STACK), LOCAL_SET, ...stack],
    ...[TRY, result === 'v' ? EMPTY : typeOf(result)],
    ...[...operands.flat(), LOCAL_GET, 0, CALL_INDIRECT, ...unsigned(type), 0],
    CATCH_ALL,
    ...[LOCAL_GET, ...stack, ...helper(SET_STACK)],
    ...[GLOBAL_GET, 0, EQZ, IF, EMPTY, RETHROW, 1, END],
    ...[0x41, 0, GLOBAL_SET, 0],
    ...[0x41, 1, 0x41, 0, ...helper(SET_THREW)],
    ...(ZEROS[result] ?? []),
    ...[END, END],
  ])
}

function helper(which: number): number[] {
  return [0x41, ...signed(BigInt(which)), CALL_INDIRECT, ...unsigned(which), 1]
}
