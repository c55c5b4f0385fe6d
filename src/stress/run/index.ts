/** Load tests of network functions on real ports: the `stress` and `compare` verbs. */
export { type ComparedFigure, compareRuns, type RunComparison } from './compare-runs.js'
export type { StressOptions, StressProgress } from './options.js'
export { stress } from './stress.js'
