/** Terms that are no conditions, as text: header fields, fields of entries, sums. */
import { formatDuration } from '../../nf/quantities.js'
import { formatField } from '../../packet/index.js'
import type { Term } from '../../smt/index.js'
import { fieldsOf, type PacketKind, placeOf } from './headers.js'
import { type Constant, type Piece, piecesOf, type Slice, signed, sumOf } from './pieces.js'
import { fieldNames, recordParts, type StateNames } from './state-names.js'

/** Text for a condition, which values may depend on. */
type Conditions = (term: Term) => string

const INFIX: Readonly<Record<string, string>> = {
  bvmul: ' * ',
  'int.mul': ' * ',
  bvudiv: ' / ',
  bvsdiv: ' / ',
  'int.div': ' / ',
  bvurem: ' % ',
  bvsrem: ' % ',
  'int.mod': ' % ',
  bvsub: ' - ',
  bvand: ' & ',
  bvor: ' | ',
  bvxor: ' ^ ',
  bvshl: ' << ',
  bvlshr: ' >> ',
  bvashr: ' >> ',
}

const ARITHMETIC: ReadonlySet<string> = new Set(['bvadd', 'bvsub', 'bvneg', 'bvmul'])

const VARIABLES: Readonly<Record<string, string>> = {
  'packet.length': 'length of the packet',
  port: 'ingress port',
  now: 'now',
  last: 'time of the packet before',
}

/** Terms within terms that are still told: they share parts, so that all of one may be longer than can be written. */
const DEEPEST = 8

/** Nanoseconds that are worth a unit. */
const LEAST_DURATION = 1_000_000n

export class ValueText {
  readonly #states: StateNames
  readonly #kind: PacketKind
  readonly #resolve: (term: Term) => Term
  readonly #condition: Conditions
  #depth = 0

  constructor(states: StateNames, kind: PacketKind, resolve: (term: Term) => Term, condition: Conditions) {
    this.#states = states
    this.#kind = kind
    this.#resolve = resolve
    this.#condition = condition
  }

