/**
 * A command that needs network namespaces of its own, run by who may not make any: once more, in a user namespace in which
 * it is root over what it makes, and over nothing else.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

import { MachineError } from '../errors.js'
import { loadTopology } from '../testbed/topology-file.js'

/** Set for the process inside. */
const INSIDE = 'VIGIL_IN_USER_NAMESPACE'
/** With a network namespace of its own, since nobody returns to one that is not theirs. */
const UNSHARE = ['unshare', '--user', '--map-root-user', '--net'] as const
const signals = ['SIGINT', 'SIGTERM'] as const

export interface Wish {
  readonly topology?: string
  /** `--rootless`, or not said: then as who is not root and needs veth pairs. */
  readonly rootless?: boolean
  /** A process to whose namespaces it goes instead of new ones. */
  readonly attach?: number
}

/**
 * Runs this command line in a user namespace, where that is wanted or needed.
 *
 * @returns Its exit code; undefined where the command is to go on here.
 * @throws MachineError where this machine gives no user namespaces.
 */
export async function runRootless({ topology, rootless = false, attach }: Wish): Promise<number | undefined> {
  if (process.env[INSIDE] !== undefined) {
    endWithParent()
    return undefined
  }
  if (!rootless && (process.getuid?.() === 0 || topology === undefined)) return undefined
  if (!rootless && loadTopology(topology ?? '').ports.kind !== 'veth') return undefined
  const [program, ...words] = attach === undefined ? UNSHARE : join(attach)
  refuseWithout(program, words)
  const child = spawn(program, [...words, process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [INSIDE]: '1' },
  })
  const forward = (signal: NodeJS.Signals): boolean => child.kill(signal)
  for (const signal of signals) process.on(signal, forward)
  try {
    const [code, signal]: [number | null, NodeJS.Signals | null] = await ending(child)
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  } finally {
    for (const signal of signals) process.removeListener(signal, forward)
  }
}

async function ending(child: ReturnType<typeof spawn>): Promise<[number | null, NodeJS.Signals | null]> {
  const [code, signal] = await once(child, 'close')
  return [code, signal]
}

/** What was started by a process that was killed would go on for nobody. */
function endWithParent(): void {
  process.on('disconnect', () => process.exit(1))
  process.channel?.unref()
}

function join(pid: number): readonly [string, ...string[]] {
  return ['nsenter', '--preserve-credentials', '--user', '--net', `--target=${pid}`]
}

function refuseWithout(program: string, words: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, [...words, 'true'], { encoding: 'utf8' })
  if (status === 0) return
  const why = error === undefined ? stderr.trim().split('\n')[0] : `there is no program ${program}`
  throw new MachineError(`no user namespace can be had: ${why}`, { hint: 'run as root; vigil doctor tells more' })
}
