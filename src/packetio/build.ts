/**
 * `node build/src/packetio/build.js`: compiles the addons, as part of `npm run build`. Without Linux or a C compiler it says
 * so and goes on: only ports need them. Some are optional, and need libraries besides.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { addonFile, optionalAddonFile } from './native.js'

const folder = fileURLToPath(new URL('../../../src/packetio/native', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-fvisibility=hidden']

/** What is built only where pkg-config finds its libraries. */
interface OptionalPart {
  /** That of its back-end and of its file. */
  readonly name: string
  readonly title: string
  /** In `native`, besides those that all of them share. */
  readonly sources: readonly string[]
  /** For pkg-config. */
  readonly packages: readonly string[]
  /** For the compiler, besides those that pkg-config tells. */
  readonly options?: readonly string[]
  /** Where these are missing. */
  readonly hint: string
}

const optionalParts: readonly OptionalPart[] = [
  {
    name: 'af_xdp',
    title: 'AF_XDP',
    sources: ['optional/af_xdp.c', 'optional/af_xdp_addon.c', 'optional/lengths.c', 'optional/xdp_program.c'],
    packages: ['libxdp', 'libbpf'],
    hint: 'libxdp is not installed (Debian: apt install libxdp-dev pkg-config)',
  },
  {
    name: 'dpdk',
    title: 'DPDK',
    sources: ['optional/dpdk.c', 'optional/dpdk_eal.c', 'optional/dpdk_port.c', 'optional/lengths.c'],
    packages: ['libdpdk'],
    // A driver with functions of its own; and a thread of DPDK stays, so its code has to.
    options: ['-lrte_net_ring', '-Wl,-z,nodelete'],
    hint: 'libdpdk is not installed (Debian: apt install libdpdk-dev pkg-config)',
  },
]

const shared = ['failure.c', 'held_port.c', 'namespaces.c', 'values.c']

/** What each addon came to, in a line; none where nothing was to be done. */
function buildAddons(): readonly string[] {
  const base = 'packet I/O'
  if (process.platform !== 'linux') return [`${base} left out: ${process.platform} has no ports of Linux`]
  if (!existsSync(folder)) return existsSync(addonFile) ? [] : [`${base} left out: there are no sources`]
  const headers = headersOfNode()
  if (headers === undefined) return [`${base} left out: the npm package node-api-headers is not installed`]
  const all = readdirSync(folder).filter((name) => name.endsWith('.c'))
  const said = compile(base, addonFile, all, [`-I${headers}`])
  const parts = existsSync(addonFile) ? optionalParts.map((part) => buildPart(part, headers)) : []
  return [said, ...parts].filter((line) => line !== '')
}

function buildPart({ name, title, sources, packages, options = [], hint }: OptionalPart, headers: string): string {
  const file = optionalAddonFile(name)
  const found = spawnSync('pkg-config', ['--cflags', '--libs', ...packages], { encoding: 'utf8' })
  // One that was built would not load without its libraries.
  if (found.status !== 0) rmSync(file, { force: true })
  if (found.status !== 0) return `${title} left out: ${hint}`
  const words = found.stdout.split(/\s+/).filter((word) => word !== '')
  return compile(title, file, [...sources, ...shared], [`-I${headers}`, ...words, ...options])
}

function compile(title: string, file: string, names: readonly string[], options: readonly string[]): string {
  const sources = names.map((name) => join(folder, name)).sort()
  if (isNewerThan(file, [...sources, ...headersIn(folder), ...headersIn(join(folder, 'optional'))])) return ''
  const compiler = process.env.CC ?? 'cc'
  mkdirSync(dirname(file), { recursive: true })
  const made = `${file}.${process.pid}`
  // Libraries go behind what needs them.
  const run = spawnSync(compiler, [...flags, '-o', made, ...sources, ...options], { encoding: 'utf8' })
  if (run.error !== undefined) return `${title} left out: no C compiler ${compiler} (Debian: apt install gcc libc6-dev)`
  // One of older sources would be taken for theirs.
  if (run.status !== 0) rmSync(file, { force: true })
  if (run.status !== 0) return `${title} left out: ${compiler} failed: ${firstLine(run.stderr)}`
  renameSync(made, file)
  return `${relative(root, file)}  ${statSync(file).size} bytes`
}

function headersIn(where: string): readonly string[] {
  return readdirSync(where)
    .filter((name) => name.endsWith('.h'))
    .map((name) => join(where, name))
}

function isNewerThan(file: string, sources: readonly string[]): boolean {
  if (!existsSync(file)) return false
  const { mtimeMs } = statSync(file)
  return sources.every((source) => statSync(source).mtimeMs < mtimeMs)
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

for (const line of buildAddons()) console.log(line)
