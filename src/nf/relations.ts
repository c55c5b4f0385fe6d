/**
 * Relations between configuration values, as nf.yaml states them: `startPort + maxFlows <= 65536`. Whole numbers,
 * names, + - * and parentheses, compared with < <= > >= == !=, joined by &&. Arithmetic is exact.
 */

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'name'; readonly name: string; readonly column: number }
  | {
      readonly kind: 'arithmetic'
      readonly operator: '+' | '-' | '*'
      readonly left: Expression
      readonly right: Expression
    }

export interface Comparison {
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!='
  readonly left: Expression
  readonly right: Expression
}

/** All comparisons must hold. */
export interface Relation {
  readonly text: string
  readonly comparisons: readonly Comparison[]
}

/** What is wrong with a relation, and at which 1-based column of its text. */
export class RelationError extends Error {
  readonly column: number

  constructor(what: string, column: number) {
    super(what)
    this.column = column
  }
}

interface Token {
  readonly text: string
  readonly column: number
}

const TOKEN = /\s*(\d[\d_]*|[A-Za-z]\w*|&&|<=|>=|==|!=|[<>+\-*()])/y

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    const found = match?.[1]
    if (found === undefined) {
      const column = start + 1 + (text.length - start - text.slice(start).trimStart().length)
      throw new RelationError(`"${text[column - 1] ?? ''}" has no meaning in a relation`, column)
    }
    tokens.push({ text: found, column: TOKEN.lastIndex - found.length + 1 })
  }
  return tokens
}

/** Parses `text`, or throws a RelationError. */
export function parseRelation(text: string): Relation {
  const parser = new Parser(tokenize(text), text.length + 1)
  const comparisons = [parser.comparison()]
  while (parser.takes('&&')) comparisons.push(parser.comparison())
  parser.end()
  return { text, comparisons }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #end: number
  #at = 0

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens
    this.#end = end
  }

  takes(text: string): boolean {
    if (this.#tokens[this.#at]?.text !== text) return false
    this.#at++
    return true
  }

  end(): void {
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw new RelationError(`"${rest.text}" is not expected here`, rest.column)
  }

  comparison(): Comparison {
    const left = this.#sum()
    for (const operator of ['<=', '>=', '==', '!=', '<', '>'] as const) {
      if (this.takes(operator)) return { operator, left, right: this.#sum() }
    }
    throw new RelationError('a comparison (<, <=, >, >=, ==, !=) is missing', this.#column())
  }

  #column(): number {
    return this.#tokens[this.#at]?.column ?? this.#end
  }

  #sum(): Expression {
    let left = this.#product()
    for (;;) {
      if (this.takes('+')) left = { kind: 'arithmetic', operator: '+', left, right: this.#product() }
      else if (this.takes('-')) left = { kind: 'arithmetic', operator: '-', left, right: this.#product() }
      else return left
    }
  }

  #product(): Expression {
    let left = this.#factor()
    while (this.takes('*')) left = { kind: 'arithmetic', operator: '*', left, right: this.#factor() }
    return left
  }

  #factor(): Expression {
    if (this.takes('-')) {
      return { kind: 'arithmetic', operator: '-', left: { kind: 'number', value: 0n }, right: this.#factor() }
    }
    if (this.takes('(')) {
      const inner = this.#sum()
      if (!this.takes(')')) throw new RelationError('")" is missing', this.#column())
      return inner
    }
    const token = this.#tokens[this.#at]
    if (token === undefined || !/^\w/.test(token.text)) {
      throw new RelationError('a number or the name of a configuration value is missing', this.#column())
    }
    this.#at++
    if (/^\d/.test(token.text)) return { kind: 'number', value: BigInt(token.text.replaceAll('_', '')) }
    return { kind: 'name', name: token.text, column: token.column }
  }
}

/** The names that a relation speaks of, each once. */
export function namesIn(relation: Relation): ReadonlyMap<string, number> {
  const names = new Map<string, number>()
  const visit = (expression: Expression): void => {
    if (expression.kind === 'name' && !names.has(expression.name)) names.set(expression.name, expression.column)
    if (expression.kind !== 'arithmetic') return
    visit(expression.left)
    visit(expression.right)
  }
  for (const { left, right } of relation.comparisons) {
    visit(left)
    visit(right)
  }
  return names
}

/** Whether a relation holds for these values; a name without a value is a fault of the caller. */
export function holds(relation: Relation, values: ReadonlyMap<string, bigint>): boolean {
  return relation.comparisons.every(({ operator, left, right }) => {
    const a = evaluate(left, values)
    const b = evaluate(right, values)
    if (operator === '<') return a < b
    if (operator === '<=') return a <= b
    if (operator === '>') return a > b
    if (operator === '>=') return a >= b
    return operator === '==' ? a === b : a !== b
  })
}

function evaluate(expression: Expression, values: ReadonlyMap<string, bigint>): bigint {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'name') {
    const value = values.get(expression.name)
    if (value === undefined) throw new Error(`relation speaks of ${expression.name}, which has no value`)
    return value
  }
  const left = evaluate(expression.left, values)
  const right = evaluate(expression.right, values)
  if (expression.operator === '+') return left + right
  return expression.operator === '-' ? left - right : left * right
}
