/** Functions that come back to themselves: how deep is not told before they run, so they are not followed. */
import type { Place } from '../domains/symbolic/path.js'
import type { FunctionCode, Module } from '../wasm/index.js'

const CALL = 0x10

export interface Recursion {
  readonly what: string
  readonly place: Place
}

/** One for each function that calls itself, directly or through others; calls by a pointer are not looked through. */
export function recursions({ code }: Module): readonly Recursion[] {
  const callees = new Map(code.map((each) => [each.index, calledBy(each)]))
  return code.flatMap((each) => {
    const call = each.instructions.find(({ opcode, a }) => opcode === CALL && comesTo(a, each.index, callees))
    if (call === undefined) return []
    const place: Place = { kind: 'binary', functionIndex: each.index, offset: call.offset }
    return [{ what: `${each.name ?? `function ${each.index}`} calls itself: recursion is not followed`, place }]
  })
}

function calledBy({ instructions }: FunctionCode): readonly number[] {
  return instructions.flatMap(({ opcode, a }) => (opcode === CALL ? [a] : []))
}

function comesTo(from: number, to: number, callees: ReadonlyMap<number, readonly number[]>): boolean {
  const pending = [from]
  const seen = new Set<number>()
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at === to) return true
    if (seen.has(at)) continue
    seen.add(at)
    pending.push(...(callees.get(at) ?? []))
  }
  return false
}
