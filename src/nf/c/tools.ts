/** The programs that C is built with, which a machine may lack: clang with its WebAssembly target, and wasm-ld of lld. */
import { spawnSync } from 'node:child_process'

import { MachineError } from '../../errors.js'

/** Older ones were never tried. */
export const LEAST_VERSION = 14

export interface Tool {
  readonly name: 'clang' | 'wasm-ld'
  /** Debian's package. */
  readonly package: string
  /** Names another program. */
  readonly variable: string
}

export const CLANG: Tool = { name: 'clang', package: 'clang', variable: 'VIGIL_CLANG' }
export const WASM_LD: Tool = { name: 'wasm-ld', package: 'lld', variable: 'VIGIL_WASM_LD' }

export interface FoundTool {
  readonly program: string
  /** As it says it: "Debian clang version 14.0.6". Undefined where it cannot be run. */
  readonly says: string | undefined
  readonly major: number | undefined
}

export function findTool({ name, variable }: Tool): FoundTool {
  const program = process.env[variable] || name
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 10_000 })
  if (status !== 0) return { program, says: undefined, major: undefined }
  const says = (stdout.split('\n')[0] ?? '').trim()
  const major = /(?:version|LLD) (\d+)\./.exec(says)?.[1]
  return { program, says, major: major === undefined ? undefined : Number(major) }
}

/** The program to run; a MachineError where it is missing or too old. */
export function needTool(tool: Tool): string {
  const { program, says, major } = findTool(tool)
  const hint = `network functions in C need clang and lld from version ${LEAST_VERSION} on; Debian: apt install clang lld`
  if (says === undefined) throw new MachineError(`${program} cannot be run`, { hint })
  if (major === undefined) throw new MachineError(`${program} is not ${tool.name}: it says "${says}"`, { hint })
  if (major < LEAST_VERSION) throw new MachineError(`${program} is too old: ${says}`, { hint })
  return program
}
