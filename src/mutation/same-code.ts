/** Whether two binaries differ only in how their instructions are written down: where they lie, and hints of alignment. */
import { decodeModule, type FunctionCode } from '../wasm/index.js'

export function haveSameCode(first: Uint8Array, second: Uint8Array): boolean {
  const [left, right] = [first, second].map((binary) => decodeModule(binary).code.map(textOf))
  return left?.length === right?.length && left?.every((code, at) => code === right?.[at]) === true
}

/** Mutants differ from their original in code only, so this is all there is to compare. */
function textOf({ locals, instructions }: FunctionCode): string {
  const written = instructions.map(({ opcode, a, b, wide, branches, targets }) => {
    return [opcode, a, b, String(wide), branches, targets]
  })
  return JSON.stringify([locals, written])
}
