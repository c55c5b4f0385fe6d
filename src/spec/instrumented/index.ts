/**
 * Instrumented specifications: the author's module with every operator, condition and call made to go through hooks, so
 * that it runs over values of which only a term is known. A reading gives the hooks their `Operators` for the time of a
 * run; concrete values take JavaScript's own operations.
 */
export { SymbolicClaim } from './claim.js'
export { type ObservedPart, type ObservedPlace, type Observer, observedBy } from './observer.js'
export type { BinaryOperator, Connective, Operators, Scalar } from './operators.js'
export { currentPlace, errorHere, type SourcePlace } from './place.js'
export { FUEL, withOperators } from './reading.js'
export { type SymbolicType, SymbolicValue } from './value.js'
export { type Egress, FormsVerdict, ForwardVerdict } from './verdict.js'
