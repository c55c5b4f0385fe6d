/**
 * A condition of a path as a person would write it: `ethernet.type = 0x0800 (ipv4)` for what the solver is told of bytes
 * 12 and 13. Texts are for reading: no verdict depends on them.
 */
import type { Term, Terms } from '../smt/index.js'
import { Knowledge } from './describe/knowledge.js'
import { joined, type Piece, type Slice, together } from './describe/pieces.js'
import { StateNames } from './describe/state-names.js'
import { numberText, ValueText } from './describe/values.js'
import type { Pairing } from './pairing.js'

export interface Described {
  readonly condition: string
  /** Whether the condition as it is written holds. */
  readonly value: boolean
}

/** Conditions within conditions that are still told. */
const DEEPEST = 5

/** Longer texts are cut. */
const LONGEST = 300

/** The conditions of one path, in their order. */
export class ConditionTexts {
  readonly #terms: Terms
  readonly #states: StateNames
  #known: Knowledge

  constructor(terms: Terms, pairing: Pairing) {
    this.#terms = terms
    this.#states = new StateNames(pairing)
    this.#known = new Knowledge(terms)
  }

  /** The next one, and which way it went; what it says is known for those after it. */
  next(condition: Term, value: boolean): Described {
    const positive = positiveOf(condition)
    const text = this.#textOf(positive.term).condition(positive.term)
    this.know(value ? condition : this.#terms.not(condition))
    return { condition: cutAt(text), value: value === positive.value }
  }

  /** What is decided without being told. */
  know(fact: Term): void {
    this.#known = this.#known.with(fact)
  }

  /** Any value, under what is known. */
  value(term: Term): string {
    return cutAt(new ConditionText(this.#states, this.#known, []).value(term))
  }

  #textOf(term: Term): ConditionText {
    return new ConditionText(this.#states, this.#known, term.op === 'and' ? term.args : [term])
  }
}

/** A record that is named again is not told again. */
function cutAt(long: string): string {
  const seen = new Set<string>()
  const text = long.replace(/\{ [^{}]* \}/g, (record) => {
    if (seen.has(record)) return '{ the same }'
    seen.add(record)
    return record
  })
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

/** Without negations around it; "not this and not that" as what is negated. */
function positiveOf(term: Term): { readonly term: Term; readonly value: boolean } {
  const [inner] = term.args
  if (term.op !== 'not' || inner === undefined) return { term, value: true }
  const { term: positive, value } = positiveOf(inner)
  return { term: positive, value: !value }
}

const COMPARISONS: Readonly<Record<string, readonly [holds: string, fails: string]>> = {
  bvult: ['<', '>='],
  bvslt: ['<', '>='],
  bvule: ['<=', '>'],
  bvsle: ['<=', '>'],
  'int.le': ['<=', '>'],
}

const OPPOSITE: Readonly<Record<string, string>> = { '=': '!=', '<': '>=', '>=': '<' }

/** An equality of some bits with others. */
interface Equality {
  readonly left: Slice
  readonly right: readonly Piece[]
}

class ConditionText {
  readonly #states: StateNames
  readonly #known: Knowledge
  /** What is said beside it: of a packet that is TCP, the bytes have other names. */
  readonly #parts: readonly Term[]
  readonly #values: ValueText
  readonly #depth: number

  constructor(states: StateNames, known: Knowledge, parts: readonly Term[], depth = 0) {
    this.#depth = depth
    this.#states = states
    this.#known = known
    this.#parts = parts
    this.#values = new ValueText(states, known.kind(parts), known.resolve, (term) => this.condition(term))
  }

  value(term: Term): string {
    return this.#values.of(term)
  }

  condition(term: Term, holds = true): string {
    const [a] = term.args
    if (term.op === 'not' && a !== undefined) return this.condition(a, !holds)
    if (term.op === 'and') return this.#all(term.args, holds)
    if (term.op === 'or') return this.#any(term.args, holds)
    if (term.op === 'eq') return this.#equality(term, holds)
    const comparison = COMPARISONS[term.op]
    if (comparison !== undefined) return this.#comparison(term, comparison, holds)
    return this.#truth(term, holds)
  }

  #all(parts: readonly Term[], holds: boolean): string {
    const isOfNegations = parts.every(({ op }) => op === 'not')
    if (!holds && isOfNegations) return parts.map((part) => this.#inner(part, false)).join(' or ')
    const equalities = parts.flatMap((part) => this.#asEquality(part) ?? [])
    const others = parts.filter((part) => this.#asEquality(part) === undefined)
    const texts = [
      ...merged(equalities).map((each) => this.#equal(each)),
      ...others.map((part) => this.#inner(part, true)),
    ]
    const text = texts.join(' and ')
    return holds ? text : `not (${text})`
  }

  #any(parts: readonly Term[], holds: boolean): string {
    const text = parts.map((part) => this.#inner(part, true)).join(' or ')
    return holds ? text : `not (${text})`
  }

  #inner(term: Term, holds: boolean): string {
    if (this.#depth === DEEPEST) return '…'
    const text = this.#beside(term).condition(term, holds)
    return / and | or /.test(text) && !text.startsWith('not (') ? `(${text})` : text
  }

  #beside(term: Term): ConditionText {
    const [inner] = term.args
    if (term.op === 'not' && inner !== undefined) return this.#beside(inner)
    const parts = term.op === 'and' ? [...this.#parts, ...term.args] : this.#parts
    return new ConditionText(this.#states, this.#known, parts, this.#depth + 1)
  }

  #equality(term: Term, holds: boolean): string {
    const equality = this.#asEquality(term)
    if (equality !== undefined) return holds ? this.#equal(equality) : this.#unequal(equality)
    const [a, b] = term.args
    if (a === undefined || b === undefined) return '?'
    if (a.sort.kind === 'bool')
      return `${this.#inner(a, true)} ${holds ? 'exactly if' : 'unless'} ${this.#inner(b, true)}`
    return `${this.value(a)} ${holds ? '=' : '!='} ${this.value(b)}`
  }

  #equal({ left, right }: Equality): string {
    const [only, ...others] = right
    if (only?.kind === 'constant' && others.length === 0) {
      const sign = this.#values.signOf(left)
      if (sign !== undefined) return `${sign} ${only.value === 1n ? '<' : '>='} 0`
      const fields = this.#values.constantFor(left, only)
      return fields.map(([name, value]) => `${name} = ${value}`).join(' and ')
    }
    return `${this.#values.slice(left)} = ${this.#values.pieces(right)}`
  }

  #unequal(equality: Equality): string {
    const text = this.#equal(equality)
    if (text.includes(' and ')) return `not (${text})`
    return text.replace(/ (=|<|>=) /, (_, operator: string) => ` ${OPPOSITE[operator] ?? '!='} `)
  }

  /** Where one side is one piece of something. */
  #asEquality(term: Term): Equality | undefined {
    const [a, b] = term.args
    if (term.op !== 'eq' || a === undefined || b === undefined || a.sort.kind !== 'bitvec') return undefined
    const [x, y] = [this.#values.piecesOf(a), this.#values.piecesOf(b)]
    const [left, right] = isPreferred(x, y) ? [x, y] : [y, x]
    const [first, ...others] = left
    return first?.kind === 'slice' && others.length === 0 ? { left: first, right } : undefined
  }

  #comparison(term: Term, [whenTrue, whenFalse]: readonly [string, string], holds: boolean): string {
    const [a, b] = term.args
    if (a === undefined || b === undefined) return '?'
    const isSigned = term.op === 'bvslt' || term.op === 'bvsle'
    const side = (each: Term): string => (each.op === 'bv' ? numberText(each, isSigned) : this.value(each))
    const [left, right] = [side(a), side(b)]
    // Below an unsigned bound after a subtraction: both ends at once.
    const isRange = !isSigned && a.op === 'bvadd' && / - /.test(left)
    if (isRange) return holds ? `0 <= ${left} ${whenTrue} ${right}` : `not (0 <= ${left} ${whenTrue} ${right})`
    return `${left} ${holds ? whenTrue : whenFalse} ${right}`
  }

  #truth(term: Term, holds: boolean): string {
    const found = this.#values.structureOf(term)
    const [argument] = term.args
    if (found === undefined || argument === undefined) return holds ? this.value(term) : `not ${this.value(term)}`
    const { name, what, structure } = found
    if (what === 'used') return `${name}[${this.value(argument)}] is ${holds ? '' : 'not '}in use`
    if (what === 'has') return `${name} has ${holds ? '' : 'not '}${this.#values.record(argument, structure, 'key')}`
    return `${holds ? '' : 'not '}${this.value(term)}`
  }
}

/** What is on the left: the packet before anything else, constants never. */
function isPreferred(a: readonly Piece[], b: readonly Piece[]): boolean {
  const rank = ([first, ...others]: readonly Piece[]): number => {
    if (first?.kind !== 'slice' || others.length > 0) return 2
    return first.base.kind === 'packet' ? 0 : 1
  }
  return rank(a) <= rank(b)
}

/** Equalities of bits that follow each other, as one. */
function merged(equalities: readonly Equality[]): readonly Equality[] {
  const order = (a: Equality, b: Equality): number =>
    a.left.base.key === b.left.base.key ? a.left.bit - b.left.bit : 0
  const found: Equality[] = []
  for (const next of [...equalities].sort(order)) {
    const at = found.findIndex((each) => bothOf(each, next) !== undefined)
    const both = at === -1 ? undefined : bothOf(found[at], next)
    if (both === undefined) found.push(next)
    else found[at] = both
  }
  return found
}

/** The second continues the first on both sides. */
function bothOf(a: Equality | undefined, b: Equality): Equality | undefined {
  const [last, first] = [a?.right.at(-1), b.right[0]]
  if (a === undefined || last === undefined || first === undefined) return undefined
  const left = together(a.left, b.left)
  if (left?.kind !== 'slice' || together(last, first) === undefined) return undefined
  return { left, right: joined([...a.right, ...b.right]) }
}
