/**
 * The folder of one run. Files are written into a hidden folder beside its place, and one rename shows them all: under
 * its name a run folder is complete or absent. `reports/latest` is a symbolic link to the newest one, replaced by a
 * rename too, so that a reader never finds it missing.
 */

import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'

import { InputError, MachineError, type VigilError } from '../errors.js'

/** The files of a run folder. */
export const runFiles = ['result.json', 'report.html', 'junit.xml', 'violations.pcapng', 'results.sarif'] as const

/** Names of captures and suites of counterexamples, and of cases that failed. */
const ownName = /^(counterexample[\w-]*\.pcapng|suite-[\w.-]*|case-[\w-]*\.yaml)$/

/** Whether a run leaves files of this name; only a folder that holds nothing else is replaced by `--out`. */
export function isRunFile(name: string): boolean {
  const known: readonly string[] = runFiles
  return known.includes(name) || ownName.test(name)
}

export interface RunFolderOptions {
  readonly verb: string
  /** What the run is about, for the name: the network function or topology. */
  readonly subject: string
  readonly startedAt: Date
  /** The folder asked for with `--out`; default: one of its own under `reports/`. */
  readonly out?: string
  /** Where `reports/` is. Default: the working directory. */
  readonly root?: string
}

export interface RunFolder {
  /** Where the files are written; it moves to `path` with `publish`. */
  readonly directory: string
  /** Where the run folder is after `publish`: absolute. */
  readonly path: string
  /** @throws VigilError where it cannot be moved; nothing is under the name then. */
  publish(): void
  /** Removes what was written. Does nothing after `publish`. */
  discard(): void
}

/**
 * Refuses a folder that could not be written, before a run spends its time.
 * @throws InputError where there is something else under the name.
 */
export function checkOut(out: string): void {
  const status = attempt(out, () => statSync(out, { throwIfNoEntry: false }))
  if (status === undefined) return
  if (!status.isDirectory())
    throw new InputError('this is not a directory', { file: out, hint: 'name a new one for --out' })
  const foreign = attempt(out, () => readdirSync(out)).find((name) => !isRunFile(name))
  if (foreign === undefined) return
  const hint = 'name a new directory for --out'
  throw new InputError(`not the folder of a run: it holds ${JSON.stringify(foreign)}`, { file: out, hint })
}

/** @throws VigilError where the folder cannot be made. */
export function createRunFolder(options: RunFolderOptions): RunFolder {
  if (options.out !== undefined) checkOut(options.out)
  const reports = resolve(options.root ?? '.', 'reports')
  const path = options.out === undefined ? join(reports, folderName(options)) : resolve(options.out)
  const directory = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
  attempt(path, () => mkdirSync(directory, { recursive: true }))
  let open = true
  return {
    directory,
    path,
    publish() {
      if (!open) return
      open = false
      attempt(path, () => {
        replace(directory, path)
        if (options.out === undefined) pointAt(join(reports, 'latest'), path)
      })
    },
    discard() {
      if (open) rmSync(directory, { recursive: true, force: true })
      open = false
    },
  }
}

/** `20260102T030405Z-replay-nat-5f3a`: sorts by time, and two runs at once never meet. */
function folderName({ verb, subject, startedAt }: RunFolderOptions): string {
  const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  const word = subject.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'run'
  return `${stamp}-${verb}-${word.slice(0, 40)}-${randomBytes(2).toString('hex')}`
}

/** Moves a folder; an earlier run under the name goes away once the new one is ready. */
function replace(from: string, to: string): void {
  if (statSync(to, { throwIfNoEntry: false }) === undefined) {
    renameSync(from, to)
    return
  }
  const target = realpathSync(to)
  const old = `${from}.old`
  renameSync(target, old)
  renameSync(from, target)
  rmSync(old, { recursive: true, force: true })
}

/** Sets a symbolic link atomically; it is relative, so that the tree can be moved. */
function pointAt(link: string, path: string): void {
  const temporary = `${link}.${randomBytes(4).toString('hex')}.part`
  symlinkSync(relative(dirname(link), path), temporary, 'dir')
  try {
    renameSync(temporary, link)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function attempt<R>(file: string, action: () => R): R {
  try {
    return action()
  } catch (error) {
    throw folderError(file, error)
  }
}

function folderError(file: string, error: unknown): VigilError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EIO' || code === 'EROFS') {
    return new MachineError(`cannot write the run folder (${code})`, { file }, { cause: error })
  }
  const detail = error instanceof Error ? error.message : String(error)
  return new InputError(`cannot write the run folder: ${detail}`, { file, hint: 'see --out' }, { cause: error })
}
