/** Tests of DPDK: skipped, and seen to be, where it was not built in; never in CI. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'

import { Burst, dpdkFile, type PacketPort } from '../../src/packetio/index.js'
import { temporary } from '../temporary.js'
import { ROOM } from './frames.js'
import { rooted } from './rooted.js'

type Run = (t: ExecutionContext) => void | Promise<void>

export const obstacle = obstacleHere()

/** DPDK reads of processors in /sys. */
function obstacleHere(): string | undefined {
  if (!existsSync(dpdkFile)) return 'DPDK was not built in'
  return existsSync('/sys/devices/system/cpu') ? undefined : 'there is no /sys'
}

export function withDpdk(title: string, run: Run): void {
  if (obstacle === undefined) test.serial(title, run)
  else if (process.env.CI === undefined) test.skip(`${title} [${obstacle}]`, run)
  else test(title, (t) => t.fail(`cannot be run: ${obstacle}`))
}

/** The same as root, with other programs. */
export function withRootedDpdk(title: string, run: Run, programs: readonly string[] = []): void {
  if (obstacle === undefined) rooted(title, run, programs)
  else withDpdk(title, run)
}

/** What arrives until there are so many frames; a port of DPDK is asked again and again. */
export function polled(port: PacketPort, count: number, patience = 5000): Uint8Array[] {
  const burst = new Burst(64, ROOM)
  const all: Uint8Array[] = []
  for (const end = Date.now() + patience; all.length < count && Date.now() < end; ) {
    const filled = port.receive(burst)
    for (let i = 0; i < filled; i++) all.push(burst.frame(i).slice())
  }
  return all
}

export interface Script {
  readonly child: ChildProcess
  /** What it writes first. */
  readonly first: Promise<string>
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** A process of its own that runs a module with all of src/packetio in scope; `before` are words before Node. */
export function script(t: ExecutionContext, body: string, before: readonly string[] = []): Script {
  const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))
  const file = join(temporary(), 'script.mjs')
  const names = 'Burst, openDpdk, openDpdkRings, startDpdk, waitForFrames'
  writeFileSync(file, `import { ${names} } from ${JSON.stringify(packetio)}\n${body}`)
  const [program = '', ...words] = [...before, process.execPath, file]
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  child.stderr.on('data', (part: Buffer) => {
    texts.stderr += part.toString()
  })
  const first = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      texts.stdout += part.toString()
      if (texts.stdout.includes('\n')) resolve(texts.stdout.slice(0, texts.stdout.indexOf('\n')))
    })
    child.once('close', () => reject(new Error(`it said nothing: ${texts.stderr}`)))
  })
  first.catch(() => {})
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...texts }))
  return { child, first, ended }
}
