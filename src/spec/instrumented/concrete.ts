/**
 * Operators on concrete operands: exactly JavaScript's own operation where the language has it, an error with its place
 * where it has not. Numbers are whole and of at most 53 bits, before and after. JavaScript's -0 behaves as 0 in
 * every operation that the language has, and becomes 0 here.
 */
import type { BinaryOperator } from './operators.js'
import { errorHere } from './place.js'
import { SymbolicValue } from './value.js'

export const MIXED = 'number and bigint are mixed'
export const MIXED_HINT = 'make the number a bigint with wide(n)'

/** `a operator b`, neither of them symbolic. */
export function concreteBinary(operator: string, a: unknown, b: unknown): unknown {
  if (operator === '===') return equal(a, b)
  if (operator === '!==') return !equal(a, b)
  if (typeof a === 'number' && typeof b === 'number') return onNumbers(operator, whole(a), whole(b))
  if (typeof a === 'bigint' && typeof b === 'bigint') return onBigints(operator, a, b)
  if (typeof a === 'string' && typeof b === 'string') return onStrings(operator, a, b)
  if (operator === 'in' && typeof b === 'object' && b !== null && typeof a === 'string') return a in b
  throw isNumeric(a) && isNumeric(b) ? errorHere(MIXED, MIXED_HINT) : unfit(operator, a, b)
}

export function concreteUnary(operator: string, a: unknown): unknown {
  if (typeof a === 'number') {
    const value = whole(a)
    if (operator === '-') return value === 0 ? 0 : -value
    if (operator === '~') return ~value
    if (operator === '+') return value
  }
  if (typeof a === 'bigint') {
    if (operator === '-') return -a
    if (operator === '~') return ~a
  }
  throw errorHere(`${operator} takes a number${operator === '+' ? '' : ' or bigint'}, not ${shown(a)}`)
}

/** A number that the language has, -0 made 0. */
export function whole(value: number): number {
  if (Number.isSafeInteger(value)) return value + 0
  throw errorHere(
    `${value} is not a whole number of at most 53 bits`,
    'keep what may be larger in a bigint, see wide(n)',
  )
}

export function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

export function shown(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (value instanceof SymbolicValue) return `a ${value.type}`
  return typeof value === 'object' ? 'a record or other object' : `a ${typeof value}`
}

export function unfit(operator: string, a: unknown, b: unknown): Error {
  return errorHere(`${operator} takes two numbers or two bigints, not ${shown(a)} and ${shown(b)}`)
}

function equal(a: unknown, b: unknown): boolean {
  if (isObject(a) && isObject(b)) {
    throw errorHere('=== between records or other objects', 'compare their fields, or look one up in a table')
  }
  if (isNumeric(a) && isNumeric(b) && typeof a !== typeof b) throw errorHere(MIXED, MIXED_HINT)
  return a === b
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function onNumbers(operator: string, a: number, b: number): unknown {
  switch (operator) {
    case '+':
      return whole(a + b)
    case '-':
      return whole(a - b)
    case '*':
      return whole(a * b)
    case '%':
      if (b === 0) throw errorHere('% by zero')
      return whole(a % b)
    case '**':
      return whole(a ** b)
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '<<':
      return a << b
    case '>>':
      return a >> b
    case '>>>':
      return a >>> b
    default:
      return compare(operator, a, b)
  }
}

function onBigints(operator: string, a: bigint, b: bigint): unknown {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '%':
      if (b === 0n) throw errorHere('% by zero')
      return a % b
    case '**':
      if (b < 0n) throw errorHere('** with a negative exponent')
      return a ** b
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '<<':
      return a << b
    case '>>':
      return a >> b
    default:
      return compare(operator, a, b)
  }
}

function onStrings(operator: string, a: string, b: string): unknown {
  return operator === '+' ? a + b : compare(operator, a, b)
}

function compare<T extends number | bigint | string>(operator: string, a: T, b: T): boolean {
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      throw unfit(operator, a, b)
  }
}

const symbolicOperators: ReadonlySet<string> = new Set<BinaryOperator>([
  ...(['+', '-', '*', '%', '&', '|', '^', '<<', '>>', '>>>'] as const),
  ...(['<', '<=', '>', '>=', '===', '!=='] as const),
])

/** Whether symbolic values may be operands of `operator`. */
export function isSymbolicOperator(operator: string): operator is BinaryOperator {
  return symbolicOperators.has(operator)
}
