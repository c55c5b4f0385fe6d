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

/** Of so many milliseconds this part at a processor is work, among other processes; less is a process that was suspended. */
const BUSY = 16
/** What may pause does so after this part of them, so that what was done before a suspension does not look like work without end. */
const SLICES = 64

/** Whether what goes on in steps may go on, of work that `endOf` gives so many milliseconds from now. */
export function slice(milliseconds: number): () => boolean {
  const until = performance.now() + milliseconds / SLICES
  return () => performance.now() < until
}

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