  of(term: Term): string {
    if (this.#depth === DEEPEST) return '…'
    this.#depth++
    const known = this.#resolve(term)
    const text = known.sort.kind === 'bitvec' ? this.pieces(piecesOf(known, this.#resolve)) : this.#computed(known)
    this.#depth--
    return text
  }

  piecesOf(term: Term): Piece[] {
    return piecesOf(term, this.#resolve)
  }

  /** As one number; zeros before it do not count. */
  pieces(all: readonly Piece[]): string {
    const first = all.findIndex((piece) => piece.kind === 'slice' || piece.value !== 0n)
    if (first === -1) return '0'
    const [one, second, ...others] = all.slice(first)
    if (one === undefined) return '0'
    if (second === undefined) return this.#piece(one)
    const isShifted = one.kind === 'slice' && second.kind === 'constant' && second.value === 0n && others.length === 0
    if (isShifted && second.width < 8) return `${2 ** second.width} * ${this.#piece(one)}`
    return `(${[one, second, ...others].map((piece) => this.#piece(piece)).join(', ')})`
  }

  /** What a piece is equal to, as its fields have it. */
  constantFor(slice: Slice, { value, width }: Constant): readonly (readonly [string, string])[] {
    const fields = fieldsOf(slice, this.#kind)
    if (fields === undefined) return [[this.slice(slice), width > 16 ? hex(value) : String(value)]]
    let left = width
    return fields.map(({ name, field, width: bits }) => {
      left -= bits
      return [name, formatField(field, (value >> BigInt(left)) & ((1n << BigInt(bits)) - 1n))]
    })
  }

  /** What a number's highest bit alone is of: the number, whose sign it is. */
  signOf({ base, bit, width }: Slice): string | undefined {
    if (base.kind !== 'term' || bit !== 0 || width !== 1 || base.term.width === 1) return undefined
    return ARITHMETIC.has(base.term.op) ? this.#computed(base.term) : undefined
  }

  slice(slice: Slice): string {
    const { base, bit, width } = slice
    if (base.kind === 'packet') {
      const names = fieldsOf(slice, this.#kind)?.map(({ name }) => name)
      if (names !== undefined) return names.join(', ')
      const { text, isInHeader } = placeOf(slice, this.#kind)
      if (isInHeader || base.from.length === 0) return text
      return `${text} from ${base.from.map((term) => this.of(term)).join(' + ')} on`
    }
    const { term } = base
    const entry = this.#entryField(term, bit, width)
    if (entry !== undefined) return entry
    const text = this.#computed(term)
    // The lower bits of a number are that number as long as it is small.
    const isLowPart = bit + width === term.width && bit > 0
    if (bit === 0 && width === term.width) return text
    return isLowPart ? `${text} mod ${2n ** BigInt(width)}` : `${text} bits ${bit}..${bit + width - 1}`
  }

  /** A record as its fields, or as its pieces. */
  record(term: Term, structure: string, part: 'key' | 'value'): string {
    const pieces = this.piecesOf(term)
    const names = this.#states.of(structure)
    const parts = recordParts(pieces, part === 'key' ? names.keyLayout : names.valueLayout)
    if (parts === undefined) return `(${pieces.map((piece) => this.#piece(piece)).join(', ')})`
    return `{ ${parts.map(([name, each]) => `${name}: ${this.pieces(each)}`).join(', ')} }`
  }

  /** `name.part` of a structure. */
  structureOf(term: Term): { readonly name: string; readonly what: string; readonly structure: string } | undefined {
    const symbol = term.symbol?.name ?? ''
    const dot = symbol.indexOf('.')
    if (term.op !== 'apply' || dot < 0) return undefined
    const structure = symbol.slice(0, dot)
    return { name: this.#states.of(structure).name, what: symbol.slice(dot + 1), structure }
  }

  #piece(piece: Piece): string {
    if (piece.kind === 'slice') return this.slice(piece)
    return piece.width > 16 && piece.value > 0xffffn ? hex(piece.value) : String(piece.value)
  }

  /** `flows[slot].peer` */
  #entryField(term: Term, bit: number, width: number): string | undefined {
    const found = this.structureOf(term)
    const [index] = term.args
    if (found === undefined || index === undefined || (found.what !== 'key' && found.what !== 'value')) return undefined
    const { keyLayout, valueLayout } = this.#states.of(found.structure)
    const entry = `${found.name}[${this.of(index)}]`
    if (bit === 0 && width === term.width) return found.what === 'key' ? entry : `${entry}.${found.what}`
    const field = fieldNames(found.what === 'key' ? keyLayout : valueLayout, bit, width)
    return field === undefined ? `${entry}.${found.what} bits ${bit}..${bit + width - 1}` : `${entry}.${field}`
  }

  #computed(term: Term): string {
    const [a, b, c] = term.args
    switch (term.op) {
      case 'bv':
      case 'int':
        return String(term.value)
      case 'true':
      case 'false':
        return term.op
      case 'var':
        return VARIABLES[term.symbol?.name ?? ''] ?? term.symbol?.name ?? '?'
      case 'apply':
        return this.#application(term)
      case 'bvadd':
      case 'int.add':
        return this.#sum(term)
      case 'bvneg':
        return a === undefined ? '?' : `-${this.#operand(a)}`
      case 'bvnot':
        return a === undefined ? '?' : `~${this.#operand(a)}`
      case 'sign_extend':
      case 'bv2nat':
        return a === undefined ? '?' : this.of(a)
      case 'ite':
        if (a === undefined || b === undefined || c === undefined) return '?'
        return `(${this.#condition(a)} ? ${this.of(b)} : ${this.of(c)})`
      default: {
        const infix = INFIX[term.op]
        const args = term.args.map((arg) => this.#operand(arg))
        return infix === undefined ? `${term.op}(${args.join(', ')})` : args.join(infix)
      }
    }
  }

  #operand(term: Term): string {
    const text = this.of(term)
    return /^[\w.]+$|^\w+\[[^\]]*\][\w.]*$/.test(text) ? text : `(${text})`
  }

  /** Constants last, negative ones subtracted, those of times with their unit. */
  #sum(term: Term): string {
    const { from, constant } =
      term.op === 'bvadd'
        ? sumOf(term, this.#resolve)
        : { from: term.args.filter(({ op }) => op !== 'int'), constant: intPart(term) }
    const parts = from.map((part) => this.of(part))
    const [first = '0', ...others] = parts.sort((x, y) => Number(x.startsWith('-')) - Number(y.startsWith('-')))
    const sum = others.reduce(
      (text, part) => text + (part.startsWith('-') ? ` - ${part.slice(1)}` : ` + ${part}`),
      first,
    )
    if (constant === 0n) return sum
    const size = constant < 0n ? -constant : constant
    const isTime = size >= LEAST_DURATION && parts.some((part) => /\bnow\b|\btime\b/.test(part))
    return `${sum} ${constant < 0n ? '-' : '+'} ${isTime ? formatDuration(size) : size}`
  }

  #application(term: Term): string {
    const found = this.structureOf(term)
    const [argument] = term.args
    if (found === undefined || argument === undefined) {
      return `${term.symbol?.name ?? '?'}(${term.args.map((arg) => this.of(arg)).join(', ')})`
    }
    const { name, what, structure } = found
    if (what === 'time' || what === 'cell') return `${name}[${this.of(argument)}]${what === 'time' ? '.time' : ''}`
    if (what === 'slot' || what === 'get') return `${what} of ${this.record(argument, structure, 'key')} in ${name}`
    if (what.startsWith('kept')) return `entries of ${name} that are not expired`
    if (name === 'hash') return `hash of ${this.of(argument)}`
    return `${name}.${what}(${term.args.map((arg) => this.of(arg)).join(', ')})`
  }
}

function intPart(term: Term): bigint {
  return term.args.reduce((sum, arg) => (arg.op === 'int' ? sum + arg.value : sum), 0n)
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

/** A constant of a comparison, which may stand for a negative number. */
export function numberText(term: Term, isSigned: boolean): string {
  return String(isSigned ? signed(term.value, term.width) : term.value)
}
