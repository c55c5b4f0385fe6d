/**
 * Wrong binaries of a network function: each differs from the original in one instruction (see edits.ts). A proof that
 * tells them from the original shows that it looks at what they break.
 */
import { decodeModule, type FunctionCode, type Instruction, type Module, ModuleError } from '../wasm/index.js'
import { spliceCode } from '../wasm/splice.js'
import { type Edit, editsOf } from './edits.js'

export interface Mutant {
  /** Number among the mutants of its original, from 0. */
  readonly number: number
  /** Of the instruction, in the original file. */
  readonly offset: number
  readonly functionName: string
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
      for (const edit of editsAt(module, code, instruction, next, original)) {
        const { offset } = instruction
        const binary = spliceCode(original, { start: offset, end: next.offset, bytes: edit.bytes })
        if (!isValid(binary)) continue
        const functionName = code.name ?? `function ${code.index}`
        mutants.push({ number: mutants.length, offset, functionName, what: edit.what, binary })
      }
    }
  }
  return mutants
}

/**
 * `count` of the mutants, spread evenly over the code, the same for the same seed; all where there are not so many.
 */
export function sampleOf(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  if (mutants.length <= count) return mutants
  const step = mutants.length / count
  const first = step * (((seed * 0x9e3779b1) >>> 0) / 2 ** 32)
  return Array.from({ length: count }, (_, i) => mutants[Math.floor(first + i * step) % mutants.length]).filter(
    (mutant) => mutant !== undefined,
  )
}

function editsAt(
  module: Module,
  code: FunctionCode,
  instruction: Instruction,
  next: Instruction,
  original: Uint8Array,
): readonly Edit[] {
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
