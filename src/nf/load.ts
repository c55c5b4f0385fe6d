/** From a name or a path to something that can be instantiated. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { InputError } from '../errors.js'
import { packageRoot } from '../package-root.js'
import { checkNf, openModule } from './binary.js'
import { compileBurst, compileEmpty, compileLibvig } from './build.js'
import { compileNf, isSource } from './compile-nf.js'
import { type ResolvedConfig, type ResolveOptions, resolveConfig } from './config.js'
import { NfInstance } from './instance.js'
import type { Modules } from './link.js'
import { type NfManifest, readManifest } from './manifest.js'

export interface LoadOptions extends ResolveOptions {
  /** Another binary for the same nf.yaml: a .wasm file, or a source to compile, in AssemblyScript or C. */
  readonly binary?: string
}

/** What nf.yaml says, configured: all that is known of a device that is not a binary. */
export interface DescribedNf {
  readonly manifest: NfManifest
  readonly config: ResolvedConfig
}

export interface LoadedNf extends DescribedNf {
  /** The network function's binary. */
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly sha256: string
  readonly libvigSha256: string
  /** Source map of the binary where it was compiled here, from AssemblyScript. */
  readonly sourceMap: string | undefined
  /** A fresh instance, its tables empty. */
  instantiate(options?: InstantiateOptions): NfInstance
}

export interface InstantiateOptions {
  /** Starts libVig's random numbers; 0 by default. */
  readonly seed?: bigint
  /** Another name in messages, for one of several instances. */
  readonly name?: string
  /** An instance of the same that is used no more: its memory is emptied and used again, which is quicker than a new one. */
  readonly after?: NfInstance
}

/** Loads a network function by name (./nfs/NAME, then the package's own), folder, or path of an nf.yaml. */
export async function loadNf(dirOrName: string, options: LoadOptions = {}): Promise<LoadedNf> {
  const manifest = readManifest(findNf(dirOrName))
  const config = resolveConfig(manifest, options)
  const { file, wasm, sourceMap } = await codeOf(manifest, options.binary)
  const [libvig, burst, empty] = await Promise.all([compileLibvig(), compileBurst(), compileEmpty()])
  const modules: Modules = {
    nf: openModule(wasm, file),
    libvig: openModule(libvig.wasm, 'libvig.wasm'),
    burst: openModule(burst.wasm, 'burst.wasm'),
    empty: openModule(empty.wasm, 'empty.wasm'),
  }
  checkNf(modules.nf, modules.libvig.interface, manifest, file)
  return {
    manifest,
    config,
    wasm,
    sha256: modules.nf.sha256,
    libvigSha256: modules.libvig.sha256,
    sourceMap,
    instantiate: ({ seed = 0n, name = manifest.name, after } = {}) => {
      const emptied = after === undefined ? {} : { emptied: after.memory }
      return new NfInstance({ name, modules, config, memory: manifest.memory, seed, ...emptied })
    },
  }
}

/** @throws InputError for a black box. */
export function codeFile({ code, name, file, topology }: NfManifest): string {
  if (code !== undefined) return code.file
  const hint = `conform and replay take it with --topology ${topology ?? 'TOPOLOGY'}, which sets it up`
  throw new InputError(`${name} is a black box: there is no binary of it`, { file, hint })
}

async function codeOf(manifest: NfManifest, binary: string | undefined) {
  const file = binary === undefined ? codeFile(manifest) : resolve(binary)
  const isCompiled = binary === undefined ? manifest.code?.kind === 'source' : isSource(file)
  if (isCompiled) {
    const others = binary === undefined ? (manifest.code?.others ?? []) : []
    const { wasm, sourceMap } = await compileNf(file, ...others)
    return { file, wasm, sourceMap }
  }
  try {
    return { file, wasm: new Uint8Array(readFileSync(file)), sourceMap: undefined }
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'is the path of the binary right?' }, { cause })
  }
}

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
