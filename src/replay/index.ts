/**
 * Replay: traces through a topology, every packet judged by the specification.
 *
 * `replay(options)` is the whole of it, as a typed function. It looks at the traces first, decides which packets enter
 * where (rules of the user, else what nf.yaml or the topology asks for), says so in the plan, and then streams: memory
 * does not grow with the trace. Answers are rewritten to the addresses and ports that the device chose, so that a real
 * two-way trace passes a NAT. docs/replay.md describes rules, filters and the `replay:` key of nf.yaml.
 *
 * Guarantees: every packet read is sent or counted under exactly one named cause; the same traces, options and seed
 * give the same verdicts, for any burst; a run that showed nothing is undecided (vacuous), never a pass; bad input
 * before sending throws, and after that ends the run with the results so far.
 *
 * Called by the command line, and by anyone who imports the package.
 */
export { type Filter, parseFilter } from './filter.js'
export { defaultMaxFrame, type Progress, type ReplayOptions } from './options.js'
export { replay } from './replay.js'
export { parseFrames } from './selection.js'
