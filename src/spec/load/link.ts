/**
 * A module of the specification language as an address that Node can import, with all that it imports: `data:` addresses
 * that name one another. No thread of module hooks is needed, which would start for every command and slow each import
 * after it, and no file is written.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parse } from 'acorn'

import { SpecError } from '../error.js'
import { child, children, LANGUAGE, text } from './nodes.js'
import { readSpec } from './transform.js'

/** How modules are made JavaScript, and the language that they import, wherever they lie. */
export interface Linking {
  readonly transform: (source: string, file: string) => string
  /** Address of the module that stands for `vigil-nf/spec`. */
  readonly language: string
  /** Follows the file's address in stacks. */
  readonly mark: string
}

const SCHEME = 'data:text/javascript;base64,'
const ADDRESS = new RegExp(`${SCHEME}[\\w+/=]+`, 'g')

/**
 * The address of the module in `file`, an absolute path.
 * @throws SpecError where it, or a module of the language that it imports, cannot be read or is none.
 */
export function addressOf(file: string, source: string, linking: Linking): string {
  return linked({ file, source }, linking, [])
}

/** A module's source, and where it is: an absolute path. */
export interface Module {
  readonly file: string
  readonly source: string
}

/** `importers`: the files that lead here, the outermost first. */
function linked(module: Module, linking: Linking, importers: readonly string[]): string {
  const { file, source } = module
  const code = linking.transform(source, file)
  const path = [...importers, file]
  let text = ''
  let from = 0
  for (const { start, end, specifier } of importsOf(code)) {
    text += code.slice(from, start) + JSON.stringify(target(specifier, module, linking, path))
    from = end
  }
  text += code.slice(from)
  // Stacks name the author's file.
  return SCHEME + Buffer.from(`${text}\n//# sourceURL=${pathToFileURL(file).href}${linking.mark}`).toString('base64')
}

function target(specifier: string, module: Module, linking: Linking, path: readonly string[]): string {
  if (specifier === LANGUAGE) return linking.language
  if (isBuiltin(specifier)) return specifier
  if (!isPlace(specifier)) return packaged(specifier, module)
  const found = moduleAt(specifier, module)
  if (!isOurs(found)) return found.href
  const file = fileURLToPath(found)
  if (path.includes(file)) {
    const circle = [...path.slice(path.indexOf(file)), file].map((each) => relative(process.cwd(), each))
    throw new SpecError(`imports itself: ${circle.join(' imports ')}`, {
      file: module.file,
      hint: 'move what both need to a third file',
    })
  }
  return linked({ file, source: readImported(file, specifier, module) }, linking, path)
}

/** This module and those of the language that it imports, or that these do, each once; itself first. */
export function modulesOf(module: Module, known: readonly Module[] = []): readonly Module[] {
  // Most specifications name no place anywhere, and need not be read again for that.
  if (!/['"](\.{1,2}\/|\/|file:)/.test(module.source)) return [...known, module]
  return namedBy(module).reduce<readonly Module[]>(
    (found, { specifier, file }) =>
      file === undefined || found.some((each) => each.file === file)
        ? found
        : modulesOf({ file, source: readImported(file, specifier, module) }, found),
    [...known, module],
  )
}

/** What a module names to import, and where it lies if it is a module of the language. */
export function namedBy(module: Module): readonly { specifier: string; file: string | undefined }[] {
  return importsOf(readSpec(module.source, module.file).code).map(({ specifier }) => {
    const url = isPlace(specifier) ? moduleAt(specifier, module) : undefined
    return { specifier, file: url !== undefined && isOurs(url) ? fileURLToPath(url) : undefined }
  })
}

/** Not a package, nor the language. */
export function isPlace(specifier: string): boolean {
  return /^(\.{1,2}\/|\/|file:)/.test(specifier)
}

function moduleAt(specifier: string, { file }: Module): URL {
  const url = new URL(specifier, pathToFileURL(file))
  const source = new URL(url.href.replace(/\.js$/, '.ts'))
  // Where a specification imports another by the name that TypeScript asks for (`../spec.js`), the source is meant.
  return source.pathname.endsWith('.ts') && existsSync(source) ? source : url
}

/** Of the language: others are imported as they are. */
function isOurs({ pathname }: URL): boolean {
  return pathname.endsWith('.ts') && !pathname.endsWith('.d.ts')
}

function packaged(specifier: string, { file }: Module): string {
  try {
    return pathToFileURL(createRequire(file).resolve(specifier)).href
  } catch (error) {
    throw new SpecError(`imports ${specifier}, which is not found`, { file }, { cause: error })
  }
}

function readImported(file: string, specifier: string, { file: importer }: Module): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SpecError(`imports ${specifier}, which cannot be read`, { file: importer }, { cause: error })
  }
}

/** The texts in `code` that name modules, in their order. */
function importsOf(code: string): readonly { start: number; end: number; specifier: string }[] {
  return children(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), 'body').flatMap((node) => {
    const source = child(node, 'source')
    return source === undefined ? [] : [{ start: source.start, end: source.end, specifier: text(source, 'value') }]
  })
}

/** What an error of Node's says, with names for addresses. */
export function withoutAddresses(message: string): string {
  return message.replace(ADDRESS, (address) => {
    const code = Buffer.from(address.slice(SCHEME.length), 'base64').toString()
    const file = /\/\/# sourceURL=(.*)$/.exec(code)?.[1]
    return file === undefined ? 'a module' : relative(process.cwd(), fileURLToPath(file))
  })
}
