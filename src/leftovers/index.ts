/** What runs leave that are killed, where the kernel does not free it: named so that it is known, found, and removed. */
export { type Leftover, leftovers, RUN_OF } from './find.js'
export { journal } from './journal.js'
export { isGone, processId } from './process-id.js'
