/** A program that is suspended while it is at work. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'

/**
 * Suspends a program for 2.5 seconds, 300 ms after it says something on standard error, and again where it was between two
 * packets; what it printed when it has ended. `program`: a module.
 */
export async function suspended(t: ExecutionContext, program: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (part: Buffer) => {
    printed += part.toString()
  })
  const ended = once(child, 'close')
  await once(child.stderr, 'data')
  for (let attempt = 0; attempt < 5 && isRunning(child); attempt++) {
    await setTimeout(300)
    child.kill('SIGSTOP')
    await setTimeout(2500)
    child.kill('SIGCONT')
    await Promise.race([ended, setTimeout(1000)])
  }
  child.kill('SIGKILL')
  await ended
  return printed
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
