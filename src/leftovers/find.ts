/** What runs that were killed have left: only what says that it is of Vigil, and of a process that is gone. */
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { journalsOfTheGone } from './journal.js'
import { isGone } from './process-id.js'

export interface Leftover {
  readonly kind: 'folder' | 'socket' | 'process'
  /** Its path, or its number and command. */
  readonly what: string
  remove(): void
}

/** In the environment of processes that a run starts as its device: the run's own, by `processId`. */
export const RUN_OF = 'VIGIL_RUN'

export function leftovers(): readonly Leftover[] {
  return [...dpdkFolders(), ...sockets(), ...orphans()]
}

function isOurs(path: string): boolean {
  try {
    return lstatSync(path).uid === process.getuid?.()
  } catch {
    return false
  }
}

/** EAL makes one while it starts, and a process that is killed then leaves it. */
function dpdkFolders(): Leftover[] {
  const parents = ['/var/run/dpdk', '/tmp/dpdk', join(process.env.XDG_RUNTIME_DIR ?? '/nowhere', 'dpdk')]
  return parents
    .flatMap((parent) => namesIn(parent).map((name) => ({ name, path: join(parent, name) })))
    .filter(({ name, path }) => {
      const id = /^vigil-(\d+-\d+)$/.exec(name)?.[1]
      return id !== undefined && isGone(id) && isOurs(path)
    })
    .map(({ path }) => ({ kind: 'folder', what: path, remove: () => rmSync(path, { recursive: true }) }))
}

/** None of a folder that is not there, or another user's alone. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function sockets(): Leftover[] {
  return journalsOfTheGone(isOurs).map(({ file, paths }) => {
    const left = paths.filter((path) => isOurs(path) && lstatSync(path).isSocket())
    const remove = (): void => {
      for (const path of [...left, file]) rmSync(path)
    }
    return { kind: 'socket', what: left.join(', ') || `none of ${file}`, remove }
  })
}

/** What commands of a topology have started, and go on without the run. */
function orphans(): Leftover[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): Leftover[] => {
      const id = wordsOf(pid, 'environ')
        .find((word) => word.startsWith(`${RUN_OF}=`))
        ?.slice(RUN_OF.length + 1)
      if (id === undefined || !/^\d+-\d+$/.test(id) || !isGone(id)) return []
      const what = `${pid} ${wordsOf(pid, 'cmdline').join(' ').trim()}`
      return [{ kind: 'process', what, remove: () => end(Number(pid)) }]
    })
}

/** Nothing of processes of others, and of those that have ended meanwhile. */
function wordsOf(pid: string, file: 'environ' | 'cmdline'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // The end of another one may have been its end.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
