/** The name section (core 2.0, appendix "Custom Sections"): of the module and its functions. */
import { ModuleError } from './module-error.js'
import { Reader } from './reader.js'

export interface Names {
  readonly module: string | undefined
  readonly functions: ReadonlyMap<number, string>
}

const MODULE = 0
const FUNCTIONS = 1

/** Reads as far as the section makes sense: what is wrong in a custom section must not refuse the module. */
export function readNames(bytes: Uint8Array): Names {
  const functions = new Map<number, string>()
  let module: string | undefined
  try {
    const reader = new Reader(bytes, 0, bytes.length)
    while (!reader.isDone) {
      const id = reader.byte()
      const part = reader.part(reader.u32())
      if (id === MODULE) module = part.name()
      else if (id === FUNCTIONS) {
        part.list(() => {
          const index = part.u32()
          functions.set(index, part.name())
        })
      }
    }
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error
  }
  return { module, functions }
}
