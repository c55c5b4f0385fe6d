/**
 * What an instrumented specification calls in place of JavaScript's operators, conditions and calls. Concrete operands
 * take JavaScript's own operation (see concrete.ts), symbolic ones go to the reading that runs. Everything that neither
 * could follow is refused here, with file, line and column.
 */
import {
  concreteBinary,
  concreteUnary,
  isSymbolicOperator,
  MIXED,
  MIXED_HINT,
  shown,
  unfit,
  whole,
} from './concrete.js'
import { callNative, isNative, type Judge } from './native.js'
import { type ObservedPart, observer } from './observer.js'
import type { Connective, Scalar } from './operators.js'
import { errorHere, moveTo, type SourcePlace } from './place.js'
import { operators, tick } from './reading.js'
import { SymbolicValue } from './value.js'

type Lazy = () => unknown

/** The hooks of one module; each takes the number of its place first. */
export class Hooks {
  readonly #file: string
  readonly #places: readonly SourcePlace[]
  readonly #judge: Judge = {
    truth: (value) => truthOf(value),
    equal: (a, b) => binary('===', a, b),
    or: (a, b) => connect('||', a, b, true),
  }

  constructor(file: string, places: readonly (readonly [line: number, column: number])[]) {
    this.#file = file
    this.#places = places.map(([line, column]) => Object.freeze({ kind: 'source', file, line, column }))
  }

  /** A statement begins. */
  at(place: number): void {
    moveTo(this.#places[place])
    tick()
  }

  binary(place: number, operator: string, a: unknown, b: unknown): unknown {
    moveTo(this.#places[place])
    const result = binary(operator, a, b)
    if (comparisons.has(operator)) observer()?.compared({ file: this.#file, place }, a, b, result)
    return result
  }

  unary(place: number, operator: string, a: unknown): unknown {
    moveTo(this.#places[place])
    if (!(a instanceof SymbolicValue)) return concreteUnary(operator, a)
    if (a.type === 'boolean' || (operator === '+' && a.type === 'bigint')) {
      throw errorHere(`${operator} takes a number${operator === '+' ? '' : ' or bigint'}, not a ${a.type}`)
    }
    return operator === '-' || operator === '~' ? operators().unary(operator, a) : a
  }

  not(place: number, a: unknown): unknown {
    moveTo(this.#places[place])
    return a instanceof SymbolicValue && a.type === 'boolean' ? operators().not(a) : !truthOf(a)
  }

  typeOf(a: unknown): string {
    return a instanceof SymbolicValue ? a.type : typeof a
  }

  /** A condition: which way the run goes. */
  truth(place: number, value: unknown): boolean {
    moveTo(this.#places[place])
    return this.#went(place, truthOf(value))
  }

  /** What a variable is after `if (condition) variable = value`; to compute `value` does nothing else. */
  set(place: number, condition: unknown, value: Lazy, old: Lazy): unknown {
    moveTo(this.#places[place])
    if (condition instanceof SymbolicValue && condition.type === 'boolean') {
      const seen = observer()
      const guarded = seen === undefined ? value : () => seen.under(condition, true, value)
      const either = operators().select(condition, guarded, old())
      if (either !== undefined) {
        this.#observe(place, 'itself', condition)
        return either
      }
    }
    return this.#went(place, truthOf(condition)) ? value() : old()
  }

  /** The condition of a loop, which must not depend on anything symbolic. */
  test(place: number, value: unknown): boolean {
    moveTo(this.#places[place])
    tick()
    if (value instanceof SymbolicValue) {
      throw errorHere('the bound of this loop depends on the packet or the state', 'use a constant or configured bound')
    }
    return this.#went(place, truthOf(value))
  }

  connect(place: number, connective: Connective, a: unknown, b: Lazy, pure: boolean): unknown {
    moveTo(this.#places[place])
    const seen = observer()
    if (seen === undefined) return connect(connective, a, b, pure)
    this.#observe(place, 'left', a)
    const right = (): unknown => {
      const value = b()
      this.#observe(place, 'right', value)
      return value
    }
    return connect(connective, a, () => seen.under(a, connective === '&&', right), pure)
  }

  /** `a ?? b`. */
  present(place: number, a: unknown, b: Lazy): unknown {
    moveTo(this.#places[place])
    this.#observe(place, 'left', !isAbsent(a))
    return isAbsent(a) ? b() : a
  }

  call(place: number, callee: unknown, args: readonly unknown[]): unknown {
    return this.#apply(place, callee, undefined, args)
  }

  method(place: number, receiver: unknown, name: string, args: readonly unknown[]): unknown {
    moveTo(this.#places[place])
    if (receiver === undefined || receiver === null) throw errorHere(`${name} is called of ${receiver}`)
    return this.#apply(place, member(receiver, name), receiver, args, name)
  }

  /** What follows `?.` in a chain. */
  some(value: unknown, rest: (value: unknown) => unknown): unknown {
    return value === undefined || value === null ? undefined : rest(value)
  }

  /** What stands in a template literal. */
  text(place: number, value: unknown): unknown {
    return this.#concrete(place, value, 'text is made of a value')
  }

  /** What stands in brackets as the name of a property. */
  key(place: number, value: unknown): unknown {
    return this.#concrete(place, value, 'a property or element is chosen by a value')
  }

  /** The number that `++` or `--` gives. */
  step(place: number, operator: '+' | '-', value: unknown): unknown {
    const isWide = typeof value === 'bigint' || (value instanceof SymbolicValue && value.type === 'bigint')
    return this.binary(place, operator, value, isWide ? 1n : 1)
  }

  /** `old` of an expression whose variable has got another value meanwhile. */
  before(old: unknown, _changed: unknown): unknown {
    return old
  }

  /** Which of the cases `value` is, in order; -1 for none. */
  choose(place: number, value: unknown, cases: readonly Lazy[]): number {
    return cases.findIndex((of) => {
      const candidate = of()
      moveTo(this.#places[place])
      return truthOf(binary('===', value, candidate))
    })
  }

  /** What a module keeps must not change: its plain objects and lists are frozen, all the way down. */
  constant<T>(value: T): T {
    freeze(value)
    return value
  }

  #went(place: number, side: boolean): boolean {
    this.#observe(place, 'itself', side)
    return side
  }

  #observe(place: number, part: ObservedPart, value: unknown): void {
    observer()?.condition({ file: this.#file, place }, part, value)
  }

  #apply(
    place: number,
    callee: unknown,
    receiver: unknown,
    args: readonly unknown[],
    name = 'what is called',
  ): unknown {
    moveTo(this.#places[place])
    tick()
    if (!isFunction(callee)) throw errorHere(`${name} is not a function`)
    if (isNative(callee)) return callNative(callee, receiver, args, this.#judge)
    return Reflect.apply(callee, receiver, [...args])
  }

  #concrete(place: number, value: unknown, what: string): unknown {
    moveTo(this.#places[place])
    if (value instanceof SymbolicValue) throw errorHere(`${what} that depends on the packet or the state`)
    return value
  }
}

const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '===', '!=='])

function isFunction(value: unknown): value is (...args: never) => unknown {
  return typeof value === 'function'
}

function member(receiver: unknown, name: string): unknown {
  return Reflect.get(Object(receiver), name, receiver)
}

function binary(operator: string, a: unknown, b: unknown): unknown {
  if (!(a instanceof SymbolicValue || b instanceof SymbolicValue)) return concreteBinary(operator, a, b)
  const [left, right] = [typeOf(a), typeOf(b)]
  const isEquality = operator === '===' || operator === '!=='
  // A symbolic value is there: it is never undefined.
  if (isEquality && (isAbsent(a) || isAbsent(b))) return operator === '!=='
  if (left !== right) {
    const numeric = [left, right].every((type) => type === 'number' || type === 'bigint')
    if (numeric) throw errorHere(MIXED, MIXED_HINT)
    throw isEquality ? errorHere(`${operator} compares ${shown(a)} with ${shown(b)}`) : unfit(operator, a, b)
  }
  if (!isScalar(a) || !isScalar(b) || (left === 'boolean' && !isEquality)) throw unfit(operator, a, b)
  if (!isSymbolicOperator(operator) || (operator === '>>>' && left === 'bigint')) {
    throw errorHere(`${operator} of a ${left} that depends on the packet or the state is not part of the language`)
  }
  return operators().binary(operator, checked(a), checked(b))
}

/** Concrete numbers that meet symbolic ones are held to what numbers are. */
function checked(value: Scalar): Scalar {
  return typeof value === 'number' ? whole(value) : value
}

function typeOf(value: unknown): string {
  return value instanceof SymbolicValue ? value.type : typeof value
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function isScalar(value: unknown): value is Scalar {
  return value instanceof SymbolicValue || ['number', 'bigint', 'boolean'].includes(typeof value)
}

/** Whether the run goes the way of `value`. Only truth values and what may be absent say; a number never does. */
function truthOf(value: unknown): boolean {
  const type = typeOf(value)
  if (type === 'number' || type === 'bigint') {
    throw errorHere(`a ${type} is taken for a truth value`, 'compare it, with 0 or with undefined')
  }
  return value instanceof SymbolicValue ? operators().truth(value) : Boolean(value)
}

function connect(connective: Connective, a: unknown, b: Lazy, pure: boolean): unknown {
  const goesOn = connective === '&&'
  if (!(a instanceof SymbolicValue)) return truthOf(a) === goesOn ? b() : a
  if (pure && a.type === 'boolean') {
    const merged = operators().merge(connective, a, b)
    if (merged !== undefined) return merged
  }
  const decided = truthOf(a)
  return decided === goesOn ? b() : decided
}

/** Freezes plain objects and lists; what the language made is frozen, or is not the module's to keep. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return
  Object.freeze(value)
  for (const inner of Object.values(value)) freeze(inner)
}
