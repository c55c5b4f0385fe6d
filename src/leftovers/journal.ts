/** What this process makes and the kernel would not free with it: written down, so that another process can remove it. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { MachineError } from '../errors.js'
import { isGone, processId } from './process-id.js'

const UNFINISHED = '.new'

const written: string[] = []

/** Of this user alone: what another one writes is not believed. */
function journalFolder(): string {
  return join(tmpdir(), `vigil-journal-${process.getuid?.() ?? 0}`)
}

/** A file, a socket say, that is to be removed if this process is killed. @returns What ends that. */
export function journal(path: string): () => void {
  written.push(path)
  save()
  return () => {
    written.splice(written.indexOf(path), 1)
    save()
  }
}

function save(): void {
  const folder = journalFolder()
  const file = join(folder, processId() ?? 'unknown')
  if (written.length === 0) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (lstatSync(folder).uid !== process.getuid?.()) {
    throw new MachineError(`${folder} is another user's`, { hint: 'remove it, or set TMPDIR' })
  }
  // Never half of one: what it named before would be forgotten.
  writeFileSync(`${file}${UNFINISHED}`, JSON.stringify(written), { mode: 0o600 })
  renameSync(`${file}${UNFINISHED}`, file)
}

export interface Journal {
  readonly file: string
  readonly paths: readonly string[]
}

/** Those of processes that are gone. `isOurs` tells of files whether they are this user's. */
export function journalsOfTheGone(isOurs: (path: string) => boolean): readonly Journal[] {
  const folder = journalFolder()
  if (!isOurs(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^\d+-\d+(\.new)?$/.test(name) && isGone(name.replace(UNFINISHED, '')))
    .map((name) => {
      const file = join(folder, name)
      return { file, paths: pathsIn(readFileSync(file, 'utf8')) }
    })
}

/** None of one that its process was killed while writing. */
function pathsIn(text: string): readonly string[] {
  try {
    const paths: unknown = JSON.parse(text)
    return Array.isArray(paths) ? paths.map(String) : []
  } catch {
    return []
  }
}
