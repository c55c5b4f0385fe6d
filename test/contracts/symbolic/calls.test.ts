import test from 'ava'
import fc from 'fast-check'

import {
  type ConcreteSorts,
  type ConcreteState,
  concreteContractAlgebra,
  freshState,
} from '../../../src/contracts/concrete.js'
import { type Argument, contracts, type Operation, type Parameter } from '../../../src/contracts/index.js'
import {
  Checksums,
  carryOut,
  SymbolicAlgebra,
  type SymbolicArguments,
  type SymbolicState,
  symbolicState,
  Timeline,
} from '../../../src/contracts/symbolic/index.js'
import { type Integer, Integers } from '../../../src/domains/symbolic/integer.js'
import type { Term } from '../../../src/smt/index.js'
import { KnownPath } from '../../domains/symbolic/known-path.js'

/** Calls of libVig with numbers for arguments; what they mean depends on the parameter. */
interface Step {
  readonly name: string
  readonly numbers: readonly number[]
}

const CAPACITY = 4
const structures = ['map', 'vector', 'dchain', 'expiring_map'] as const
type Kind = (typeof structures)[number]
const sizes: Readonly<Record<Kind, readonly number[]>> = {
  map: [1, CAPACITY],
  vector: [1, CAPACITY],
  dchain: [CAPACITY],
  expiring_map: [1, 1, CAPACITY],
}

const names = [...contracts.values()].flatMap(({ name, parameters, outcomes }) => {
  const kinds = Object.values(parameters)
  const isKnown = kinds.every((each) => each.kind !== 'handle' || structures.some((one) => one === each.structure))
  const isPlain = kinds.some(({ kind }) => kind === 'handle') && outcomes.every(({ creates }) => creates === undefined)
  return isKnown && isPlain ? [name] : []
})

const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...names),
  numbers: fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }),
})

/** The same calls by both readings. */
class Both {
  readonly path = new KnownPath()
  readonly integers = new Integers(this.path.terms)
  readonly algebra = new SymbolicAlgebra(this.path, this.integers)
  readonly concrete = new Map<Kind, ConcreteState>()
  readonly symbolic = new Map<Kind, SymbolicState>()
  /** Cells lent, by both readings: their bytes. */
  readonly #cells = new Map<number, number>()
  #names = 0

  constructor() {
    const { path, integers } = this
    const timeline = new Timeline()
    const scope = { path, integers, last: integers.of(5n) }
    for (const kind of structures) {
      this.concrete.set(kind, freshState(kind, sizes[kind]))
      const given = sizes[kind].map((size) => integers.of(BigInt(size)))
      this.symbolic.set(kind, symbolicState(kind, given, { scope, timeline, name: kind, start: 'empty' }))
    }
  }

