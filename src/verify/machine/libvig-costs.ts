/** What libVig's allocations cost, by its own functions, run by the concrete stepper on the binary that will run. */
import type { Allocatable } from '../../contracts/index.js'
import { type Integer, Integers } from '../../domains/symbolic/integer.js'
import type { Path } from '../../domains/symbolic/path.js'
import {
  ConcreteMemory,
  type ConcreteValue,
  concreteDomain,
  decodeModule,
  instantiate,
  Stepper,
  Store,
} from '../../wasm/index.js'
import { costOnPath } from './libvig-cost-terms.js'

export interface LibvigCosts {
  readonly cost: (structure: Allocatable, sizes: readonly number[]) => bigint
  /** The same where a size may be a term: libVig's function run on the path. */
  readonly costOn: (path: Path, structure: Allocatable, sizes: readonly Integer[]) => Integer
  /** Where the heap starts, rounded as libVig rounds it. */
  readonly heapStart: bigint
}

/** Allocations start at multiples of this (libvig/memory.ts). */
const LINE = 64n

export function libvigCosts(wasm: Uint8Array): LibvigCosts {
  const module = decodeModule(wasm)
  const store = new Store<ConcreteValue>(concreteDomain)
  const wanted = module.imports.find(({ what }) => what.kind === 'memory')?.what
  const limits = wanted?.kind === 'memory' ? wanted.type : { least: 1, most: undefined }
  const memory = new ConcreteMemory({ least: Math.max(limits.least, pagesForData(module.data)), most: limits.most })
  const env = new Map([['memory', { kind: 'memory' as const, memory }]])
  const { instance, outcome } = instantiate(store, module, new Map([['env', env]]))
  if (outcome.kind !== 'returned') throw new Error(`libVig cannot be instantiated: ${outcome.kind}`)
  const stepper = new Stepper(store)
  const call = (name: string, args: readonly number[]): bigint => {
    const callee = instance.exports.get(name)
    if (callee?.kind !== 'wasm') throw new Error(`libVig has no function ${name}`)
    const ended = stepper.call(callee, args)
    const value = ended.kind === 'returned' ? ended.values[0] : undefined
    if (value === undefined) throw new Error(`${name} of libVig ended with: ${ended.kind}`)
    return BigInt(value)
  }
  const known = new Map<string, bigint>()
  const cost = (structure: Allocatable, sizes: readonly number[]): bigint => {
    const name = `${structure} ${sizes.join(' ')}`
    const found =
      known.get(name) ??
      call(
        `${structure}_cost`,
        sizes.map((size) => size | 0),
      )
    known.set(name, found)
    return found
  }
  const costOn = (path: Path, structure: Allocatable, sizes: readonly Integer[]): Integer => {
    const known = sizes.flatMap(({ constant }) => (constant === undefined ? [] : [Number(constant)]))
    if (known.length < sizes.length) return costOnPath(module, path, structure, sizes)
    return new Integers(path.terms).of(cost(structure, known))
  }
  const base = call('libvig_heap_base', [])
  return { cost, costOn, heapStart: ((base + LINE - 1n) / LINE) * LINE }
}

/** Pages that hold all data segments. */
function pagesForData(data: ReturnType<typeof decodeModule>['data']): number {
  const ends = data.map(({ mode, bytes }) =>
    mode !== 'passive' && mode.offset.kind === 'i32' ? (mode.offset.bits >>> 0) + bytes.length : 0,
  )
  return Math.ceil(Math.max(0, ...ends) / 65_536)
}
