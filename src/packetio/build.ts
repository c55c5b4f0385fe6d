/**
 * `node build/src/packetio/build.js`: compiles the addon, as part of `npm run build`. Without Linux or a C compiler it says
 * so and goes on: only ports need it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { addonFile } from './native.js'

const sources = fileURLToPath(new URL('../../../src/packetio/native', import.meta.url))
const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-fvisibility=hidden']

function buildAddon(): string {
  if (process.platform !== 'linux') return `packet I/O left out: ${process.platform} has no ports of Linux`
  if (!existsSync(sources)) return existsSync(addonFile) ? '' : 'packet I/O left out: there are no sources'
  const files = readdirSync(sources)
    .map((name) => join(sources, name))
    .sort()
  if (isNewerThan(files)) return ''
  const compiler = process.env.CC ?? 'cc'
  const headers = headersOfNode()
  if (headers === undefined) return 'packet I/O left out: the npm package node-api-headers is not installed'
  mkdirSync(dirname(addonFile), { recursive: true })
  const made = `${addonFile}.${process.pid}`
  const code = files.filter((file) => file.endsWith('.c'))
  const run = spawnSync(compiler, [...flags, `-I${headers}`, '-o', made, ...code], { encoding: 'utf8' })
  if (run.error !== undefined)
    return `packet I/O left out: no C compiler ${compiler} (Debian: apt install gcc libc6-dev)`
  // One of older sources would be taken for theirs.
  if (run.status !== 0) rmSync(addonFile, { force: true })
  if (run.status !== 0) return `packet I/O left out: ${compiler} failed: ${firstLine(run.stderr)}`
  renameSync(made, addonFile)
  return `build/native/packetio.node  ${statSync(addonFile).size} bytes`
}

function isNewerThan(files: readonly string[]): boolean {
  if (!existsSync(addonFile)) return false
  const { mtimeMs } = statSync(addonFile)
  return files.every((file) => statSync(file).mtimeMs < mtimeMs)
}

function headersOfNode(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node-api-headers')), 'include')
  } catch {
    return undefined
  }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.includes('error')) ?? text.split('\n')[0] ?? ''
}

const said = buildAddon()
if (said !== '') console.log(said)
