/**
 * `node build/src/nf/build-all.js`: libVig, the burst driver and every network function in nfs/ into build/, part of
 * `npm run build`. What is up to date is not compiled again.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { VigilError } from '../errors.js'
import { packageRoot } from '../package-root.js'
import { type Compiled, compileBurst, compileLibvig, compileNf } from './build.js'

/** The modules to build: path without an ending under build/, and how. */
export function modulesToBuild(): readonly { readonly path: string; compile(): Promise<Compiled> }[] {
  const functions = readdirSync(join(packageRoot, 'nfs'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(packageRoot, 'nfs', entry.name, 'nf.ts')))
    .map(({ name }) => ({
      path: `nfs/${name}/nf`,
      compile: () => compileNf(join(packageRoot, 'nfs', name, 'nf.ts')),
    }))
  return [
    { path: 'libvig/libvig', compile: compileLibvig },
    { path: 'libvig/burst', compile: compileBurst },
    ...functions,
  ]
}

/** Each file appears whole; the key comes last, so that it never vouches for older contents. */
function install(path: string, compiled: Compiled): void {
  const target = join(packageRoot, 'build', path)
  mkdirSync(dirname(target), { recursive: true })
  const files = [
    ['.wasm', compiled.wasm],
    ['.wasm.map', compiled.sourceMap],
    ['.key', `${compiled.key}\n`],
  ] as const
  for (const [ending, contents] of files) {
    writeFileSync(`${target}${ending}.${process.pid}`, contents)
    renameSync(`${target}${ending}.${process.pid}`, target + ending)
  }
}

async function buildAll(): Promise<void> {
  for (const { path, compile } of modulesToBuild()) {
    const compiled = await compile()
    if (compiled.from === 'prebuilt') continue
    install(path, compiled)
    console.log(`build/${path}.wasm  ${compiled.wasm.length} bytes  (from the ${compiled.from})`)
  }
}

try {
  await buildAll()
} catch (error) {
  if (!(error instanceof VigilError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
