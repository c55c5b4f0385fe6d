/**
 * The hash-cons table: open addressing over numeric hashes of (operation, arguments, parameters), no string is ever
 * built. Constants and symbols have tables of their own, keyed by value and by name.
 */
import { SortError } from './errors.js'
import { bitVecSort, boolSort, intSort, printSort, type Sort, sameSort } from './sorts.js'
import { type FunctionSymbol, type Op, Term } from './term.js'

const noTerms: readonly Term[] = Object.freeze([])

export class TermTable {
  readonly true: Term
  readonly false: Term
  readonly #terms: Term[] = []
  /** Ids plus one, 0 for an empty place; the length is a power of two. */
  #places = new Int32Array(1 << 6)
  #hashes = new Int32Array(1 << 6)
  #compounds = 0
  readonly #bitVecs = new Map<number, Map<bigint, Term>>()
  readonly #ints = new Map<bigint, Term>()
  readonly #symbols = new Map<string, FunctionSymbol>()
  readonly #freshNumbers = new Map<string, number>()
  readonly #variables = new Map<FunctionSymbol, Term>()

  constructor() {
    this.false = this.#add('false', boolSort, noTerms, 0, 0, 0n, undefined)
    this.true = this.#add('true', boolSort, noTerms, 0, 0, 0n, undefined)
  }

  /** How many terms there are; ids run from 0 to `size - 1`. */
  get size(): number {
    return this.#terms.length
  }

  /** The term with this id, if there is one. */
  at(id: number): Term | undefined {
    return this.#terms[id]
  }

  /** The bit-vector constant of `value` modulo 2^width. */
  bitVec(value: bigint, width: number): Term {
    let ofWidth = this.#bitVecs.get(width)
    if (ofWidth === undefined) {
      ofWidth = new Map()
      this.#bitVecs.set(width, ofWidth)
    }
    const wrapped = BigInt.asUintN(width, value)
    const known = ofWidth.get(wrapped)
    if (known !== undefined) return known
    const made = this.#add('bv', bitVecSort(width), noTerms, 0, 0, wrapped, undefined)
    ofWidth.set(wrapped, made)
    return made
  }

  int(value: bigint): Term {
    const known = this.#ints.get(value)
    if (known !== undefined) return known
    const made = this.#add('int', intSort, noTerms, 0, 0, value, undefined)
    this.#ints.set(value, made)
    return made
  }

  /** The symbol of this name; throws SortError where the name is already one of another signature. */
  symbol(name: string, domain: readonly Sort[], range: Sort): FunctionSymbol {
    const known = this.#symbols.get(name)
    if (known === undefined) {
      checkName(name)
      const symbol: FunctionSymbol = Object.freeze({
        id: this.#symbols.size,
        name,
        domain: Object.freeze([...domain]),
        range,
      })
      this.#symbols.set(name, symbol)
      return symbol
    }
    const same =
      sameSort(known.range, range) &&
      known.domain.length === domain.length &&
      known.domain.every((sort, i) => sameSort(sort, domain[i] ?? range))
    if (!same) {
      throw new SortError('symbol', `${name} is already ${printSignature(known)}`)
    }
    return known
  }

