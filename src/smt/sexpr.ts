/** Reading what solvers print: s-expressions of SMT-LIB 2.6, section 3.1, and the values in them. */
import type { Sort } from './sorts.js'
import { ArrayValue, type Value } from './value.js'

/** An atom as it is written (quoted symbols without their bars), or a list. */
export type SExpr = string | readonly SExpr[]

const token = /\s+|;[^\n]*|\(|\)|\|[^|]*\||"(?:[^"]|"")*"|[^\s()|";]+/y

/** All expressions in `text`; undefined where it is not well-formed to its end. */
export function readSExprs(text: string): SExpr[] | undefined {
  const open: SExpr[][] = []
  let current: SExpr[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const found = token.exec(text)?.[0]
    if (found === undefined) return undefined
    const first = found.charAt(0)
    if (first === '(') {
      open.push(current)
      current = []
    } else if (first === ')') {
      const outer = open.pop()
      if (outer === undefined) return undefined
      outer.push(current)
      current = outer
    } else if (first === '|') {
      current.push(found.slice(1, -1))
    } else if (first !== ';' && found.trim() !== '') {
      current.push(found)
    }
  }
  return open.length === 0 ? current : undefined
}

type Names = ReadonlyMap<string, SExpr>

/** The value that an expression denotes in `sort`; undefined where it is not a value of that sort in a form we know. */
export function readValue(expr: SExpr, sort: Sort, names: Names = new Map()): Value | undefined {
  if (typeof expr === 'string') {
    const named = names.get(expr)
    return named === undefined ? readAtom(expr, sort) : readValue(named, sort, names)
  }
  const [head, first, second] = expr
  if (head === 'let' && first !== undefined && second !== undefined) {
    const inner = bind(first, names)
    return inner === undefined ? undefined : readValue(second, sort, inner)
  }
  if (sort.kind === 'int' && head === '-' && typeof first === 'string' && /^\d+$/.test(first)) return -BigInt(first)
  if (sort.kind === 'bitvec' && head === '_' && typeof first === 'string' && second === String(sort.width)) {
    return /^bv\d+$/.test(first) ? inWidth(BigInt(first.slice(2)), sort.width) : undefined
  }
  return sort.kind === 'array' ? readArray(expr, sort, names) : undefined
}

function readAtom(atom: string, sort: Sort): Value | undefined {
  if (sort.kind === 'bool') return atom === 'true' ? true : atom === 'false' ? false : undefined
  if (sort.kind === 'int') return /^\d+$/.test(atom) ? BigInt(atom) : undefined
  if (sort.kind !== 'bitvec') return undefined
  if (/^#x[0-9a-fA-F]+$/.test(atom) && (atom.length - 2) * 4 === sort.width) return BigInt(`0${atom.slice(1)}`)
  return /^#b[01]+$/.test(atom) && atom.length - 2 === sort.width ? BigInt(`0${atom.slice(1)}`) : undefined
}

function inWidth(value: bigint, width: number): bigint | undefined {
  return BigInt.asUintN(width, value) === value ? value : undefined
}

/** `let` binds at once: the bound expressions do not see each other, and Z3 never uses a name twice. */
function bind(bindings: SExpr, names: Names): Names | undefined {
  if (typeof bindings === 'string') return undefined
  const inner = new Map(names)
  for (const binding of bindings) {
    if (typeof binding === 'string') return undefined
    const [name, bound] = binding
    if (typeof name !== 'string' || bound === undefined) return undefined
    inner.set(name, bound)
  }
  return inner
}

/** `((as const sort) v)` under any number of `(store ... i e)`. */
function readArray(expr: SExpr, sort: Extract<Sort, { kind: 'array' }>, names: Names): ArrayValue | undefined {
  const stores: (readonly [Value, Value])[] = []
  let at: SExpr | undefined = expr
  let scope = names
  while (at !== undefined) {
    if (typeof at === 'string') {
      at = scope.get(at)
      continue
    }
    const [head, first, second, third]: readonly SExpr[] = at
    if (head === 'let' && first !== undefined && second !== undefined) {
      const inner = bind(first, scope)
      if (inner === undefined) return undefined
      scope = inner
      at = second
    } else if (head === 'store' && second !== undefined && third !== undefined) {
      const index = readValue(second, sort.index, scope)
      const element = readValue(third, sort.element, scope)
      if (index === undefined || element === undefined) return undefined
      stores.push([index, element])
      at = first
    } else if (Array.isArray(head) && head[0] === 'as' && head[1] === 'const' && first !== undefined) {
      const fallback = readValue(first, sort.element, scope)
      return fallback === undefined ? undefined : new ArrayValue(sort, fallback, stores.reverse())
    } else {
      return undefined
    }
  }
  return undefined
}
