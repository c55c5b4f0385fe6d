/**
 * `node build/src/nf/build-all.js`: libVig, what runs beside it and every network function in nfs/ into build/, part of
 * `npm run build`. What is up to date is not compiled again. Where this machine has no C compiler, those in C are left
 * out, each in one line.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { MachineError, VigilError } from '../errors.js'
import { packageRoot } from '../package-root.js'
import { type Compiled, compileBurst, compileEmpty, compileLibvig } from './build.js'
import { compileSources, isC } from './compile-nf.js'
import { readManifest } from './manifest.js'

interface ToBuild {
  /** Without an ending, under build/. */
  readonly path: string
  readonly isC: boolean
  compile(): Promise<Compiled>
}

export function modulesToBuild(): readonly ToBuild[] {
  const manifests = readdirSync(join(packageRoot, 'nfs'))
    .map((name) => join(packageRoot, 'nfs', name, 'nf.yaml'))
    .filter((file) => existsSync(file))
  const functions = manifests.flatMap((manifest): ToBuild[] => {
    const { code } = readManifest(manifest)
    if (code?.kind !== 'source') return []
    const sources = [code.file, ...code.others]
    const path = relative(packageRoot, code.file).replace(/\.\w+$/, '')
    return [{ path, isC: isC(sources), compile: () => compileSources(sources, code.api) }]
  })
  return [
    { path: 'libvig/libvig', isC: false, compile: compileLibvig },
    { path: 'libvig/burst', isC: false, compile: compileBurst },
    { path: 'libvig/empty', isC: false, compile: compileEmpty },
    ...functions,
  ]
}

/** Each file appears whole; the key comes last, so that it never vouches for older contents. */
function install(path: string, compiled: Compiled): void {
  const target = join(packageRoot, 'build', path)
  mkdirSync(dirname(target), { recursive: true })
  const files: [string, Uint8Array | string][] = [['.wasm', compiled.wasm]]
  if (compiled.sourceMap !== undefined) files.push(['.wasm.map', compiled.sourceMap])
  files.push(['.key', `${compiled.key}\n`])
  for (const [ending, contents] of files) {
    writeFileSync(`${target}${ending}.${process.pid}`, contents)
    renameSync(`${target}${ending}.${process.pid}`, target + ending)
  }
}

async function buildOne({ path, isC, compile }: ToBuild): Promise<void> {
  try {
    const compiled = await compile()
    if (compiled.from === 'prebuilt') return
    install(path, compiled)
    console.log(`build/${path}.wasm  ${compiled.wasm.length} bytes  (from the ${compiled.from})`)
  } catch (error) {
    if (!isC || !(error instanceof MachineError)) throw error
    console.log(`build/${path}.wasm  left out: ${error.message}`)
  }
}

try {
  for (const module of modulesToBuild()) await buildOne(module)
} catch (error) {
  if (!(error instanceof VigilError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
