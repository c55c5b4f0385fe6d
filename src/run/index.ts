/** A network function as a running process on ports of this machine, or on captures: the `run` verb. */
export type { ForwardCounts, PortReport } from '../device/index.js'
export type { RunNfOptions, RunProgress, RunReport, RunStart } from './options.js'
export { runNf } from './run.js'
