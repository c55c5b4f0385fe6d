/** What shell commands set up as a device under test: a bridge of the kernel, a program, ssh to another machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'

import { InputError, MachineError } from '../errors.js'
import { processId, RUN_OF } from '../leftovers/index.js'
import type { NetworkNamespace } from '../packetio/index.js'
import type { TopologyDevice } from '../testbed/index.js'
import type { DeviceReport, DeviceUnderTest } from './device.js'
import type { Fault } from './loop.js'
import { RepeatedCommand } from './repeated.js'

export interface CommandOptions {
  readonly device: Extract<TopologyDevice, { kind: 'command' }>
  /** Of the topology, for messages. */
  readonly file: string
  readonly namespace: NetworkNamespace
  /** More environment variables. */
  readonly settings: Readonly<Record<string, string>>
  /** Names of its interfaces, in order. */
  readonly interfaces: readonly string[]
}

/** Milliseconds for a command to end after SIGTERM. */
const PATIENCE = 3000
/** What a set-up ends with where it needs what this machine does not have. */
const MACHINE_CANNOT = 3
/** What is kept of what a command says, for messages. */
const LAST_LINES = 3

/** @throws InputError where the set-up fails, MachineError where it says so, by ending with 3. */
export async function startCommand(options: CommandOptions): Promise<DeviceUnderTest> {
  const { device, file } = options
  const running = new Running(options)
  try {
    if (device.setup !== undefined) await running.once('setup', device.setup)
    if (device.run !== undefined) running.start(device.run)
  } catch (error) {
    await running.stop()
    if (!(error instanceof CommandFailed)) throw error
    const where = { file, line: device.line }
    if (error.code === MACHINE_CANNOT) throw new MachineError(error.said, where, { cause: error })
    throw new InputError(error.message, where, { cause: error })
  }
  return running
}

class CommandFailed extends Error {
  readonly code: number | null
  /** The last that it said. */
  readonly said: string

  constructor(name: string, code: number | null, said: readonly string[]) {
    super(`the device's ${name} ended with ${code}${last(said)}`)
    this.code = code
    this.said = said.at(-1) ?? this.message
  }
}

class Running implements DeviceUnderTest {
  readonly processed = undefined
  fault: Fault | undefined
  readonly #options: CommandOptions
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #isStopping = false
  #resetting: RepeatedCommand | undefined

  constructor(options: CommandOptions) {
    this.#options = options
  }

  /** Runs a command to its end. */
  async once(name: string, text: string): Promise<void> {
    const { child, said } = this.#spawn(text)
    const [code] = await once(child, 'close')
    if (code !== 0) throw new CommandFailed(name, code, said)
  }

  start(text: string): void {
    const { child, said } = this.#spawn(text)
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        if (this.#child === child) {
          this.fault = { cause: `the device's command ended with ${code ?? signal}${last(said)}`, exitCode: 2 }
        }
        resolve()
      })
    })
  }

  lost(): { readonly before: number; readonly after: number } {
    return { before: 0, after: 0 }
  }

  /** What it has learned is gone: by a command of its own, or since it is set up anew. */
  readonly reset = async (): Promise<void> => {
    const { setup, run, teardown, reset, line } = this.#options.device
    try {
      if (reset !== undefined) return await this.#empty(reset)
      await this.#endRun()
      if (teardown !== undefined) await this.once('teardown', teardown)
      if (setup !== undefined) await this.once('setup', setup)
      if (run !== undefined) this.start(run)
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      const hint = "give commands that empty its state as 'reset', or a 'teardown' after which 'setup' can run again"
      throw new InputError(error.message, { file: this.#options.file, line, hint }, { cause: error })
    }
  }

  async stop(): Promise<DeviceReport> {
    if (this.#isStopping) return { ports: [] }
    this.#isStopping = true
    this.#resetting?.stop()
    await this.#endRun()
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

  async #empty(text: string): Promise<void> {
    this.#resetting ??= new RepeatedCommand('nsenter', this.#place, this.#environment, text)
    const { code, said } = await this.#resetting.run()
    if (code !== 0) throw new CommandFailed('reset', code, said.slice(-LAST_LINES))
  }

  async #endRun(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    signalGroup(child, 'SIGTERM')
    const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE)
    await this.#ended
    clearTimeout(patience)
  }

  get #place(): readonly string[] {
    return [`--net=${this.#options.namespace.path}`]
  }

  get #environment(): NodeJS.ProcessEnv {
    const { interfaces, settings } = this.#options
    return {
      ...process.env,
      PATH: ownPath(process.env.PATH),
      ...settings,
      [RUN_OF]: processId(),
      PORTS: interfaces.join(' '),
      ...Object.fromEntries(interfaces.map((name, i) => [`PORT${i}`, name])),
    }
  }

  /** In a process group of its own, so that all that it starts can be ended. */
  #spawn(text: string): { readonly child: ChildProcess; readonly said: string[] } {
    const child = spawn('nsenter', [...this.#place, 'sh', '-ec', text], {
      env: this.#environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
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

/** Without the folders that npm and npx put first: a package there has a program `nft` that is not that of nftables. */
function ownPath(path: string | undefined): string | undefined {
  const folders = path
    ?.split(delimiter)
    .filter((folder) => !/[/]node_modules[/](?:\.bin|.*node-gyp-bin)[/]?$/.test(folder))
  return folders?.join(delimiter)
}
