/** From a name or a path to something that can be instantiated. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { InputError } from '../errors.js'
import { checkNf, openModule } from './binary.js'
import { compileBurst, compileEmpty, compileLibvig } from './build.js'
import { compileCNf } from './build-c.js'
import { compileSources, isC, isSource } from './compile-nf.js'
import { type ResolvedConfig, type ResolveOptions, resolveConfig } from './config.js'
import { linkedConfig } from './config-module.js'
import { findNf } from './find.js'
import { NfInstance } from './instance.js'
import type { InstanceParts } from './link.js'
import { type NfManifest, readManifest } from './manifest.js'

export interface LoadOptions extends ResolveOptions {
  /** Another binary for the same nf.yaml: a .wasm file, or a source to compile, in AssemblyScript or C. */
  readonly binary?: string
  /** Of a source in C: what debug.h has it say is said. Nothing is proved of it. */
  readonly debugBuild?: boolean
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
  /** For instances in another thread: `new NfInstance({ ...parts, seed })`. */
  readonly parts: InstanceParts
  /** A fresh instance, its tables empty. */
  instantiate(options?: InstantiateOptions): NfInstance
}

export interface InstantiateOptions {
  /** Starts libVig's random numbers; 0 by default. */
  readonly seed?: bigint
  /** Another name in messages, for one of several instances. */
  readonly name?: string
  /** An instance that is used no more: its memory is emptied and used again if it has the size, which is quicker than a new one. */
  readonly after?: NfInstance
}

/** Loads a network function by name (./nfs/NAME, then the package's own), folder, or path of an nf.yaml. */
export async function loadNf(dirOrName: string, options: LoadOptions = {}): Promise<LoadedNf> {
  const manifest = readManifest(findNf(dirOrName))
  const config = resolveConfig(manifest, options)
  const { file, wasm, sourceMap } = await codeOf(manifest, options)
  const [libvig, burst, empty] = await Promise.all([compileLibvig(), compileBurst(), compileEmpty()])
  const checked = {
    nf: openModule(wasm, file),
    libvig: openModule(libvig.wasm, 'libvig.wasm'),
    burst: openModule(burst.wasm, 'burst.wasm'),
    empty: openModule(empty.wasm, 'empty.wasm'),
  }
  checkNf(checked.nf, checked.libvig.interface, manifest, file)
  const modules = {
    nf: checked.nf.module,
    libvig: checked.libvig.module,
    burst: checked.burst.module,
    empty: checked.empty.module,
  }
  let hasBegun = false
  return {
    manifest,
    config,
    wasm,
    sha256: checked.nf.sha256,
    libvigSha256: checked.libvig.sha256,
    sourceMap,
    parts: { name: manifest.name, modules, config: linkedConfig(config), memory: manifest.memory },
    instantiate: ({ seed = 0n, name = manifest.name, after } = {}) => {
      const fits = after?.bytes.length === manifest.memory
      const emptied = fits ? { emptied: after.memory, hasBegun } : {}
      const instance = new NfInstance({ name, modules, config, memory: manifest.memory, seed, ...emptied })
      hasBegun = true
      return instance
    },
  }
}

/** @throws InputError for a black box. */
export function codeFile({ code, name, file, topology }: NfManifest): string {
  if (code !== undefined) return code.file
  const hint = `conform and replay take it with --topology ${topology ?? 'TOPOLOGY'}, which sets it up`
  throw new InputError(`${name} is a black box: there is no binary of it`, { file, hint })
}

async function codeOf(manifest: NfManifest, { binary, debugBuild }: LoadOptions) {
  const file = binary === undefined ? codeFile(manifest) : resolve(binary)
  const isCompiled = binary === undefined ? manifest.code?.kind === 'source' : isSource(file)
  if (isCompiled) {
    const others = binary === undefined ? (manifest.code?.others ?? []) : []
    const sources = [file, ...others]
    const api = manifest.code?.api ?? 'vigil'
    const { wasm, sourceMap } =
      debugBuild === true && isC(sources)
        ? compileCNf(sources, { isDebug: true, api })
        : await compileSources(sources, api)
    return { file, wasm, sourceMap }
  }
  try {
    return { file, wasm: new Uint8Array(readFileSync(file)), sourceMap: undefined }
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'is the path of the binary right?' }, { cause })
  }
}
