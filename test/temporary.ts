/** Folders that tests write to, removed when the test's process ends. */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new empty folder whose name begins with `vigil-` and what it is for. */
export function temporary(what = 'test'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `vigil-${what}-`)))
  folders.push(folder)
  return folder
}