  /** What each says of the call, or undefined where it may not be made. */
  call({ name, numbers }: Step): { readonly concrete: unknown; readonly symbolic: unknown } | undefined {
    const contract = contracts.get(name)
    if (contract === undefined) throw new Error(`no contract for ${name}`)
    const call = this.#concreteCall(contract, numbers)
    if (!contract.requires.every(({ holds }) => holds(concreteContractAlgebra, call))) return undefined
    const outcome = contract.outcomes.find(({ when }) => when(concreteContractAlgebra, call))
    if (outcome === undefined) throw new Error('no outcome')
    const { choice } = outcome
    const free = choice && [0, 1, 2, 3, 4].findLast((each) => choice.allows(concreteContractAlgebra, call, each))
    if (free !== undefined) this.path.choices.push(BigInt(free))
    this.#settle(numbers)
    const context = { algebra: this.algebra, checksums: new Checksums(this.path), indices: () => [] }
    const obliged = this.path.obliged.length
    const done = carryOut(context, contract, this.#symbolicCall(contract, numbers), undefined)
    for (const { holds } of this.path.obliged.slice(obliged))
      if (this.path.value(holds) !== true) throw new Error(`${name} obliged`)
    const result = choice?.seenIn === 'result' ? free : outcome.result?.(concreteContractAlgebra, call)
    const out = choice?.seenIn === 'out' ? free : outcome.out?.(concreteContractAlgebra, call)
    outcome.update?.(concreteContractAlgebra, call, free ?? 0)
    if (name === 'vector_borrow') this.#cells.set(numbers[0] ?? 0, numbers[1] ?? 0)
    const isNamed = done.outcome.includes(outcome.name)
    return {
      concrete: { isNamed: true, result, out },
      symbolic: { isNamed, result: this.#number(done.result), out: this.#number(done.out) },
    }
  }

  #number(value: Integer | undefined): number | undefined {
    if (value === undefined) return undefined
    const bits = this.path.number(value.term)
    return Number(value.lo < 0n ? BigInt.asIntN(value.term.width, bits) : bits)
  }

  /** How many an expiry at this time would keep is a function that the model has to know. */
  #settle(numbers: readonly number[]): void {
    for (const kind of ['dchain', 'expiring_map'] as const) {
      const [concrete, symbolic] = [this.concrete.get(kind), this.symbolic.get(kind)]
      if (concrete?.structure !== kind || symbolic?.structure !== kind) continue
      for (const time of new Set(numbers)) {
        const fork = symbolic.state.fork()
        // As little is known of it as of the call's own.
        fork.expire(this.integers.unsigned(this.#bits(time, 32)))
        const { symbol, args } = fork.count().term
        if (symbol?.name.includes('.kept') !== true) continue
        const kept = concrete.state.count() - concrete.state.countBelow(BigInt(time))
        this.path.model.table(symbol).define(
          args.map((arg) => this.path.value(arg)),
          BigInt(kept),
        )
      }
    }
  }

  #bits(value: number, width: number): Term {
    return this.path.variable(`a${this.#names++}`, width, BigInt(value))
  }

  #concreteCall(
    { parameters }: Operation,
    numbers: readonly number[],
  ): Record<string, Argument<Parameter, ConcreteSorts>> {
    const call: Record<string, Argument<Parameter, ConcreteSorts>> = {}
    for (const [at, [name, parameter]] of Object.entries(parameters).filter(isGiven).entries()) {
      const number = numbers[at] ?? 0
      if (parameter.kind === 'key') call[name] = Uint8Array.of(number)
      else if (parameter.kind === 'lent') call[name] = Uint8Array.of(this.#cells.get(numbers[0] ?? 0) ?? 0)
      else call[name] = parameter.kind === 'time' ? BigInt(number) : number
    }
    for (const [name, parameter] of Object.entries(parameters)) {
      if (parameter.kind !== 'handle') continue
      const found = structures
        .map((kind) => this.concrete.get(kind))
        .find((each) => each?.structure === parameter.structure)
      if (found !== undefined) call[name] = found.state
    }
    return call
  }

  #symbolicCall({ parameters }: Operation, numbers: readonly number[]): SymbolicArguments {
    const call: SymbolicArguments = {}
    for (const [at, [name, parameter]] of Object.entries(parameters).filter(isGiven).entries()) {
      const number = numbers[at] ?? 0
      if (parameter.kind === 'key') call[name] = this.#bits(number, 8)
      else if (parameter.kind === 'lent') call[name] = this.#bits(this.#cells.get(numbers[0] ?? 0) ?? 0, 8)
      else if (parameter.kind === 'u32' && name === 'index') call[name] = this.integers.of(BigInt(number))
      else call[name] = this.integers.unsigned(this.#bits(number, 32))
    }
    for (const [name, parameter] of Object.entries(parameters)) {
      if (parameter.kind !== 'handle') continue
      const found = structures
        .map((kind) => this.symbolic.get(kind))
        .find((each) => each?.structure === parameter.structure)
      if (found !== undefined) call[name] = found.state
    }
    return call
  }
}

function isGiven([, { kind }]: [string, Parameter]): boolean {
  return kind !== 'handle' && kind !== 'ambient' && kind !== 'out'
}

test('every call goes by the symbolic reading of its contract as by the concrete one', (t) => {
  const met = new Set<string>()
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
      const both = new Both()
      for (const each of steps) {
        const said = both.call(each)
        if (said === undefined) continue
        met.add(each.name)
        t.deepEqual(said.symbolic, said.concrete, `${each.name}(${each.numbers.join(', ')})`)
      }
      // What was assumed of choices and counts is true.
      for (const fact of both.path.assumed) t.is(both.path.value(fact), true)
    }),
    { numRuns: 250 },
  )
  t.deepEqual(
    names.filter((name) => !met.has(name)),
    [],
  )
})
