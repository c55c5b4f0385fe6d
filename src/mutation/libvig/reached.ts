/** What has to be looked at again where a function of libVig is another one: the operations that come to it. */
import type { Allocatable } from '../../contracts/index.js'
import { type Allocated, type ScopedOperation, scopesUpTo } from '../../verify/libvig/scopes.js'
import type { Module } from '../../wasm/index.js'

const CALL = 0x10

export interface Reaching {
  /** Operations that come to it when they are called, the smallest structures first. */
  readonly called: readonly ScopedOperation[]
  /** Allocators that come to it, with the sizes of all structures that others work on. */
  readonly made: readonly ScopedOperation[]
  /** Operations on structures whose allocators come to it. */
  readonly setUp: readonly ScopedOperation[]
}

/** By the call graph of a module of libVig. */
export class Reached {
  readonly #asked: readonly ScopedOperation[]
  readonly #functions = new Map<string, ReadonlySet<number>>()

  constructor(module: Module, capacity: number) {
    const calls = new Map(
      module.code.map(({ index, instructions }) => [
        index,
        instructions.flatMap(({ opcode, a }) => (opcode === CALL ? [a] : [])),
      ]),
    )
    for (const { name, kind, index } of module.exports) {
      if (kind === 'function') this.#functions.set(name, reachable(index, calls))
    }
    this.#asked = [...scopesUpTo(capacity)].sort((a, b) => weight(a) - weight(b))
  }

  /** Functions that some proved operation comes to when it is called. */
  get functions(): ReadonlySet<number> {
    return new Set(this.#asked.flatMap(({ operation }) => [...(this.#functions.get(operation) ?? [])]))
  }

  /** How much there is to look at where a function is another one, roughly. */
  work(functionIndex: number): number {
    const { called, made } = this.of(functionIndex)
    return [...called, ...made].reduce((sum, each) => sum + weight(each), 0)
  }

  of(functionIndex: number): Reaching {
    const comesTo = (name: string): boolean => this.#functions.get(name)?.has(functionIndex) ?? false
    const structures = this.#asked.flatMap(({ scope }) => Object.values(scope.structures))
    const made = new Map<string, ScopedOperation>()
    for (const { kind, sizes } of structures) {
      const operation = allocatorOf(kind)
      if (!comesTo(operation)) continue
      const allocated: Allocated = { kind, sizes }
      made.set(`${operation} ${sizes.join(' ')}`, { operation, scope: { structures: {}, allocated } })
    }
    const called = this.#asked.filter(({ operation }) => comesTo(operation))
    const isSetUp = ({ scope }: ScopedOperation): boolean =>
      Object.values(scope.structures).some(({ kind }) => comesTo(allocatorOf(kind)))
    const setUp = this.#asked.filter((each) => isSetUp(each) && !called.includes(each))
    return { called, made: [...made.values()], setUp }
  }
}

function allocatorOf(kind: Allocatable): string {
  return `${kind}_allocate`
}

function reachable(from: number, calls: ReadonlyMap<number, readonly number[]>): ReadonlySet<number> {
  const found = new Set<number>()
  const waiting = [from]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue
    found.add(next)
    waiting.push(...(calls.get(next) ?? []))
  }
  return found
}

/** How much work it is, roughly: entries, several structures counting more. */
function weight({ scope }: ScopedOperation): number {
  const sizes = Object.values(scope.structures).map((each) => each.sizes.at(-1) ?? 0)
  return sizes.reduce((product, size) => product * (1 + size), 1)
}
