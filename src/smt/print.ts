/**
 * SMT-LIB 2.6 text. Nodes that are used twice, or that would nest deeply, get a definition of their own, so that the
 * text is as long as the graph and no reader needs a deep stack. The same terms always give the same text.
 */
import { printName } from './names.js'
import { reachable } from './reachable.js'
import { printSort, type Sort } from './sorts.js'
import type { Op, Term } from './term.js'

/** How deep an expression nests before it gets a name. */
const maxNesting = 32

/**
 * Prints terms piece by piece into one growing script, of which it remembers what is declared and defined, in scopes
 * that follow the script's `push` and `pop`.
 */
export class ScriptPrinter {
  /** Texts of what is declared or defined, by the scope in which it was. */
  readonly #scopes: Map<Term | string, string>[] = [new Map()]
  #definitions = 0

  push(): void {
    this.#scopes.push(new Map())
  }

  pop(): void {
    this.#scopes.pop()
  }

  /** The commands that declare and define what `term` needs, then `(assert ...)`. */
  assert(term: Term): string {
    const lines = this.define([term])
    lines.push(`(assert ${this.text(term)})`)
    return `${lines.join('\n')}\n`
  }

  /** Whether `term` needs no more declarations or definitions. */
  knows(term: Term): boolean {
    return this.#known(term) !== undefined
  }

  /** The commands after which `text` knows each of `roots`. What a model is asked for gets a name. */
  define(roots: readonly Term[]): string[] {
    const lines: string[] = []
    const terms = reachable(roots, (term) => this.#known(term) !== undefined)
    const uses = countUses(terms)
    const nesting = new Map<Term, number>()
    const inline = new Map<Term, string>()
    const textOf = (term: Term) => inline.get(term) ?? this.text(term)
    for (const term of terms) {
      if (this.#declare(term, lines)) continue
      const text = printNode(term, textOf)
      const depth = 1 + Math.max(0, ...term.args.slice(0, 64).map((arg) => nesting.get(arg) ?? 0))
      if (term.args.length === 0) {
        inline.set(term, text)
      } else if ((uses.get(term) ?? 0) > 1 || depth >= maxNesting || term.args.length > 64 || isAsked(term)) {
        const name = `$${++this.#definitions}`
        lines.push(`(define-fun ${name} () ${printSort(term.sort)} ${text})`)
        this.#remember(term, name)
      } else {
        nesting.set(term, depth)
        inline.set(term, text)
      }
    }
    for (const root of roots) {
      if (this.#known(root) === undefined) this.#remember(root, textOf(root))
    }
    return lines
  }

  /** The text of a term that `define` or `assert` has seen, or of a variable or constant. */
  text(term: Term): string {
    const known = this.#known(term)
    if (known !== undefined) return known
    return printNode(term, (arg) => this.text(arg))
  }

  /** Declares the symbol of `term` if need be; true for a variable, which then needs nothing more. */
  #declare(term: Term, lines: string[]): boolean {
    const { symbol } = term
    if (symbol === undefined) return false
    const text = printName(symbol.name)
    if (this.#known(symbol.name) === undefined) {
      lines.push(`(declare-fun ${text} (${symbol.domain.map(printSort).join(' ')}) ${printSort(symbol.range)})`)
      this.#remember(symbol.name, text)
    }
    if (term.op !== 'var') return false
    this.#remember(term, text)
    return true
  }

  #remember(key: Term | string, text: string): void {
    this.#scopes.at(-1)?.set(key, text)
  }

  #known(key: Term | string): string | undefined {
    for (const scope of this.#scopes) {
      const text = scope.get(key)
      if (text !== undefined) return text
    }
    return undefined
  }
}

function isAsked({ op }: Term): boolean {
  return op === 'apply' || op === 'select'
}

/** How often each of `terms` is an argument within them. */
function countUses(terms: readonly Term[]): Map<Term, number> {
  const uses = new Map<Term, number>()
  for (const term of terms) for (const arg of term.args) uses.set(arg, (uses.get(arg) ?? 0) + 1)
  return uses
}

