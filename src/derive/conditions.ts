/**
 * The conditions of a specification's source: what an `if`, `?:` or loop asks, the operands of `&&` and `||`, what `??`
 * looks at, and every comparison. Each has two sides; a comparison of numbers has a boundary besides.
 */
import type { Node } from 'acorn'

import type { ObservedPart, ObservedPlace } from '../spec/instrumented/index.js'
import { child, part, text, walk } from '../spec/load/nodes.js'
import { readModules, refuseUnread, type SpecModule } from './modules.js'
import { sideOf } from './targets.js'

export interface Condition {
  /** `line:column` of its first character, and of its end: two conditions may begin at one place. After its module, if it has one. */
  readonly id: string
  /** The imported module that it is in, from the folder of the specification. */
  readonly module: string | undefined
  readonly line: number
  readonly column: number
  /** Offsets in the source. */
  readonly start: number
  readonly end: number
  readonly text: string
  /** Whether the left side has to be less than the right one, or greater; undefined where it is no comparison of order. */
  readonly order: 'less' | 'greater' | undefined
  /** The targets of its sides: one text each, since they are counted millions of times. */
  readonly sides: { readonly true: string; readonly false: string }
}

/** A lookup in a table: a call. */
export interface Lookup extends Condition {
  /** Where its run says that it is: `line:column` of the name that is called. */
  readonly at: string
}

const LOOKUPS: ReadonlySet<string> = new Set(['get', 'touch', 'keyAt', 'has'])
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '===', '!=='])

/** Of a specification, with the modules that it imports. */
export class Conditions {
  /** The specification itself first. */
  readonly modules: readonly SpecModule[]
  readonly #ofModules: ReadonlyMap<string, OfModule>

  constructor(file: string) {
    this.modules = readModules(file)
    this.#ofModules = new Map(this.modules.map((module) => [module.file, new OfModule(module)]))
  }

  /** All of them in `process` and the functions of each module, in the order of its source. */
  get all(): readonly Condition[] {
    return [...this.#ofModules.values()].flatMap((each) => each.all)
  }

  /** Calls that look something up in one of the tables. */
  lookups(tables: ReadonlySet<string>): readonly Lookup[] {
    return [...this.#ofModules.values()].flatMap((each) => each.lookups(tables))
  }

  /** Undefined where the place is in none of the modules. */
  at({ file, place }: ObservedPlace, which: ObservedPart): Condition | undefined {
    return this.#ofModules.get(file)?.at(place, which)
  }

  /** @throws InputError where there are others, which are not counted. */
  refuseUnread(): void {
    refuseUnread(this.modules)
  }
}

class OfModule {
  readonly #module: SpecModule
  readonly #made = new Map<string, Condition>()
  /** By their places: each is asked for thousands of times. */
  readonly #placed: Record<ObservedPart, (Condition | undefined)[]> = { itself: [], left: [], right: [] }

  constructor(module: SpecModule) {
    this.#module = module
  }

  get all(): readonly Condition[] {
    const found = new Map<string, Condition>()
    const add = (node: Node | undefined): void => {
      if (node === undefined) return
      const condition = this.#of(node)
      found.set(condition.id, condition)
    }
    walk(this.#module.program, (node) => {
      if (['IfStatement', 'ConditionalExpression', 'ForStatement'].includes(node.type)) add(child(node, 'test'))
      if (node.type === 'LogicalExpression') {
        add(part(node, 'left'))
        if (text(node, 'operator') !== '??') add(part(node, 'right'))
      }
      if (node.type === 'BinaryExpression' && COMPARISONS.has(text(node, 'operator'))) add(node)
    })
    return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end)
  }

  lookups(tables: ReadonlySet<string>): readonly Lookup[] {
    const found: Lookup[] = []
    walk(this.#module.program, (node) => {
      const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined
      if (callee?.type !== 'MemberExpression') return
      const [object, property] = [part(callee, 'object'), part(callee, 'property')]
      if (!tables.has(text(object, 'name')) || !LOOKUPS.has(text(property, 'name'))) return
      const { line, column } = property.loc?.start ?? { line: 0, column: 0 }
      found.push({ ...this.#of(node), at: `${line}:${column + 1}` })
    })
    return found
  }

  at(place: number, which: ObservedPart): Condition {
    const known = this.#placed[which][place]
    if (known !== undefined) return known
    const node = this.#module.nodes[place]
    if (node === undefined) throw new RangeError(`${this.#module.file} has no place ${place}`)
    const found = this.#of(which === 'itself' ? node : part(node, which))
    this.#placed[which][place] = found
    return found
  }

  #of(node: Node): Condition {
    const { name, source } = this.#module
    const { start, end } = node.loc ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } }
    const lines = `${start.line}:${start.column + 1}-${end.line}:${end.column + 1}`
    const id = name === undefined ? lines : `${name}:${lines}`
    const known = this.#made.get(id)
    if (known !== undefined) return known
    const operator = node.type === 'BinaryExpression' ? text(node, 'operator') : ''
    const order = ['<', '<='].includes(operator) ? 'less' : ['>', '>='].includes(operator) ? 'greater' : undefined
    const place = { line: start.line, column: start.column + 1, start: node.start, end: node.end }
    const made: Condition = {
      id,
      module: name,
      ...place,
      sides: { true: sideOf(id, true), false: sideOf(id, false) },
      text: source.slice(node.start, node.end).replace(/\s+/g, ' '),
      order,
    }
    this.#made.set(id, made)
    return made
  }
}
