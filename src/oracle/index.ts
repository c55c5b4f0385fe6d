/**
 * The oracle: given what went into a network function and what came out, says whether the specification allows it.
 *
 * It knows the device only by its behaviour. The specification's own state is kept here, and where the specification
 * leaves a choice to the device (a free slot, a Maglev row), the choice is read off the output and the device held to
 * it. Nothing is taken on trust: every packet's verdict, egress ports and bytes, payload and checksums included, are
 * compared with what a full run of the specification gives.
 *
 * Callers: the simulator (src/testbed), replay, and the tests of network functions.
 */
export { type LoadedSpec, loadSpec } from '../spec/load/index.js'
export { type LoadedProperty, loadProperties, loadPropertiesOf } from '../spec/load/properties.js'
export { type Judgement, OK, Oracle, type OracleOptions, UNDECIDED, VIOLATION } from './oracle.js'
export { PropertyCheck, type PropertyCount, type PropertyFinding, type PropertyOutcome } from './property.js'
export { Tally } from './tally.js'
export type { ViolationDetail } from './violation.js'
