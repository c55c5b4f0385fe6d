/** Building terms, part one: symbols, constants, Bool, equality and `ite`. See terms.ts for the whole. */
import { SortError } from './errors.js'
import { bitVecSort, boolSort, printSort, type Sort, sameSort } from './sorts.js'
import type { TermTable } from './table.js'
import type { FunctionSymbol, Op, Term } from './term.js'

export abstract class CoreBuilder {
  readonly true: Term
  readonly false: Term
  protected readonly table: TermTable

  constructor(table: TermTable) {
    this.table = table
    this.true = table.true
    this.false = table.false
  }

  /** The node of an operation whose arguments have been checked, as this builder makes it. */
  protected abstract make(
    op: Op,
    sort: Sort,
    args: readonly Term[],
    hi?: number,
    lo?: number,
    symbol?: FunctionSymbol,
  ): Term

  /** The operation of `term` on other arguments, each of the sort of the one in its place. */
  rebuild(term: Term, args: readonly Term[]): Term {
    if (args.length !== term.args.length) throw new SortError(term.op, `takes ${term.args.length} arguments here`)
    for (const [i, arg] of args.entries()) requireSort(term.op, arg, term.args[i]?.sort ?? arg.sort)
    return args.length === 0 ? term : this.make(term.op, term.sort, args, term.hi, term.lo, term.symbol)
  }

  /** How many different terms there are by now. */
  get size(): number {
    return this.table.size
  }

  bool(value: boolean): Term {
    return value ? this.true : this.false
  }

  /** The constant of `width` bits; `value` is signed or unsigned, and SortError if it is neither in that width. */
  bv(value: bigint | number, width: number): Term {
    const exact = BigInt(value)
    const { width: bits } = bitVecSort(width)
    if (BigInt.asUintN(bits, exact) !== exact && BigInt.asIntN(bits, exact) !== exact) {
      throw new SortError('bv', `${exact} does not fit ${bits} bits`)
    }
    return this.table.bitVec(exact, bits)
  }

  /** The integer constant. */
  int(value: bigint | number): Term {
    return this.table.int(BigInt(value))
  }

  /** The variable of this name: the same term each time, and SortError if the name is taken by another sort. */
  variable(name: string, sort: Sort): Term {
    return this.table.variable(this.table.symbol(name, [], sort))
  }

  /** A variable of a name not used so far: `prefix`, or `prefix!1`, `prefix!2`, in order of creation. */
  fresh(prefix: string, sort: Sort): Term {
    return this.variable(this.table.freshName(prefix), sort)
  }

  /** An uninterpreted function of one or more arguments; SortError if the name is taken by another signature. */
  declareFunction(name: string, domain: readonly Sort[], range: Sort): FunctionSymbol {
    if (domain.length === 0) throw new SortError('declareFunction', `${name} has no arguments: use variable`)
    return this.table.symbol(name, domain, range)
  }

  apply(symbol: FunctionSymbol, ...args: readonly Term[]): Term {
    const { name, domain } = symbol
    if (args.length !== domain.length) {
      throw new SortError('apply', `${name} takes ${domain.length} arguments, not ${args.length}`)
    }
    for (const [i, sort] of domain.entries()) requireSort(`apply ${name}`, args[i], sort)
    return this.make('apply', symbol.range, args, 0, 0, symbol)
  }

  not(a: Term): Term {
    requireBool('not', a)
    return this.make('not', boolSort, [a])
  }

  /** True for no arguments. */
  and(...args: readonly Term[]): Term {
    return this.all(args)
  }

  /** False for no arguments. */
  or(...args: readonly Term[]): Term {
    return this.any(args)
  }

  /** `and` of a list. */
  all(args: readonly Term[]): Term {
    return this.#connect('and', args, this.true)
  }

  /** `or` of a list. */
  any(args: readonly Term[]): Term {
    return this.#connect('or', args, this.false)
  }

  #connect(op: 'and' | 'or', args: readonly Term[], ofNone: Term): Term {
    for (const arg of args) requireBool(op, arg)
    const [first] = args
    if (first === undefined) return ofNone
    return args.length === 1 ? first : this.make(op, boolSort, args)
  }

  implies(a: Term, b: Term): Term {
    return this.or(this.not(a), b)
  }

  iff(a: Term, b: Term): Term {
    requireBool('iff', a)
    return this.eq(a, b)
  }

  xor(a: Term, b: Term): Term {
    requireBool('xor', a)
    return this.not(this.eq(a, b))
  }

  /** Equality within any sort; arrays are equal where all their elements are. */
  eq(a: Term, b: Term): Term {
    requireSort('eq', b, a.sort)
    return this.make('eq', boolSort, [a, b])
  }

  /** True where no two arguments are equal. */
  distinct(...args: readonly Term[]): Term {
    const pairs: Term[] = []
    for (const [i, a] of args.entries()) {
      for (let j = 0; j < i; j++) {
        const b = args[j]
        if (b !== undefined) pairs.push(this.not(this.eq(b, a)))
      }
    }
    return this.all(pairs)
  }

  /** `yes` where `condition` holds, else `no`; any sort, the same for both. */
  ite(condition: Term, yes: Term, no: Term): Term {
    requireBool('ite', condition)
    requireSort('ite', no, yes.sort)
    return this.make('ite', yes.sort, [condition, yes, no])
  }
}

export function requireBool(operation: string, term: Term): void {
  if (term.sort.kind !== 'bool') throw new SortError(operation, `takes Bool, not ${printSort(term.sort)}`)
}

export function requireSort(operation: string, term: Term | undefined, sort: Sort): void {
  if (term === undefined) throw new SortError(operation, 'an argument is missing')
  if (!sameSort(term.sort, sort)) {
    throw new SortError(operation, `takes ${printSort(sort)} here, not ${printSort(term.sort)}`)
  }
}
