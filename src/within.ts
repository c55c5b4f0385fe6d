/**
 * A limit of time on what blocks the thread. WebAssembly and the code of a specification can be interrupted in no other way:
 * signals and timers wait for them.
 */
import { Script } from 'node:vm'

const NAME = Symbol.for('vigil.within')
const script = new Script("globalThis[Symbol.for('vigil.within')]()")

/**
 * Whether `run` came to an end within so many milliseconds. Where it did not, it was stopped wherever it was, its `finally`
 * left out. What it throws is thrown. Not to be nested.
 */
export function within(milliseconds: number, run: () => void): boolean {
  Reflect.set(globalThis, NAME, run)
  try {
    script.runInThisContext({ timeout: milliseconds })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
    throw error
  } finally {
    Reflect.deleteProperty(globalThis, NAME)
  }
}

/** A process among many gets a part of a processor only. */
const BUSY = 16

/**
 * The same of work that takes far less: `stopped` is what has worked for so long, `asleep` what has not, since this process
 * was suspended. Neither can be gone on with.
 */
export function endOf(milliseconds: number, run: () => void): 'over' | 'stopped' | 'asleep' {
  const before = process.cpuUsage()
  if (within(milliseconds, run)) return 'over'
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 > milliseconds / BUSY ? 'stopped' : 'asleep'
}
