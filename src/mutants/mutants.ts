/**
 * Wrong binaries of a network function or of libVig: each differs from the original in one instruction (see edits.ts). A
 * proof that tells them from the original shows that it looks at what they break.
 */
import { decodeModule, type FunctionCode, type Instruction, type Module, ModuleError } from '../wasm/index.js'
import { spliceCode } from '../wasm/splice.js'
import { editsOf, type MutationOperator } from './edits.js'

/** One instruction written in another way; whether that is a valid module shows when it is made. */
export interface Change {
  /** Number among the changes of its original, from 0. */
  readonly number: number
  /** Of the instruction, in the original file. */
  readonly offset: number
  /** Of the next one. */
  readonly end: number
  readonly functionIndex: number
  readonly functionName: string
  readonly operator: MutationOperator
  readonly what: string
  readonly bytes: readonly number[]
}

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

/** All changes, in the order of their instructions: cheap, for none is made yet. */
export function changesOf(original: Uint8Array): readonly Change[] {
  const module = decodeModule(original)
  const changes: Change[] = []
  for (const code of module.code) {
    for (const [i, instruction] of code.instructions.entries()) {
      const next = code.instructions[i + 1]
      if (next === undefined) continue
      const { operator, edits } = editsAt(module, code, instruction, next, original)
      for (const { what, bytes } of edits) {
        changes.push({
          number: changes.length,
          offset: instruction.offset,
          end: next.offset,
          functionIndex: code.index,
          functionName: code.name ?? `function ${code.index}`,
          operator,
          what,
          bytes,
        })
      }
    }
  }
  return changes
}

/** The changed binary; undefined where it is no valid module. */
export function changed(
  original: Uint8Array,
  { offset, end, bytes }: Pick<Change, 'offset' | 'end' | 'bytes'>,
): Uint8Array<ArrayBuffer> | undefined {
  const binary = spliceCode(original, { start: offset, end, bytes })
  return isValid(binary) ? binary : undefined
}

/** All mutants that are valid modules, in the order of their instructions. */
export function mutantsOf(original: Uint8Array): readonly Mutant[] {
  const mutants: Mutant[] = []
  for (const change of changesOf(original)) {
    const binary = changed(original, change)
    if (binary === undefined) continue
    const { offset, functionName, operator, what } = change
    mutants.push({ number: mutants.length, offset, functionName, operator, what, binary })
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
