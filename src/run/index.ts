/** A network function as a running process on interfaces of this machine: the `run` verb. */
export type { ForwardCounts } from './forwarder.js'
export type { PortReport, RunNfOptions, RunProgress, RunReport } from './options.js'
export { runNf } from './run.js'
