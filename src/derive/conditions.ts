/**
 * The conditions of a specification's source: what an `if`, `?:` or loop asks, the operands of `&&` and `||`, what `??`
 * looks at, and every comparison. Each has two sides; a comparison of numbers has a boundary besides.
 */
import { readFileSync } from 'node:fs'
import type { Node } from 'acorn'

import { InputError } from '../errors.js'
import type { ObservedPart, ObservedPlace } from '../spec/instrumented/index.js'
import { placesOf } from '../spec/load/instrument.js'
import { child, children, part, text, walk } from '../spec/load/nodes.js'

export interface Condition {
  /** `line:column` of its first character, and of its end: two conditions may begin at one place. */
  readonly id: string
  readonly line: number
  readonly column: number
  /** Offsets in the source. */
  readonly start: number
  readonly end: number
  readonly text: string
  /** Whether the left side has to be less than the right one, or greater; undefined where it is no comparison of order. */
  readonly order: 'less' | 'greater' | undefined
}

/** A lookup in a table: a call. */
export interface Lookup extends Condition {
  /** Where its run says that it is: `line:column` of the name that is called. */
  readonly at: string
}

const LOOKUPS: ReadonlySet<string> = new Set(['get', 'touch', 'keyAt', 'has'])
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '===', '!=='])

/** Of one module. */
export class Conditions {
  readonly file: string
  readonly source: string
  readonly #nodes: readonly Node[]
  readonly #program: Node
  readonly #made = new Map<string, Condition>()

  constructor(file: string) {
    this.file = file
    this.source = readFileSync(file, 'utf8')
    const { nodes, program } = placesOf(this.source, file)
    this.#nodes = nodes
    this.#program = program
  }

  /** All of them in `process` and the functions of the module, in the order of the source. */
  get all(): readonly Condition[] {
    const found = new Map<string, Condition>()
    const add = (node: Node | undefined): void => {
      if (node === undefined) return
      const condition = this.#of(node)
      found.set(condition.id, condition)
    }
    walk(this.#program, (node) => {
      if (['IfStatement', 'ConditionalExpression', 'ForStatement'].includes(node.type)) add(child(node, 'test'))
      if (node.type === 'LogicalExpression') {
        add(part(node, 'left'))
        if (text(node, 'operator') !== '??') add(part(node, 'right'))
      }
      if (node.type === 'BinaryExpression' && COMPARISONS.has(text(node, 'operator'))) add(node)
    })
    return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end)
  }

  /** Calls that look something up in one of the tables. */
  lookups(tables: ReadonlySet<string>): readonly Lookup[] {
    const found: Lookup[] = []
    walk(this.#program, (node) => {
      const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined
      if (callee?.type !== 'MemberExpression') return
      const [object, property] = [part(callee, 'object'), part(callee, 'property')]
      if (!tables.has(text(object, 'name')) || !LOOKUPS.has(text(property, 'name'))) return
      const { line, column } = property.loc?.start ?? { line: 0, column: 0 }
      found.push({ ...this.#of(node), at: `${line}:${column + 1}` })
    })
    return found
  }

  /** Switches are told by none of these. */
  get switches(): readonly Condition[] {
    const found: Condition[] = []
    walk(this.#program, (node) => {
      if (node.type === 'SwitchStatement') found.push(this.#of(part(node, 'discriminant')))
    })
    return found
  }

  /** Other modules of the specification that are imported, as they are named. */
  get imports(): readonly string[] {
    return children(this.#program, 'body').flatMap((node) => {
      const source = child(node, 'source')
      return source === undefined ? [] : text(source, 'value')
    })
  }

  at(place: number, which: ObservedPart): Condition {
    const node = this.#nodes[place]
    if (node === undefined) throw new RangeError(`${this.file} has no place ${place}`)
    return this.#of(which === 'itself' ? node : part(node, which))
  }

  #of(node: Node): Condition {
    const { start, end } = node.loc ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } }
    const id = `${start.line}:${start.column + 1}-${end.line}:${end.column + 1}`
    const known = this.#made.get(id)
    if (known !== undefined) return known
    const source = this.source.slice(node.start, node.end).replace(/\s+/g, ' ')
    const operator = node.type === 'BinaryExpression' ? text(node, 'operator') : ''
    const order = ['<', '<='].includes(operator) ? 'less' : ['>', '>='].includes(operator) ? 'greater' : undefined
    const place = { line: start.line, column: start.column + 1, start: node.start, end: node.end }
    const made: Condition = { id, ...place, text: source, order }
    this.#made.set(id, made)
    return made
  }
}

/** Those of the specification itself; what it imports of other modules has conditions of its own, which are not looked at. */
export function conditionAt(conditions: Conditions, at: ObservedPlace, which: ObservedPart): Condition | undefined {
  return at.file === conditions.file ? conditions.at(at.place, which) : undefined
}

/** What would have sides that are not counted is refused, rather than be called covered. */
export function refuseUnread(conditions: Conditions): void {
  const [first] = conditions.switches
  if (first !== undefined) {
    throw new InputError('a switch is not read by derivation', {
      file: conditions.file,
      line: first.line,
      column: first.column,
      hint: 'write it with if or ?:',
    })
  }
  const other = conditions.imports.find((name) => name.startsWith('.'))
  if (other !== undefined) {
    throw new InputError(`the conditions of ${other} would not be counted`, {
      file: conditions.file,
      hint: 'derivation reads specifications of one file',
    })
  }
}
