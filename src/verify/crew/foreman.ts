/**
 * The thread that starts the helpers of a proof, and says when one is lost. The proof itself blocks while it waits, so it
 * would not come to know.
 */
import { Worker, workerData } from 'node:worker_threads'

import { type ForemanInput, say } from './messages.js'

const { helpers, port, shared, code }: ForemanInput = workerData

for (const [helper, input] of helpers.entries()) {
  const worker = new Worker(new URL('./helper.js', import.meta.url), {
    workerData: { ...input, code },
    transferList: [input.port],
  })
  const lost = (why: string): void => say({ helper, why }, { port, shared })
  worker.on('error', (error) => lost(error.message))
  worker.on('exit', (code) => lost(`its thread ended with ${code}`))
}
