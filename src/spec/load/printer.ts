/**
 * Prints code anew from its syntax tree: each kind of syntax by its rule, what has none as the author wrote it, with the
 * parts in it printed in turn.
 */
import type { Node } from 'acorn'

import { SpecError } from '../error.js'
import { isNode } from './nodes.js'
import type { VerdictCall } from './transform.js'

export type Rule = (node: Node, printer: Printer) => string

export class Printer {
  /** Line and column, from 1, of each place that hooks were given. */
  readonly places: (readonly [line: number, column: number])[] = []
  /** What of the syntax is at each of them. */
  readonly nodes: Node[] = []
  readonly #code: string
  readonly #file: string
  readonly #rules: Readonly<Record<string, Rule>>
  /** The number of the verdict site of the calls that begin at these offsets. */
  readonly #sites: ReadonlyMap<number, number>
  readonly #constants = new Set<Node>()

  constructor(code: string, file: string, calls: readonly VerdictCall[], rules: Readonly<Record<string, Rule>>) {
    this.#code = code
    this.#file = file
    this.#rules = rules
    this.#sites = new Map(calls.map((call, index) => [call.at, index]))
  }

  print(node: Node): string {
    const rule = Object.hasOwn(this.#rules, node.type) ? this.#rules[node.type] : undefined
    const printed = rule === undefined ? this.asWritten(node) : rule(node, this)
    return this.#constants.has(node) ? `$v.constant(${printed})` : printed
  }

  /** These expressions give what the module keeps. */
  constants(nodes: readonly Node[]): void {
    for (const node of nodes) this.#constants.add(node)
  }

  /** `node` as the author wrote it but for what is in it, printed, or as `replace` gives it. */
  asWritten(node: Node, replace: ReadonlyMap<Node, string> = new Map()): string {
    let result = ''
    let from = node.start
    for (const part of partsOf(node)) {
      result += this.#code.slice(from, part.start) + (replace.get(part) ?? this.print(part))
      from = part.end
    }
    return result + this.#code.slice(from, node.end)
  }

  /** The author's text, untouched. */
  text(node: Node): string {
    return this.#code.slice(node.start, node.end)
  }

  /** The line breaks between two offsets: what of the text there is kept where a hook's call takes its place. */
  breaks(from: number, to: number): string {
    return this.#code.slice(from, to).replace(/[^\n]/g, '')
  }

  /** A call of a hook: the parts of `node` printed as arguments, with the line breaks around them. */
  hook(node: Node, name: string, before: readonly string[], parts: readonly Node[]): string {
    return this.hookOf(node, name, before, parts, (part) => this.print(part))
  }

  /** A call of a hook that writes out its parts in its own way. */
  hookOf(
    node: Node,
    name: string,
    before: readonly string[],
    parts: readonly Node[],
    write: (part: Node, index: number) => string,
  ): string {
    let from = node.start
    const written = parts.map((part, index) => {
      const text = this.breaks(from, part.start) + write(part, index)
      from = part.end
      return text
    })
    return `$v.${name}(${[...before, ...written].join(', ')}${this.breaks(from, node.end)})`
  }

  /** The number of the place where `node` begins. */
  place(node: Node): string {
    const { line, column } = node.loc?.start ?? { line: 0, column: 0 }
    this.nodes.push(node)
    return String(this.places.push([line, column + 1]) - 1)
  }

  refuse(node: Node, what: string, hint: string): never {
    const { line, column } = node.loc?.start ?? { line: 0, column: 0 }
    throw new SpecError(what, { file: this.#file, line, column: column + 1, hint })
  }

  /** The argument that tells a verdict call its site, if `call` is one. */
  site(call: Node): readonly string[] {
    const site = this.#sites.get(call.start)
    return site === undefined ? [] : [`$sites[${site}]`]
  }
}

/** The nodes directly in `node`, in the order of the source. Those that share one text are given once. */
function partsOf(node: Node): Node[] {
  const parts = Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  )
  parts.sort((a, b) => a.start - b.start || b.end - a.end)
  return parts.filter((part, index) => index === 0 || part.start >= (parts[index - 1]?.end ?? 0))
}
