/** One call on two real binaries, from the same memory: what tells them apart. */
import type { Model } from '../../smt/index.js'
import type { Made } from '../../verify/libvig/operation.js'
import { type Ended, ended, type RealCall, realCallOf } from '../../verify/libvig/real-call.js'

export interface Difference {
  /** `map_get(70336, 65792, 66048)` */
  readonly call: string
  /** `the original returns 1, the mutant 0` */
  readonly what: string
  /** Bytes before the call that are not 0, `address: hex`. */
  readonly memory: readonly string[]
}

/** Undefined where both do the same. */
export function differenceOf(
  original: Uint8Array,
  mutant: Uint8Array,
  operation: string,
  made: Made,
  model: Model,
): Difference | undefined {
  const call = realCallOf(operation, made, model)
  const [first, second] = [original, mutant].map((wasm) => ended(wasm, call))
  const what = first === undefined || second === undefined ? undefined : apart(first, second)
  return what === undefined ? undefined : { ...told(call), what }
}

function told({ operation, arguments: passed, memory, heap }: RealCall): Pick<Difference, 'call' | 'memory'> {
  const room = heap === undefined ? '' : ` with a heap of ${heap[1] - heap[0]} bytes at ${heap[0]}`
  return { call: `${operation}(${passed.join(', ')})${room}`, memory: runs(memory) }
}

/** Bytes that lie together, without those that are 0. */
function runs(memory: ReadonlyMap<number, number>): readonly string[] {
  const lines: { readonly start: number; readonly bytes: number[] }[] = []
  for (const [address, byte] of [...memory].sort(([a], [b]) => a - b)) {
    if (byte === 0) continue
    const last = lines.at(-1)
    if (last !== undefined && last.start + last.bytes.length === address) last.bytes.push(byte)
    else lines.push({ start: address, bytes: [byte] })
  }
  return lines.map(({ start, bytes }) => `${start}: ${Buffer.from(bytes).toString('hex')}`)
}

function apart(original: Ended, mutant: Ended): string | undefined {
  if (original.kind === 'trapped') return undefined
  if (mutant.kind === 'trapped') return `the original returns, the mutant traps: ${mutant.what}`
  if (original.result !== mutant.result) return `the original returns ${original.result}, the mutant ${mutant.result}`
  const at = original.bytes.findIndex((byte, address) => byte !== mutant.bytes[address])
  if (at === -1) return undefined
  const [left = 0, right = 0] = [original.bytes[at], mutant.bytes[at]]
  return `the original leaves ${left} at ${at}, the mutant ${right}`
}
