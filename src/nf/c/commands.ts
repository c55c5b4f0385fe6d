/** Command lines of clang and wasm-ld, and what they say when something is wrong. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'

import { InputError, MachineError } from '../../errors.js'
import { NF_DATA_START } from '../memory-map.js'
import { insteadOfHeader } from './libc.js'
import { type CApi, headerFolders, kitFolder } from './sources.js'

export type Optimisation = '-O0' | '-O1' | '-O2' | '-O3' | '-Os'

export interface BuildAs {
  readonly optimisation: Optimisation
  /** Whether it says what debug.h has it say. */
  readonly isDebug: boolean
}

/** What instructions there may be is said, since what compilers assume changes from version to version. */
const TARGET = ['--target=wasm32', '-mcpu=mvp', '-mbulk-memory', '-msign-ext']
/** No libc, no headers of one. Zeros are in the binary, since what else would write them is a start function. */
const BARE = ['-std=c11', '-nostdlibinc', '-fno-strict-aliasing', '-fno-zero-initialized-in-bss', '-g']
/** nf_process has its parameters, whether it looks at them or not. */
const WARNINGS = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-fno-color-diagnostics']

/** Sources of Vigor are taken as they are: for its compilers, with annotations of its provers left out. */
const OF_VIGOR = ['-std=gnu11', '-w', '-D_NO_VERIFAST_', '-fno-color-diagnostics']

export function compilerFlags({ optimisation, isDebug }: BuildAs, api: CApi): readonly string[] {
  const dialect = api === 'vigor' ? OF_VIGOR : WARNINGS
  return [...TARGET, ...BARE, ...dialect, optimisation, ...(isDebug ? ['-DVIGIL_DEBUG_BUILD'] : [])]
}

/** `stackSize`: from the end of the data up; where the stack starts is their sum. */
export function linkerFlags(stackSize: number): readonly string[] {
  const layout = ['--import-memory', `--global-base=${NF_DATA_START}`, '-z', `stack-size=${stackSize}`]
  return ['--no-entry', '--export=__data_end', '--no-color-diagnostics', ...layout]
}

export interface Project {
  /** Folder that paths in debug information are relative to. */
  readonly root: string
  readonly files: readonly string[]
  readonly api: CApi
}

/** All that a build works with. */
export interface Building {
  readonly clang: string
  readonly linker: string
  /** Its own, for what is between. */
  readonly folder: string
  readonly project: Project
  readonly as: BuildAs
}

/** @returns The object file. */
export function compileFile(
  clang: string,
  file: string,
  project: Project,
  flags: readonly string[],
  to: string,
): string {
  const { root, api } = project
  const name = createHash('sha256').update(file).digest('hex').slice(0, 12)
  const object = join(to, `${basename(file, '.c')}-${name}.o`)
  const names = [`-ffile-prefix-map=${root}/=`, `-ffile-prefix-map=${kitFolder}=libvig/c`]
  const headers = headerFolders(api).map((folder) => `-I${folder}`)
  const { status, stderr } = run(clang, [...flags, ...names, ...headers, '-c', '-o', object, file])
  if (status !== 0) throw compilerError(root, file, stderr)
  return object
}

export interface Linked {
  readonly succeeded: boolean
  readonly says: string
}

export function linkObjects(linker: string, objects: readonly string[], flags: readonly string[], to: string): Linked {
  const { status, stderr } = run(linker, [...flags, '-o', to, ...objects])
  return { succeeded: status === 0, says: stderr }
}

function run(program: string, args: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } } as const
  const { status, stderr, error } = spawnSync(program, args, options)
  if (error !== undefined) throw new MachineError(`${program} cannot be run: ${error.message}`)
  return { status, stderr }
}

/** The compiler's first error as one line. */
function compilerError(root: string, source: string, output: string): Error {
  if (/no available targets|unable to create target/i.test(output)) {
    const hint = 'another clang can be named by VIGIL_CLANG'
    return new MachineError('clang cannot compile to WebAssembly', { file: source, hint })
  }
  const found = /^(.+?):(\d+):(\d+): (?:fatal )?error: (.*)$/m.exec(output)
  if (found === null) {
    const [first = 'no reason was given'] = output.split('\n').filter((line) => line !== '')
    return new InputError(`does not compile: ${first}`, { file: source })
  }
  const [, name = '', line, column, what = ''] = found
  const hint = insteadOfHeader(what)
  const where = {
    file: resolve(root, name),
    line: Number(line),
    column: Number(column),
    ...(hint === undefined ? {} : { hint }),
  }
  return new InputError(`does not compile: ${what}`, where)
}
