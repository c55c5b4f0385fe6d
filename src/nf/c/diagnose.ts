/**
 * Where in the sources something is that only the linked module shows: a build without optimisation, in which every
 * function is still itself, and calls of what is defined nowhere are imports.
 */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { InputError, VigilError } from '../../errors.js'
import { decodeModule, type Module, readLineTable } from '../../wasm/index.js'
import { type CallSite, firstCall, reachedFrom } from './call-graph.js'
import { type Building, compileFile, compilerFlags, linkerFlags, linkObjects } from './commands.js'
import { insteadOf } from './libc.js'
import { kitSources } from './sources.js'

const LENIENT = ['-fno-builtin', '-w', '-Wno-error=implicit-function-declaration']

/** The call of a function that neither the sources nor the kit define; undefined where there is none to be found. */
export function undefinedFunction(building: Building): InputError | undefined {
  return inPlainBuild(building, (module) => {
    const functions = module.imports.filter(({ what }) => what.kind === 'function')
    const missing = functions.flatMap(({ module: from }, index) => (from === 'env' ? [index] : []))
    const site = firstCall(module.code, new Set(missing))
    if (site === undefined) return undefined
    const name = calleeOf(module, site)
    const what = `${name} is called in ${site.code.name}, but defined nowhere`
    return placed(building, module, site, what, insteadOf(name))
  })
}

/** A use of data that is declared only, where a linker names it. */
export function undefinedData({ project }: Building, linkerSays: string): InputError | undefined {
  const [, object = '', name] = /error: (\S+): undefined symbol: (\S+)/.exec(linkerSays) ?? []
  const file = project.files.find((each) => basename(object).startsWith(`${basename(each, '.c')}-`))
  if (name === undefined || file === undefined) return undefined
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((text) => new RegExp(`\\b${name}\\b`).test(text))
  return new InputError(`${name} is declared, but defined nowhere`, { file, ...(line < 0 ? {} : { line: line + 1 }) })
}

/** Refuses a module whose nf_process may come to malloc. */
export function checkAllocations(building: Building, module: Module): void {
  const allocation = (all: Module): CallSite | undefined => {
    const malloc = all.code.find(({ name }) => name === 'malloc')
    return malloc && firstCall(reachedFrom(all, 'nf_process'), new Set([malloc.index]))
  }
  const site = allocation(module)
  if (site === undefined) return
  const hint = 'memory is allocated in nf_init; what packets need is reserved there'
  const say = (all: Module, at: CallSite) =>
    placed(building, all, at, `malloc is called in ${at.code.name}, to which nf_process may come`, hint)
  const plain = inPlainBuild(building, (all) => {
    const at = allocation(all)
    return at && say(all, at)
  })
  throw plain ?? say(module, site)
}

function calleeOf(module: Module, { code, offset }: CallSite): string {
  const callee = code.instructions.find((each) => each.offset === offset)?.a ?? 0
  const functions = module.imports.filter(({ what }) => what.kind === 'function')
  return functions[callee]?.name ?? `function ${callee}`
}

/** The source's own error is more than this build's, which may not succeed where that did not. */
function inPlainBuild<T>(building: Building, look: (module: Module) => T | undefined): T | undefined {
  const { clang, linker, folder, project, as } = building
  const file = join(folder, 'plain.wasm')
  try {
    const flags = [...compilerFlags({ ...as, optimisation: '-O0' }, project.api), ...LENIENT]
    const sources = [...project.files, ...kitSources(project.api)]
    const objects = sources.map((each) => compileFile(clang, each, project, flags, folder))
    if (!linkObjects(linker, objects, [...linkerFlags(0), '--allow-undefined'], file).succeeded) return undefined
    return look(decodeModule(new Uint8Array(readFileSync(file))))
  } catch (error) {
    if (error instanceof VigilError) return undefined
    throw error
  }
}

function placed({ project }: Building, module: Module, site: CallSite, what: string, hint: string): InputError {
  const position = readLineTable(module)?.near(site.offset, site.code.start)
  const [first = ''] = project.files
  const file = position === undefined ? first : join(project.root, position.file)
  return new InputError(what, { file, ...(position === undefined ? {} : { line: position.line }), hint })
}
