/**
 * Compiles AssemblyScript (network functions, libVig, the burst driver) and remembers the result by content: the key is
 * a hash of the sources, the flags and the compiler's version. What `npm run build` made is used where its key fits,
 * then the cache, and only then the compiler is loaded. C is `build-c.ts`.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'

import { readCached, writeCached } from '../cache.js'
import { InputError } from '../errors.js'
import { packageRoot } from '../package-root.js'
import { loadAsc } from './asc.js'
import { LIBVIG_DATA_START, NF_DATA_START } from './memory-map.js'
import { readSource, readSources, type Sources } from './sources.js'

/** A compiled module. */
export interface Compiled {
  readonly wasm: Uint8Array<ArrayBuffer>
  /** Undefined where the module itself says which lines it comes from. */
  readonly sourceMap: string | undefined
  /** Hash of what went in: sources, flags, compiler. */
  readonly key: string
  /** Where it came from: ready in build/, the cache, or just compiled. */
  readonly from: 'prebuilt' | 'cache' | 'compiler'
}

/** What to compile. */
export interface CompileRequest {
  /** Folder that paths in the source map are relative to. */
  readonly root: string
  /** Source file, relative to `root`, forward slashes. */
  readonly entry: string
  /** Name of the module, for the file names. */
  readonly name: string
  /** First address of its data. */
  readonly memoryBase: number
  /** Of WebAssembly, by asc's names: for what only Node runs. Default: none beyond what a network function may use. */
  readonly features?: readonly string[]
  /** Where `npm run build` puts it, if it does: path without an ending. */
  readonly prebuilt?: string
}

/** libVig itself. */
export function compileLibvig(): Promise<Compiled> {
  return compile(packaged('libvig/index.ts', 'libvig', LIBVIG_DATA_START))
}

/** The burst driver. It has no data. */
export function compileBurst(): Promise<Compiled> {
  return compile(packaged('libvig/burst/burst.ts', 'burst', NF_DATA_START))
}

/** What clears the memory between instances. It has no data. */
export function compileEmpty(): Promise<Compiled> {
  return compile({ ...packaged('libvig/burst/empty.ts', 'empty', NF_DATA_START), features: ['simd'] })
}

function packaged(entry: string, name: string, memoryBase: number): CompileRequest {
  return { root: packageRoot, entry, name, memoryBase, prebuilt: join(packageRoot, 'build/libvig', name) }
}

/** A network function written in AssemblyScript. Compiler errors are InputErrors with file and line. */
export function compileAssemblyScript(source: string): Promise<Compiled> {
  const file = resolve(source)
  const inPackage = relative(packageRoot, file).split('\\').join('/')
  if (!inPackage.startsWith('..')) {
    const prebuilt = join(packageRoot, 'build', inPackage.replace(/\.ts$/, ''))
    return compile({ root: packageRoot, entry: inPackage, name: 'nf', memoryBase: NF_DATA_START, prebuilt })
  }
  // Two folders up, so that the usual ../../libvig/api stays inside the root.
  const root = resolve(file, '../../..')
  const entry = relative(root, file).split('\\').join('/')
  return compile({ root, entry, name: 'nf', memoryBase: NF_DATA_START })
}

export async function compile(request: CompileRequest): Promise<Compiled> {
  const sources = readSources(request.root, request.entry)
  const flags = flagsOf(request)
  const key = keyOf(sources, flags)
  const prebuilt = request.prebuilt === undefined ? undefined : readPrebuilt(request.prebuilt, key)
  if (prebuilt !== undefined) return prebuilt
  const files = [`${request.name}.wasm`, `${request.name}.wasm.map`] as const
  const [wasm, sourceMap] = readCached(key, files) ?? []
  if (wasm !== undefined) return { wasm, sourceMap: Buffer.from(sourceMap ?? []).toString(), key, from: 'cache' }
  const output = await runCompiler(sources, request, flags)
  writeCached(key, { [files[0]]: output.wasm, [files[1]]: output.sourceMap })
  return { ...output, key, from: 'compiler' }
}

function readPrebuilt(path: string, key: string): Compiled | undefined {
  const wasm = prebuiltModule(path, key)
  return wasm && { wasm, sourceMap: readFileSync(`${path}.wasm.map`, 'utf8'), key, from: 'prebuilt' }
}

/** The module that `npm run build` made, where that was of the same. */
export function prebuiltModule(path: string, key: string): Uint8Array<ArrayBuffer> | undefined {
  if (!existsSync(`${path}.key`) || readFileSync(`${path}.key`, 'utf8').trim() !== key) return undefined
  return new Uint8Array(readFileSync(`${path}.wasm`))
}

/** No runtime, no allocator, no abort: what docs/nf-binary.md says of each. */
function flagsOf({ memoryBase, features = [] }: CompileRequest): readonly string[] {
  const bare = ['--runtime', 'stub', '--noAssert', '--use', 'abort=', '--importMemory', '--noExportMemory']
  const enabled = features.flatMap((feature) => ['--enable', feature])
  return [...bare, ...enabled, '--memoryBase', String(memoryBase), '-O3', '--sourceMap']
}

function keyOf(sources: Sources, flags: readonly string[]): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([compilerVersion(), sources.entry, flags]))
  for (const path of [...sources.texts.keys()].sort()) hash.update(JSON.stringify([path, sources.texts.get(path)]))
  return hash.digest('hex')
}

function compilerVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('assemblyscript/package.json')
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isVersioned ? String(manifest.version) : 'unknown'
}

async function runCompiler(sources: Sources, request: CompileRequest, flags: readonly string[]) {
  const asc = await loadAsc()
  const written = new Map<string, Uint8Array | string>()
  const wasmFile = `${request.name}.wasm`
  const result = await asc.main([sources.entry, '--outFile', wasmFile, ...flags], {
    stdout: asc.createMemoryStream(),
    readFile: (path: string) => sources.texts.get(path) ?? readSource(sources.root, path) ?? null,
    writeFile: (path: string, contents: Uint8Array | string) => void written.set(path, contents),
    listFiles: () => [],
  })
  if (result.error !== null) throw compilerError(sources.root, result.stderr.toString(), result.error)
  const wasm = written.get(wasmFile)
  const sourceMap = written.get(`${wasmFile}.map`)
  if (!(wasm instanceof Uint8Array) || sourceMap === undefined) throw new Error('asc wrote no module')
  const text = typeof sourceMap === 'string' ? sourceMap : Buffer.from(sourceMap).toString()
  return { wasm: new Uint8Array(wasm), sourceMap: text }
}

/** The compiler's first error as one line. */
function compilerError(root: string, output: string, cause: Error): InputError {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the compiler colours its output
  const plain = output.replace(/\u001b\[\d*m/g, '')
  const first = /ERROR ([^\n]*)/.exec(plain)
  const place = / in ([^\n(]+)\((\d+),(\d+)\)/.exec(plain.slice(first?.index ?? 0))
  const what = `does not compile: ${first?.[1] ?? cause.message}`
  if (place === null) return new InputError(what, {}, { cause })
  const [, file = '', line, column] = place
  return new InputError(what, { file: join(root, file), line: Number(line), column: Number(column) }, { cause })
}
