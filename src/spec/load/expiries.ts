/** Where a specification lets entries expire, as its source says it. */
import type { Node } from 'acorn'

import { child, children, part, text, walk } from './nodes.js'
import { readSpec } from './transform.js'

export interface ExpiryCall {
  /** Of the name of the operation, 1-based. */
  readonly line: number
  readonly column: number
}

/** What runs its body never, once, or several times. */
const REPEATED: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ForStatement',
  'ForOfStatement',
])

/**
 * Every mention of `expireOlderThan` in a specification, where each is run at most once for a packet; undefined where one
 * may be run more often, or in another module.
 */
export function expiryCalls(source: string, file: string): readonly ExpiryCall[] | undefined {
  const { program } = readSpec(source, file)
  if (children(program, 'body').some(isImportOfModule)) return undefined
  const parents = new Map<Node, Node>()
  const mentions: Node[] = []
  walk(program, (node, parent) => {
    if (parent !== undefined) parents.set(node, parent)
    if (text(node, 'name') === 'expireOlderThan' || text(node, 'value') === 'expireOlderThan') mentions.push(node)
  })
  if (mentions.some((mention) => isRepeated(mention, parents))) return undefined
  return mentions.map(({ loc }) => ({ line: loc?.start.line ?? 0, column: (loc?.start.column ?? 0) + 1 }))
}

function isImportOfModule(node: Node): boolean {
  return node.type === 'ImportDeclaration' && text(part(node, 'source'), 'value').startsWith('.')
}

/** Whether anything but `process` itself is around a node. */
function isRepeated(node: Node, parents: ReadonlyMap<Node, Node>): boolean {
  const around: Node[] = []
  for (let at = parents.get(node); at !== undefined; at = parents.get(at)) if (REPEATED.has(at.type)) around.push(at)
  const [only, ...others] = around
  const owner = only && parents.get(only)
  const key = owner?.type === 'Property' ? child(owner, 'key') : undefined
  return others.length > 0 || key === undefined || text(key, 'name') !== 'process'
}
