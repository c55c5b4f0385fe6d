/** Of the network functions that go by name, those that this machine can build: for C it may lack the compiler. */
import { InputError, MachineError } from '../errors.js'
import { compileSources, isC } from './compile-nf.js'
import { listBinaries } from './find.js'
import { readManifest } from './manifest.js'

export interface Buildable {
  readonly names: readonly string[]
  /** What this machine lacks for the others, in a line each. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
}

/** Builds those in C; what is wrong with a source is for whoever loads it to tell. */
export async function listBuildable(): Promise<Buildable> {
  const names: string[] = []
  const leftOut: { name: string; why: string }[] = []
  for (const { name, file } of listBinaries()) {
    const why = await whyNot(file)
    if (why === undefined) names.push(name)
    else leftOut.push({ name, why })
  }
  return { names, leftOut }
}

async function whyNot(manifest: string): Promise<string | undefined> {
  try {
    const { code } = readManifest(manifest)
    const sources = code?.kind === 'source' ? [code.file, ...code.others] : []
    if (isC(sources)) await compileSources(sources, code?.api ?? 'vigil')
    return undefined
  } catch (error) {
    if (error instanceof MachineError) return error.message
    if (error instanceof InputError) return undefined
    throw error
  }
}
