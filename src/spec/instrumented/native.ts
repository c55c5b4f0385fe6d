/**
 * Calls of functions that JavaScript itself provides. They know nothing of symbolic values: many would judge them by
 * identity or take them for true. So such a call is made only where no symbolic value can get into it, or where the
 * function is known to hand values on untouched; a few methods of arrays are done here in its place.
 */
import { errorHere } from './place.js'
import { SymbolicValue } from './value.js'

/** What the array methods below need of the hooks. */
export interface Judge {
  truth(value: unknown): boolean
  equal(a: unknown, b: unknown): unknown
  or(a: unknown, b: () => unknown): unknown
}

const { prototype: list } = Array

/** Hand the elements of lists on without looking at them. */
const ofLists: ReadonlySet<unknown> = new Set<unknown>([
  ...[list.map, list.forEach, list.flatMap, list.reduce, list.slice, list.concat, list.flat, list.push, list.entries],
  Array.of,
])

/** Look no deeper than the object they are given. */
const ofObjects: ReadonlySet<unknown> = new Set<unknown>([
  ...[Object.freeze, Object.entries, Object.values, Object.keys, Object.fromEntries, Array.isArray],
])

const natives = new WeakMap<object, boolean>()

/** Whether `callee` is JavaScript's own, not a function of the specification or of the language. */
export function isNative(callee: object): boolean {
  const known = natives.get(callee)
  if (known !== undefined) return known
  const isNative = Function.prototype.toString.call(callee).includes('[native code]')
  natives.set(callee, isNative)
  return isNative
}

export function callNative(
  callee: (...args: never) => unknown,
  receiver: unknown,
  args: readonly unknown[],
  judge: Judge,
): unknown {
  const own = ownMethods(judge).get(callee)
  if (own !== undefined && Array.isArray(receiver)) return own(receiver, args[0])
  if (!ofLists.has(callee) || receiver instanceof SymbolicValue) {
    const inside = ofObjects.has(callee) ? isSymbolic : holdsSymbolic
    if (inside(receiver) || args.some((arg) => inside(arg))) throw refusal(callee)
  }
  try {
    return Reflect.apply(callee, receiver, [...args])
  } catch (error) {
    throw error instanceof Error && isThrownNatively(error) ? errorHere(error.message, undefined, error) : error
  }
}

/** Whether JavaScript's own function has thrown an error, and not a callback that it was given. */
function isThrownNatively({ stack = '' }: Error): boolean {
  return /^\s*at .*\(<anonymous>\)$/.test(stack.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '')
}

function refusal({ name }: (...args: never) => unknown): Error {
  return errorHere(
    `${name === '' ? 'this' : name} is a function of JavaScript, which cannot follow what depends on the packet or the state`,
    'use the operators and functions of the language',
  )
}

function isSymbolic(value: unknown): boolean {
  return value instanceof SymbolicValue
}

/** Whether a symbolic value, or a callback that may give one, is in there; what lies too deep counts as one. */
function holdsSymbolic(value: unknown, depth = 0): boolean {
  if (isSymbolic(value) || typeof value === 'function') return true
  if (typeof value !== 'object' || value === null) return false
  return depth > 8 || Object.values(value).some((inner) => holdsSymbolic(inner, depth + 1))
}

type OwnMethod = (values: readonly unknown[], argument: unknown) => unknown

/** Array methods that judge what a callback gives, or compare, done with the language's own truth and equality. */
function ownMethods(judge: Judge): ReadonlyMap<unknown, OwnMethod> {
  const holds = (test: unknown, values: readonly unknown[]) => (item: unknown, index: number) => {
    if (typeof test !== 'function') throw errorHere('a method of an array takes a function here')
    return judge.truth(Reflect.apply(test, undefined, [item, index, values]))
  }
  return new Map<unknown, OwnMethod>([
    [list.filter, (values, test) => values.filter(holds(test, values))],
    [list.some, (values, test) => values.some(holds(test, values))],
    [list.every, (values, test) => values.every(holds(test, values))],
    [list.find, (values, test) => values.find(holds(test, values))],
    [list.findIndex, (values, test) => values.findIndex(holds(test, values))],
    [list.indexOf, (values, value) => values.findIndex((item) => judge.truth(judge.equal(item, value)))],
    [
      list.includes,
      (values, value) =>
        values.reduce<unknown>((found, item) => judge.or(found, () => judge.equal(item, value)), false),
    ],
  ])
}
