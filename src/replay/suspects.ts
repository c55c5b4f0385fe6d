/**
 * Packets on real ports for which no order was found that explains them, since there are too many to try: where the specification
 * allows what became of one in no state at all, no order can, and it is a violation.
 */
import { setImmediate } from 'node:timers/promises'

import { VigilError } from '../errors.js'
import type { Live } from '../live/index.js'
import type { LoadedNode } from './load.js'

/** For all of them: those that are left stay undecided. */
const MILLISECONDS = 10_000

/** Loads a solver only where there are such packets. */
export async function convictSuspects(
  { network }: Live,
  { nf, oracle }: LoadedNode,
  signal?: AbortSignal,
): Promise<void> {
  const { record } = network
  const suspects = [...record.suspects]
  const isInterrupted = (): boolean => signal?.aborted === true
  if (suspects.length === 0 || isInterrupted()) return
  const [{ InAnyState }, { SymbolicReading }, { openSyncSolver }, { loadInstrumentedSpec }] = await Promise.all([
    import('../derive/in-any-state.js'),
    import('../domains/symbolic/reading.js'),
    import('../smt/index.js'),
    import('../spec/load/index.js'),
  ])
  const until = performance.now() + MILLISECONDS
  const hasTime = (): boolean => performance.now() < until
  const solver = await openSyncSolver({ backends: ['z3-inline'] })
  try {
    const { spec, file } = await loadInstrumentedSpec(oracle.options.spec.file)
    const states = new InAnyState(new SymbolicReading(spec, nf.config, file), solver)
    for (const suspect of suspects) {
      await setImmediate()
      if (isInterrupted() || !hasTime()) return
      const { ingress, input, actual } = suspect.violation
      const fate = {
        port: ingress,
        bytes: new Uint8Array(Buffer.from(input, 'hex')),
        egress: actual.ports.reduce((set, port) => set | (1 << port), 0),
        output: new Uint8Array(Buffer.from(actual.bytes ?? '', 'hex')),
      }
      if (states.allows(fate, hasTime) === 'in none') record.convict(suspect)
    }
  } catch (error) {
    // A specification that is not read symbolically leaves them as they are.
    if (!(error instanceof VigilError)) throw error
  } finally {
    await solver.close()
  }
}
