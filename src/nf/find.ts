/** From a name or a path to an nf.yaml, and which there are. Loads no engine and no compiler. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { InputError } from '../errors.js'
import { packageRoot } from '../package-root.js'
import { readManifest } from './manifest.js'

/** The nf.yaml of a network function given by name, folder or file. */
export function findNf(dirOrName: string): string {
  const candidates = [
    resolve('nfs', dirOrName, 'nf.yaml'),
    join(packageRoot, 'nfs', dirOrName, 'nf.yaml'),
    resolve(dirOrName, 'nf.yaml'),
  ]
  if (/\.ya?ml$/.test(dirOrName)) candidates.unshift(resolve(dirOrName))
  const found = candidates.find((file) => existsSync(file) && statSync(file).isFile())
  if (found !== undefined) return found
  const known = listNfs().map((nf) => nf.name)
  throw new InputError(`there is no network function ${dirOrName}`, {
    hint: `there are ${known.join(', ')}; or give a folder`,
  })
}

/** The network functions that go by name here: those of ./nfs before those of the package. */
export function listNfs(): readonly { readonly name: string; readonly file: string }[] {
  const found = new Map<string, string>()
  for (const folder of [resolve('nfs'), join(packageRoot, 'nfs')]) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder).sort()) {
      const file = join(folder, name, 'nf.yaml')
      if (!found.has(name) && existsSync(file)) found.set(name, file)
    }
  }
  return [...found].map(([name, file]) => ({ name, file }))
}

/** Those of them that are binaries, or will say what is wrong with them when they are loaded. */
export function listBinaries(): ReturnType<typeof listNfs> {
  return listNfs().filter(({ file }) => !isBlackBox(file))
}

function isBlackBox(file: string): boolean {
  try {
    return readManifest(file).code === undefined
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}
