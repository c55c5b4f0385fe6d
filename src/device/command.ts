/** What shell commands set up as a device under test: a bridge of the kernel, a program, ssh to another machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

import { InputError } from '../errors.js'
import { processId, RUN_OF } from '../leftovers/index.js'
import type { NetworkNamespace } from '../packetio/index.js'
import type { TopologyDevice } from '../testbed/index.js'
import type { DeviceReport, DeviceUnderTest } from './device.js'
import type { Fault } from './loop.js'

export interface CommandOptions {
  readonly device: Extract<TopologyDevice, { kind: 'command' }>
  /** Of the topology, for messages. */
  readonly file: string
  readonly namespace: NetworkNamespace
  /** Names of its interfaces, in order. */
  readonly interfaces: readonly string[]
}

/** Milliseconds for a command to end after SIGTERM. */
const PATIENCE = 3000
/** What is kept of what a command says, for messages. */
const LAST_LINES = 3

/** @throws InputError where the set-up fails. */
export async function startCommand(options: CommandOptions): Promise<DeviceUnderTest> {
  const { device, file } = options
  const running = new Running(options)
  try {
    if (device.setup !== undefined) await running.once('setup', device.setup)
    if (device.run !== undefined) running.start(device.run)
  } catch (error) {
    await running.stop()
    if (!(error instanceof CommandFailed)) throw error
    throw new InputError(error.message, { file, line: device.line }, { cause: error })
  }
  return running
}

class CommandFailed extends Error {}

class Running implements DeviceUnderTest {
  readonly processed = undefined
  fault: Fault | undefined
  readonly #options: CommandOptions
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #isStopping = false

  constructor(options: CommandOptions) {
    this.#options = options
  }

  /** Runs a command to its end. */
  async once(name: string, text: string): Promise<void> {
    const { child, said } = this.#spawn(text)
    const [code] = await once(child, 'close')
    if (code !== 0) throw new CommandFailed(`the device's ${name} ended with ${code}${last(said)}`)
  }

  start(text: string): void {
    const { child, said } = this.#spawn(text)
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        if (!this.#isStopping) {
          this.fault = { cause: `the device's command ended with ${code ?? signal}${last(said)}`, exitCode: 2 }
        }
        resolve()
      })
    })
  }

  lost(): { readonly before: number; readonly after: number } {
    return { before: 0, after: 0 }
  }

  async stop(): Promise<DeviceReport> {
    if (this.#isStopping) return { ports: [] }
    this.#isStopping = true
    if (this.#child !== undefined) {
      signalGroup(this.#child, 'SIGTERM')
      const child = this.#child
      const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE)
      await this.#ended
      clearTimeout(patience)
    }
    const { teardown } = this.#options.device
    if (teardown !== undefined) {
      try {
        await this.once('teardown', teardown)
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error
        this.fault ??= { cause: error.message, exitCode: 2 }
      }
    }
    return { ports: [] }
  }

  /** In a process group of its own, so that all that it starts can be ended. */
  #spawn(text: string): { readonly child: ChildProcess; readonly said: string[] } {
    const { namespace, interfaces } = this.#options
    const env = {
      ...process.env,
      [RUN_OF]: processId(),
      PORTS: interfaces.join(' '),
      ...Object.fromEntries(interfaces.map((name, i) => [`PORT${i}`, name])),
    }
    const words = [`--net=${namespace.path}`, 'sh', '-ec', text]
    const child = spawn('nsenter', words, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const said: string[] = []
    const hear = (part: Buffer): void => {
      said.push(...part.toString().split('\n').filter(Boolean))
      said.splice(0, said.length - LAST_LINES)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    return { child, said }
  }
}

function last(said: readonly string[]): string {
  return said.length === 0 ? '' : `: ${said.join('; ')}`
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
