/** Refuses properties that change the state: they look at what was and what became of it. */
import type { Node } from 'acorn'

import { SpecError } from '../error.js'
import { child, children, flagged, importedAs, text, walk } from './nodes.js'

/** What changes a table. No view has it, so it is refused wherever it stands in a property. */
const UPDATES: ReadonlySet<string> = new Set(['expireOlderThan', 'touch', 'insert', 'setValue', 'refresh', 'erase'])

/** @throws SpecError naming file, line and column of the first update in a property. */
export function checkProperties(program: Node, file: string): void {
  const names = new Set(importedAs(program, new Set(['property'])))
  if (names.size === 0) return
  walk(program, (node) => {
    const callee = child(node, 'callee')
    if (node.type !== 'CallExpression' || callee?.type !== 'Identifier' || !names.has(text(callee, 'name'))) return
    // What comes first is what the property is about.
    for (const definition of children(node, 'arguments').slice(1)) checkDefinition(definition, file)
  })
}

function checkDefinition(definition: Node, file: string): void {
  walk(definition, (node, parent) => {
    const name = updateNamed(node, parent)
    if (name === undefined) return
    const { line, column } = node.loc?.start ?? { line: 0, column: 0 }
    throw new SpecError(`${name} changes the state, which a property only reads`, {
      file,
      line,
      column: column + 1,
      hint: 'say what must be true of after',
    })
  })
}

/** The update that `node` names as a member of something. */
function updateNamed(node: Node, parent: Node | undefined): string | undefined {
  if (node.type !== 'Identifier' && node.type !== 'Literal') return undefined
  const isMember = parent?.type === 'MemberExpression' && child(parent, 'property') === node
  const isTaken = parent?.type === 'Property' && child(parent, 'key') === node
  if (!isMember && !isTaken) return undefined
  const name = node.type === 'Identifier' && !flagged(parent, 'computed') ? text(node, 'name') : text(node, 'value')
  return UPDATES.has(name) ? name : undefined
}
