/**
 * WebAssembly: decoding, and one stepper that runs code in any domain.
 *
 * `decodeModule` gives a validated module, plain data with byte offsets (core 2.0 without SIMD), or throws a
 * `ModuleError`. `instantiate` links it in a `Store` of some domain. `Stepper.call` runs a function along one path and
 * says how the run ended, always as data. `domain.ts` is what a domain has to offer: `concreteDomain` computes plain
 * values and is held to the core test suite and to the engine that runs network functions.
 *
 * Called by contracts and verify; imports nothing but the errors.
 */
export { type Access, loads, stores } from './accesses.js'
export { concreteDomain } from './concrete/domain.js'
export { ConcreteMemory } from './concrete/memory.js'
export type { ConcreteValue } from './concrete/value.js'
export { decodeModule } from './decode/decode.js'
export { ModuleError, type Refusal } from './decode/module-error.js'
export type { Domain, Floats, Memory, Value } from './domain.js'
export { readLineTable } from './dwarf/line-table.js'
export * from './instance.js'
export { type Instantiated, instantiate } from './instantiate.js'
export { LinkError } from './link.js'
export * from './module.js'
export * from './operators.js'
export * from './outcome.js'
export type { StepperOptions } from './run.js'
export { readSourceMap, SourceMap, type SourcePosition } from './source-map.js'
export { Stepper } from './stepper.js'
export * from './types.js'
