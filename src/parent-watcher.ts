/** The thread of `endWithParent`. */
import { workerData } from 'node:worker_threads'

import type { ParentWatch } from './end-with-parent.js'

const { parent, target }: ParentWatch = workerData

setInterval(() => {
  if (process.ppid !== parent) process.kill(target, 'SIGKILL')
}, 500)
