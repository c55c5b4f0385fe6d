/**
 * The specification language: everything that `import { ... } from 'vigil-nf/spec'` gives to the author of a
 * specification. A specification is ordinary TypeScript: declare records, configuration and state, and write `process`,
 * which answers for each packet with `drop()`, `forward(...)`, `flood(...)` or `any()`.
 *
 * Numbers up to 53 bits are `number`, wider ones `bigint`; nothing wraps; division is `div`. Accessors that may find
 * nothing give `undefined`. No reading of the language (fast, over intervals, symbolic) lives here: this folder holds
 * declarations and plain data only, and `src/domains` gives them meaning.
 */
export { div, max, min, wide } from './arithmetic.js'
export * from './config.js'
export { SpecError } from './error.js'
export * from './packet.js'
export * from './property.js'
export { type FieldTypes, type RecordIn, type RecordOf, type RecordType, record } from './record.js'
export { registerSites } from './sites.js'
export * from './spec.js'
export * from './state.js'
export * from './types.js'
export type * from './units.js'
export * from './verdict.js'
export type * from './views.js'
