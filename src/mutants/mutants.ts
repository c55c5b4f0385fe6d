/**
 * Wrong binaries of a network function: each differs from the original in one instruction (see edits.ts). A proof that
 * tells them from the original shows that it looks at what they break.
 */
import { decodeModule, type FunctionCode, type Instruction, type Module, ModuleError } from '../wasm/index.js'
import { spliceCode } from '../wasm/splice.js'
import { editsOf, type MutationOperator } from './edits.js'

export interface Mutant {
  /** Number among the mutants of its original, from 0. */
  readonly number: number
  /** Of the instruction, in the original file. */
  readonly offset: number
  readonly functionName: string
  readonly operator: MutationOperator
  readonly what: string
  readonly binary: Uint8Array<ArrayBuffer>
}

/** All mutants that are valid modules, in the order of their instructions. */
export function mutantsOf(original: Uint8Array): readonly Mutant[] {
  const module = decodeModule(original)
  const mutants: Mutant[] = []
  for (const code of module.code) {
    for (const [i, instruction] of code.instructions.entries()) {
      const next = code.instructions[i + 1]
      if (next === undefined) continue
      const { operator, edits } = editsAt(module, code, instruction, next, original)
      for (const edit of edits) {
        const { offset } = instruction
        const binary = spliceCode(original, { start: offset, end: next.offset, bytes: edit.bytes })
        if (!isValid(binary)) continue
        const functionName = code.name ?? `function ${code.index}`
        mutants.push({ number: mutants.length, offset, functionName, operator, what: edit.what, binary })
      }
    }
  }
  return mutants
}

function editsAt(
  module: Module,
  code: FunctionCode,
  instruction: Instruction,
  next: Instruction,
  original: Uint8Array,
): ReturnType<typeof editsOf> {
  return editsOf(module, code, instruction, [...original.subarray(instruction.offset, next.offset)])
}

function isValid(binary: Uint8Array): boolean {
  try {
    decodeModule(binary)
    return true
  } catch (error) {
    if (error instanceof ModuleError) return false
    throw error
  }
}