  /** `prefix` if no symbol has that name yet, else the first of `prefix!1`, `prefix!2`, ... that none has. */
  freshName(prefix: string): string {
    if (!this.#symbols.has(prefix)) return prefix
    let number = this.#freshNumbers.get(prefix) ?? 1
    while (this.#symbols.has(`${prefix}!${number}`)) number++
    this.#freshNumbers.set(prefix, number + 1)
    return `${prefix}!${number}`
  }

  variable(symbol: FunctionSymbol): Term {
    const known = this.#variables.get(symbol)
    if (known !== undefined) return known
    const made = this.#add('var', symbol.range, noTerms, 0, 0, 0n, symbol)
    this.#variables.set(symbol, made)
    return made
  }

  /** The node of an operation on arguments. `args` is kept: the caller must not change it afterwards. */
  compound(
    op: Op,
    sort: Sort,
    args: readonly Term[],
    hi: number,
    lo: number,
    symbol: FunctionSymbol | undefined,
  ): Term {
    const hash = hashOf(op, args, symbol === undefined ? hi : symbol.id, lo)
    const mask = this.#places.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const place = this.#places[at] ?? 0
      if (place === 0) {
        const made = this.#add(op, sort, args, hi, lo, 0n, symbol)
        this.#places[at] = made.id + 1
        this.#hashes[at] = hash
        if (++this.#compounds * 2 > this.#places.length) this.#grow()
        return made
      }
      if (this.#hashes[at] !== hash) continue
      const known = this.#terms[place - 1]
      if (known !== undefined && isNode(known, op, sort, args, hi, lo, symbol)) return known
    }
  }

  #add(
    op: Op,
    sort: Sort,
    args: readonly Term[],
    hi: number,
    lo: number,
    value: bigint,
    symbol: FunctionSymbol | undefined,
  ): Term {
    const made = new Term(this.#terms.length, op, sort, args, hi, lo, value, symbol)
    this.#terms.push(made)
    return made
  }

  #grow(): void {
    const [places, hashes] = [this.#places, this.#hashes]
    const length = places.length * 2
    this.#places = new Int32Array(length)
    this.#hashes = new Int32Array(length)
    for (let from = 0; from < places.length; from++) {
      const place = places[from] ?? 0
      if (place === 0) continue
      const hash = hashes[from] ?? 0
      let at = hash & (length - 1)
      while (this.#places[at] !== 0) at = (at + 1) & (length - 1)
      this.#places[at] = place
      this.#hashes[at] = hash
    }
  }
}

function isNode(
  term: Term,
  op: Op,
  sort: Sort,
  args: readonly Term[],
  hi: number,
  lo: number,
  symbol: FunctionSymbol | undefined,
): boolean {
  if (term.op !== op || term.hi !== hi || term.lo !== lo || term.symbol !== symbol) return false
  if (term.args.length !== args.length) return false
  for (let i = 0; i < args.length; i++) if (term.args[i] !== args[i]) return false
  // Arguments fix the sort of every operation but const_array, whose index sort is free.
  return op !== 'const_array' || sameSort(term.sort, sort)
}

/** A small number per operation for the hash: its place in the order in which operations first appear. */
const opCodes: Readonly<Record<Op, number>> = {
  true: 1,
  false: 2,
  bv: 3,
  int: 4,
  var: 5,
  apply: 6,
  not: 7,
  and: 8,
  or: 9,
  eq: 10,
  ite: 11,
  bvnot: 12,
  bvneg: 13,
  bvand: 14,
  bvor: 15,
  bvxor: 16,
  bvadd: 17,
  bvsub: 18,
  bvmul: 19,
  bvudiv: 20,
  bvurem: 21,
  bvsdiv: 22,
  bvsrem: 23,
  bvshl: 24,
  bvlshr: 25,
  bvashr: 26,
  concat: 27,
  extract: 28,
  zero_extend: 29,
  sign_extend: 30,
  bvult: 31,
  bvule: 32,
  bvslt: 33,
  bvsle: 34,
  select: 35,
  store: 36,
  const_array: 37,
  'int.add': 38,
  'int.mul': 39,
  'int.div': 40,
  'int.mod': 41,
  'int.le': 42,
  bv2nat: 43,
}

function hashOf(op: Op, args: readonly Term[], hi: number, lo: number): number {
  let hash = Math.imul(opCodes[op] ^ (hi << 8) ^ (lo << 20), 0x9e3779b1)
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (arg === undefined) continue
    hash = Math.imul(hash ^ (hash >>> 15) ^ arg.id, 0x85ebca77)
  }
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** Names are printed between bars where need be; two signs cannot be written even there, and printing uses `$` itself. */
function checkName(name: string): void {
  if (name === '' || /^\$|[|\\]|[^\x20-\x7e]/.test(name)) {
    const what = 'printable ASCII without | and \\, not beginning with $'
    throw new SortError('symbol', `${JSON.stringify(name)} is not a name: ${what}`)
  }
}

function printSignature(symbol: FunctionSymbol): string {
  return `(${symbol.domain.map(printSort).join(' ')}) -> ${printSort(symbol.range)}`
}
