/** One call on two real binaries, from the same memory: what tells them apart. Plain data, so that it can be made again. */
import { exportedFunction } from '../../nf/exports.js'
import { DEFAULT_MEMORY, PAGE } from '../../nf/memory-map.js'
import { Evaluator, type Model, type Term } from '../../smt/index.js'
import type { Made } from '../../verify/libvig/operation.js'

/** A call as an engine makes it. */
export interface RealCall {
  readonly operation: string
  readonly arguments: readonly (number | bigint)[]
  readonly memory: ReadonlyMap<number, number>
  /** The heap, where the call allocates. */
  readonly heap?: readonly [start: number, end: number]
}

export interface Difference {
  /** `map_get(70336, 65792, 66048)` */
  readonly call: string
  /** `the original returns 1, the mutant 0` */
  readonly what: string
  /** Bytes before the call that are not 0, `address: hex`. */
  readonly memory: readonly string[]
}

export function realCallOf(operation: string, made: Made, model: Model): RealCall {
  const values = new Evaluator(model)
  const numberOf = (term: Term): bigint => {
    const value = values.value(term)
    if (typeof value !== 'bigint') throw new TypeError('not a bit vector')
    return value
  }
  const { heap } = made
  return {
    operation,
    arguments: made.arguments.map((argument) =>
      argument.width === 64 ? BigInt.asIntN(64, numberOf(argument)) : Number(BigInt.asIntN(32, numberOf(argument))),
    ),
    memory: new Map([...made.before.bytes()].map(([address, byte]) => [address, Number(numberOf(byte))])),
    ...(heap === undefined ? {} : { heap: [heap.start, heap.start + Number(numberOf(heap.room))] as const }),
  }
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

type Ended = { readonly kind: 'trapped'; readonly what: string } | Returned

interface Returned {
  readonly kind: 'returned'
  readonly result: string
  readonly bytes: Uint8Array
}

function ended(wasm: Uint8Array, { operation, arguments: passed, memory, heap }: RealCall): Ended {
  const pages = DEFAULT_MEMORY / PAGE
  const store = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const module = new WebAssembly.Module(new Uint8Array(wasm))
  const instance = new WebAssembly.Instance(module, { env: { memory: store } })
  const bytes = new Uint8Array(store.buffer)
  if (heap !== undefined) exportedFunction(instance, 'libvig_reset')(...heap)
  for (const [address, byte] of memory) bytes[address] = byte
  try {
    return { kind: 'returned', result: String(exportedFunction(instance, operation)(...passed)), bytes }
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return { kind: 'trapped', what: error.message }
    throw error
  }
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
