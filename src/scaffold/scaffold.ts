/** A new network function in a folder of its own, which builds, proves, conforms and replays at once: where authors begin. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import { InputError, MachineError } from '../errors.js'
import { packageRoot } from '../package-root.js'

export const languages = ['typescript', 'c'] as const
export type Language = (typeof languages)[number]

export interface Scaffolded {
  readonly name: string
  readonly language: Language
  /** Relative to the working folder. */
  readonly folder: string
  /** Relative to `folder`. */
  readonly files: readonly string[]
}

/** A network function called pinhole in nf.ts: those two words are replaced. */
const TEMPLATES = join(packageRoot, 'templates/nf')
const SOURCES: Readonly<Record<Language, string>> = { typescript: 'nf.ts', c: 'nf.c' }
/** As the schema of nf.yaml has it. */
const NAME = /^[a-z][a-z0-9-]*$/

/**
 * Writes `nfs/NAME` below the working folder: all of it or nothing.
 * @throws InputError for a name that cannot be one, or that is taken.
 */
export function scaffold(name: string, language: Language): Scaffolded {
  if (!NAME.test(name)) {
    throw new InputError(`${JSON.stringify(name)} cannot name a network function`, {
      hint: 'a name has small letters, digits and hyphens, and begins with a letter',
    })
  }
  const folder = resolve('nfs', name)
  if (existsSync(folder)) throw new InputError('is there already', { file: folder, hint: 'choose another name' })
  if (existsSync(join(packageRoot, 'nfs', name, 'nf.yaml'))) {
    throw new InputError(`${name} is the name of a network function that comes with Vigil`, {
      hint: 'choose another name: it would hide that one here',
    })
  }
  const files = new Map(templatesOf(language).map(([path, text]) => [path, filled(text, name, language)]))
  write(folder, files)
  return { name, language, folder: relative(process.cwd(), folder), files: [...files.keys()].sort() }
}

/** Path in the new folder and text of each; sources of the other language are left out. */
function templatesOf(language: Language): [string, string][] {
  const shared = ['nf.yaml', 'spec.ts', 'README.md']
  const properties = readdirSync(join(TEMPLATES, 'properties')).map((file) => `properties/${file}`)
  const source = SOURCES[language]
  return [
    ...[...shared, ...properties].map((path): [string, string] => [path, template(path)]),
    [source, template(join(language, source))],
  ]
}

function template(path: string): string {
  return readFileSync(join(TEMPLATES, path), 'utf8')
}

function filled(text: string, name: string, language: Language): string {
  return text.replaceAll('pinhole', name).replaceAll('nf.ts', SOURCES[language])
}

/** Beside its place first, so that a folder that is half written is never found by its name. */
function write(folder: string, files: ReadonlyMap<string, string>): void {
  let made: string | undefined
  try {
    mkdirSync(dirname(folder), { recursive: true })
    made = join(dirname(folder), `.new-${process.pid}`)
    mkdirSync(made)
    for (const [path, text] of files) {
      mkdirSync(dirname(join(made, path)), { recursive: true })
      writeFileSync(join(made, path), text)
    }
    renameSync(made, folder)
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true, force: true })
    const why = error instanceof Error ? error.message : String(error)
    throw new MachineError(`${folder} cannot be written: ${why}`)
  }
}