/** Operations that SMT-LIB takes two arguments for: `op(a, b, c)` is printed `(op (op a b) c)`. */
const leftNested: ReadonlySet<Op> = new Set<Op>(['bvand', 'bvor', 'bvxor', 'bvadd', 'bvmul', 'concat'])

const names: Partial<Record<Op, string>> = {
  eq: '=',
  'int.add': '+',
  'int.mul': '*',
  'int.div': 'div',
  'int.mod': 'mod',
  'int.le': '<=',
}

function printNode(term: Term, textOf: (arg: Term) => string): string {
  const { op, args, symbol } = term
  switch (op) {
    case 'true':
    case 'false':
      return op
    case 'bv':
      return printBits(term.value, term.width)
    case 'int':
      return term.value < 0n ? `(- ${-term.value})` : `${term.value}`
    case 'var':
      return printName(symbol?.name ?? '')
    case 'apply':
      return `(${printName(symbol?.name ?? '')} ${args.map(textOf).join(' ')})`
    case 'extract':
      return `((_ extract ${term.hi} ${term.lo}) ${args.map(textOf).join(' ')})`
    case 'zero_extend':
    case 'sign_extend':
      return `((_ ${op} ${term.hi}) ${args.map(textOf).join(' ')})`
    case 'const_array':
      return `((as const ${printSort(term.sort)}) ${args.map(textOf).join(' ')})`
    default: {
      const texts = args.map(textOf)
      if (!leftNested.has(op) || texts.length === 2) return `(${names[op] ?? op} ${texts.join(' ')})`
      const [first = '', ...rest] = texts
      return '('.repeat(rest.length).replaceAll('(', `(${op} `) + first + rest.map((text) => ` ${text})`).join('')
    }
  }
}

/** A bit-vector constant: in hexadecimal where it has whole digits. */
export function printBits(value: bigint, width: number): string {
  return width % 4 === 0
    ? `#x${value.toString(16).padStart(width / 4, '0')}`
    : `#b${value.toString(2).padStart(width, '0')}`
}

/** Which theories terms use. Only ever grows. */
export class Theories {
  #arrays = false
  #functions = false
  #bitVecs = false
  #ints = false
  #constArrays = false

  constructor(from?: Theories) {
    if (from === undefined) return
    this.#arrays = from.#arrays
    this.#functions = from.#functions
    this.#bitVecs = from.#bitVecs
    this.#ints = from.#ints
    this.#constArrays = from.#constArrays
  }

  add(terms: Iterable<Term>): void {
    for (const term of terms) {
      this.#addSort(term.sort)
      if (term.op === 'apply') this.#functions = true
      // No logic of SMT-LIB's has these; older solvers take them in `ALL` only.
      else if (term.op === 'const_array') this.#constArrays = true
    }
  }

  #addSort(sort: Sort): void {
    if (sort.kind === 'bitvec') this.#bitVecs = true
    else if (sort.kind === 'int') this.#ints = true
    else if (sort.kind === 'array') {
      this.#arrays = true
      this.#addSort(sort.index)
      this.#addSort(sort.element)
    }
  }

  /** The smallest of SMT-LIB's logics that holds them; `ALL` where bit vectors and integers meet. */
  get logic(): string {
    if ((this.#bitVecs && this.#ints) || this.#constArrays) return 'ALL'
    const core = `${this.#arrays ? 'A' : ''}${this.#functions ? 'UF' : ''}`
    if (this.#ints) return `QF_${core}LIA`
    if (this.#bitVecs) return core === 'A' ? 'QF_ABV' : `QF_${core}BV`
    return core === '' || core === 'UF' ? 'QF_UF' : 'ALL'
  }
}

/** One whole query: whether `assertions` can all be true. */
export function printQuery(assertions: readonly Term[]): string {
  const theories = new Theories()
  theories.add(reachable(assertions))
  const printer = new ScriptPrinter()
  const all = `${printer.define(assertions).join('\n')}\n`
  const asserts = assertions.map((term) => `(assert ${printer.text(term)})\n`)
  return `(set-logic ${theories.logic})\n${all === '\n' ? '' : all}${asserts.join('')}(check-sat)\n`
}
