/** The thread that runs Z3 for z3-threads.ts: takes requests at a port, and answers there, one after the other. */
import { workerData } from 'node:worker_threads'
import { Z3Instance } from './z3-instance.js'
import { keepCompiledZ3, z3Module } from './z3-module.js'
import type { Asked, Served, WorkerInput } from './z3-thread.js'

const { port, signal, code }: WorkerInput = workerData
keepCompiledZ3(code)
const started = Z3Instance.start()

function answer(served: Served): void {
  port.postMessage(served)
  Atomics.add(signal, 0, 1)
  Atomics.notify(signal, 0)
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

port.on('message', async (asked: Asked) => {
  try {
    const instance = await started
    answer({ ...instance.answer(asked), allocated: instance.allocated })
  } catch (error) {
    answer({ death: describe(error) })
  }
})

started.then(
  ({ version }) => answer({ version, code: z3Module() }),
  (error: unknown) => answer({ death: describe(error) }),
)
