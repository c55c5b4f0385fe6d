/**
 * Builds a network function in C: each source by clang, then wasm-ld, then a look at what may be in the result. The stack
 * is laid so that it grows down from where the memory map has its start.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { InputError } from '../../errors.js'
import { decodeModule, type Module } from '../../wasm/index.js'
import { NF_DATA_START, NF_STACK_END, NF_STACK_START } from '../memory-map.js'
import {
  type BuildAs,
  type Building,
  compileFile,
  compilerFlags,
  linkerFlags,
  linkObjects,
  type Project,
} from './commands.js'
import { checkAllocations, undefinedData, undefinedFunction } from './diagnose.js'
import { kitSources } from './sources.js'
import { CLANG, needTool, WASM_LD } from './tools.js'

/** A MachineError where clang or wasm-ld is missing, an InputError for what is wrong with the sources. */
export function compileC(project: Project, as: BuildAs): Uint8Array<ArrayBuffer> {
  const [clang, linker] = [needTool(CLANG), needTool(WASM_LD)]
  const folder = mkdtempSync(join(tmpdir(), 'vigil-c-'))
  try {
    return build({ clang, linker, folder, project, as })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function build(building: Building): Uint8Array<ArrayBuffer> {
  const objects = objectsOf(building)
  // Once with any stack, to see how much data there is.
  const dataEnd = endOfData(building, linked(building, objects, 0).module)
  const { wasm, module } = linked(building, objects, NF_STACK_START - dataEnd)
  checkAllocations(building, module)
  return wasm
}

/** The object files of the sources and of the kit. */
function objectsOf(building: Building): readonly string[] {
  const { clang, folder, project, as } = building
  return [...project.files, ...kitSources(project.api)].map((file) => {
    try {
      return compileFile(clang, file, project, compilerFlags(as, project.api), folder)
    } catch (error) {
      const isUndeclared = error instanceof InputError && /implicit(?:ly)? decla|call to undeclared/.test(error.what)
      throw (isUndeclared ? undefinedFunction(building) : undefined) ?? error
    }
  })
}

/** Aligned as stacks are. */
function endOfData(building: Building, module: Module): number {
  const { index } = module.exports.find(({ name }) => name === '__data_end') ?? {}
  const constant = index === undefined ? undefined : module.globals[index]?.initial
  if (constant?.kind !== 'i32') throw new Error('wasm-ld did not say where data ends')
  const end = (constant.bits + 15) & ~15
  if (end <= NF_STACK_END) return end
  const [size, most] = [constant.bits - NF_DATA_START, NF_STACK_END - NF_DATA_START]
  const what = `has ${size} bytes of static data, of which there may be ${most}`
  throw new InputError(what, { ...fileOf(building), hint: 'tables belong in libVig' })
}

function linked(building: Building, objects: readonly string[], stackSize: number) {
  const file = join(building.folder, 'nf.wasm')
  const { succeeded, says } = linkObjects(building.linker, objects, linkerFlags(stackSize), file)
  if (!succeeded) throw linkError(building, says)
  const wasm = new Uint8Array(readFileSync(file))
  return { wasm, module: decodeModule(wasm) }
}

function linkError(building: Building, says: string): InputError {
  const isUndefined = /undefined symbol/.test(says)
  const located = isUndefined ? (undefinedFunction(building) ?? undefinedData(building, says)) : undefined
  const [first = 'no reason was given'] = says.split('\n').filter((line) => line !== '')
  return located ?? new InputError(`does not link: ${first.replace(/^.*?error: /, '')}`, fileOf(building))
}

function fileOf({ project }: Building): { readonly file?: string } {
  const [file] = project.files
  return file === undefined ? {} : { file }
}
