/** Loads properties: named exports of modules that lie beside a specification, in its folder `properties`. */
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { SpecError } from '../error.js'
import { type AnyProperty, asProperty } from '../property.js'
import { type LoadedModule, loadInstrumentedModule, loadModule } from './index.js'

export interface LoadedProperty {
  /** The name of its export in kebab case, by which commands and reports know it. */
  readonly name: string
  /** Its title, or where it has none its name in words. */
  readonly title: string
  /** Empty where it cites none. */
  readonly clause: string
  readonly file: string
  /** Of its declaration in the file, where that is plain. */
  readonly line?: number
  /** Of the source of its file. */
  readonly sha256: string
  readonly property: AnyProperty
}

/**
 * The properties beside a specification, by file and then by name; none where it has no folder `properties`.
 * @throws SpecError where a file is not one of properties, or two properties have one name.
 */
export function loadPropertiesOf(specFile: string): Promise<LoadedProperty[]> {
  return loadBeside(specFile, loadProperties)
}

/** `loadPropertiesOf` in a form that runs over symbolic values too (see ../instrumented), what they import included. */
export function loadInstrumentedPropertiesOf(specFile: string): Promise<LoadedProperty[]> {
  return loadBeside(specFile, loadInstrumentedProperties)
}

async function loadBeside(
  specFile: string,
  load: (file: string) => Promise<readonly LoadedProperty[]>,
): Promise<LoadedProperty[]> {
  const folder = join(dirname(specFile), 'properties')
  const loaded: LoadedProperty[] = []
  for (const file of await filesIn(folder)) {
    for (const property of await load(file)) {
      const other = loaded.find(({ name }) => name === property.name)
      if (other !== undefined) throw new SpecError(`${property.name} is declared in ${other.file} already`, { file })
      loaded.push(property)
    }
  }
  return loaded
}

/**
 * The properties of one file, by name.
 * @throws SpecError where anything else is exported, or nothing.
 */
export async function loadProperties(file: string): Promise<LoadedProperty[]> {
  return propertiesIn(file, await loadModule(file))
}

/** `loadProperties` in a form that runs over symbolic values too (see ../instrumented), what they import included. */
export async function loadInstrumentedProperties(file: string): Promise<LoadedProperty[]> {
  return propertiesIn(file, await loadInstrumentedModule(file))
}

function propertiesIn(file: string, { module, source, sha256 }: LoadedModule): LoadedProperty[] {
  const exported = Object.entries(module)
  if (exported.length === 0)
    throw new SpecError('exports no property', { file, hint: 'export const name = property(...)' })
  return exported.map(([identifier, value]) => {
    const property = asProperty(value)
    if (property === undefined)
      throw new SpecError(`${identifier} is exported, but is not made by property(...)`, { file })
    if (identifier === 'default') {
      throw new SpecError('a property needs a name', {
        file,
        hint: 'export const name = property(...), not by default',
      })
    }
    const name = kebabCase(identifier)
    const title = property.title || name.replaceAll('-', ' ')
    const line = lineOf(identifier, source)
    return { name, title, clause: property.clause, file, ...(line > 0 && { line }), sha256, property }
  })
}

/** 0 where it is not found. */
function lineOf(identifier: string, source: string): number {
  const declared = /^export\s+(?:const|let|var)\s+([\p{ID_Continue}$]+)/u
  return source.split('\n').findIndex((line) => declared.exec(line)?.[1] === identifier) + 1
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new SpecError('cannot be read', { file: folder }, { cause: error })
  }
}

function kebabCase(identifier: string): string {
  return identifier.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
}
