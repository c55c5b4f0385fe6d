/** Which function calls which, as a module says it. */
import type { FunctionCode, Module } from '../../wasm/index.js'

const CALL = 0x10
const CALL_INDIRECT = 0x11

export interface CallSite {
  readonly code: FunctionCode
  /** Byte offset in the file. */
  readonly offset: number
}

/** Functions that an exported one may come to, itself included; by a pointer, to all whose address is taken. */
export function reachedFrom(module: Module, name: string): readonly FunctionCode[] {
  const byIndex = new Map(module.code.map((code) => [code.index, code]))
  const start = module.exports.find((each) => each.kind === 'function' && each.name === name)
  const pending = start === undefined ? [] : [start.index]
  const reached = new Set<FunctionCode>()
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const code = byIndex.get(index)
    if (code === undefined || reached.has(code)) continue
    reached.add(code)
    pending.push(...calledBy(code))
  }
  return [...reached]
}

function calledBy({ module, instructions }: FunctionCode): number[] {
  const isIndirect = instructions.some(({ opcode }) => opcode === CALL_INDIRECT)
  const direct = instructions.flatMap(({ opcode, a }) => (opcode === CALL ? [a] : []))
  return isIndirect ? [...direct, ...addressTaken(module)] : direct
}

function addressTaken({ elements }: Module): number[] {
  return elements.flatMap(({ items }) => items.flatMap((item) => (item.kind === 'function' ? [item.index] : [])))
}

/** The first call, in the order of the code, of a function whose index is among those given. */
export function firstCall(codes: readonly FunctionCode[], callees: ReadonlySet<number>): CallSite | undefined {
  for (const code of codes) {
    const found = code.instructions.find(({ opcode, a }) => opcode === CALL && callees.has(a))
    if (found !== undefined) return { code, offset: found.offset }
  }
  return undefined
}
