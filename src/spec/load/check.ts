/**
 * What a specification may not contain, because a reading could not follow it: anything that is not a function of the
 * packet, the configuration and the declared state, and arithmetic that JavaScript does in its own way. Found in the
 * syntax, so that it is refused whether or not a packet reaches it. What only types tell (records compared by `===`, a
 * number taken for a truth value) is not found here.
 */
import type { Node } from 'acorn'

import { SpecError } from '../error.js'
import { child, flagged, text, walk } from './nodes.js'

interface Refusal {
  readonly what: string
  readonly hint: string
}

const OUTSIDE = 'a verdict depends on the packet, the configuration and the declared state only'

/** Global names that reach outside, or compute as no other reading does. */
const NAMES: Readonly<Record<string, Refusal>> = {
  Math: { what: 'Math is not part of the language', hint: 'use div, min and max' },
  BigInt: { what: 'BigInt is not part of the language', hint: 'use wide(n)' },
  Number: { what: 'Number is not part of the language', hint: 'keep wide values wide' },
  Date: { what: 'Date reads a clock', hint: 'the time of the packet is now' },
  ...Object.fromEntries(
    ['performance', 'process', 'globalThis', 'crypto', 'console', 'setTimeout', 'fetch', 'eval', 'Function'].map(
      (name) => [name, { what: `${name} reaches outside the specification`, hint: OUTSIDE }],
    ),
  ),
}

const UNBOUNDED: Refusal = {
  what: 'a loop without a bound that can be seen',
  hint: 'use for with a constant or configured bound',
}
const OBJECTS: Refusal = {
  what: 'classes, new and this are not part of the language',
  hint: 'use records and functions',
}
const LATER: Refusal = { what: 'process answers at once', hint: 'no async, await or generators' }

const NODES: Readonly<Record<string, Refusal>> = {
  WhileStatement: UNBOUNDED,
  DoWhileStatement: UNBOUNDED,
  ForInStatement: UNBOUNDED,
  ClassDeclaration: OBJECTS,
  ClassExpression: OBJECTS,
  NewExpression: OBJECTS,
  ThisExpression: OBJECTS,
  AwaitExpression: LATER,
  YieldExpression: LATER,
  ImportExpression: { what: 'import() while running', hint: 'import at the head of the file' },
  TryStatement: { what: 'try hides errors of the specification', hint: 'check for undefined instead' },
  ThrowStatement: { what: 'a specification answers, it does not throw', hint: 'return any() where nothing is said' },
}

const OPERATORS: Readonly<Record<string, Refusal>> = {
  '/': { what: 'division by /', hint: 'use div(a, b), which truncates' },
  '/=': { what: 'division by /', hint: 'use div(a, b), which truncates' },
  '==': { what: '== converts types', hint: 'use ===' },
  '!=': { what: '!= converts types', hint: 'use !==' },
}

/** @throws SpecError naming file, line and column of the first thing that does not belong into a specification. */
export function checkSpec(program: Node, file: string): void {
  walk(program, (node, parent) => {
    const refusal = refusalOf(node, parent)
    if (refusal === undefined) return
    const { line, column } = node.loc?.start ?? { line: 0, column: 0 }
    throw new SpecError(refusal.what, { file, line, column: column + 1, hint: refusal.hint })
  })
}

function refusalOf(node: Node, parent: Node | undefined): Refusal | undefined {
  if (NODES[node.type] !== undefined) return NODES[node.type]
  switch (node.type) {
    case 'Identifier':
      return isReference(node, parent) ? own(NAMES, text(node, 'name')) : undefined
    case 'BinaryExpression':
    case 'AssignmentExpression':
      return own(OPERATORS, text(node, 'operator'))
    case 'ForStatement':
      return child(node, 'test') === undefined ? UNBOUNDED : undefined
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return flagged(node, 'async') || flagged(node, 'generator') ? LATER : undefined
    case 'VariableDeclaration':
      return isModuleState(node, parent)
        ? { what: 'state of the module that can change', hint: 'declare it in state, or use const' }
        : undefined
    default:
      return undefined
  }
}

/** A name that is read, not the name of a property, and not declared as something else. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return false
  if (parent.type === 'MemberExpression') return child(parent, 'object') === node || flagged(parent, 'computed')
  if (parent.type === 'Property') return child(parent, 'value') === node || flagged(parent, 'computed')
  return (
    !['ImportSpecifier', 'ExportSpecifier', 'VariableDeclarator'].includes(parent.type) ||
    child(parent, 'init') === node
  )
}

function isModuleState(node: Node, parent: Node | undefined): boolean {
  const outermost = parent?.type === 'Program' || parent?.type === 'ExportNamedDeclaration'
  return outermost && text(node, 'kind') !== 'const'
}

function own(table: Readonly<Record<string, Refusal>>, name: string): Refusal | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
