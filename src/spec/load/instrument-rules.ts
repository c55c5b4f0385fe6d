/** How each kind of syntax is instrumented; kinds that are not here stay as written, with what is in them instrumented. */
import type { Node } from 'acorn'

import { chain, method } from './instrument-calls.js'
import { child, children, flagged, part, text, walk } from './nodes.js'
import type { Printer, Rule } from './printer.js'

const quoted = JSON.stringify

const binary: Rule = (node, printer) => {
  const operator = text(node, 'operator')
  if (operator === 'instanceof') return printer.refuse(node, 'instanceof asks for classes', 'compare fields')
  return printer.hook(
    node,
    'binary',
    [printer.place(node), quoted(operator)],
    [part(node, 'left'), part(node, 'right')],
  )
}

const logical: Rule = (node, printer) => {
  const operator = text(node, 'operator')
  const right = part(node, 'right')
  if (operator === '??') {
    return printer.hookOf(node, 'present', [printer.place(node)], [part(node, 'left'), right], (operand) =>
      operand === right ? lazy(operand, printer) : printer.print(operand),
    )
  }
  const before = [printer.place(node), quoted(operator)]
  const written = (operand: Node): string => (operand === right ? lazy(operand, printer) : printer.print(operand))
  const call = printer.hookOf(node, 'connect', before, [part(node, 'left'), right], written)
  return `${call.slice(0, -1)}, ${isPure(right)})`
}

function lazy(node: Node, printer: Printer): string {
  return `() => (${printer.print(node)})`
}

/** Whether an expression has no effects: its value may be asked for although the run might not have come to it. */
function isPure(node: Node): boolean {
  switch (node.type) {
    case 'Identifier':
    case 'Literal':
      return true
    case 'MemberExpression':
      return !flagged(node, 'computed') && !flagged(node, 'optional') && isPure(part(node, 'object'))
    case 'UnaryExpression':
      return ['!', '-', '~'].includes(text(node, 'operator')) && isPure(part(node, 'argument'))
    case 'BinaryExpression':
      return isPure(part(node, 'left')) && isPure(part(node, 'right'))
    case 'LogicalExpression':
      return text(node, 'operator') !== '??' && isPure(part(node, 'left')) && isPure(part(node, 'right'))
    default:
      return false
  }
}

const unary: Rule = (node, printer) => {
  const operator = text(node, 'operator')
  const argument = part(node, 'argument')
  switch (operator) {
    case '!':
      return printer.hook(node, 'not', [printer.place(node)], [argument])
    case 'typeof':
      return printer.hook(node, 'typeOf', [], [argument])
    case 'void':
      return printer.asWritten(node)
    case 'delete':
      return printer.refuse(node, 'delete changes what a record is', 'make another record')
    default:
      return printer.hook(node, 'unary', [printer.place(node), quoted(operator)], [argument])
  }
}

/** An `if` or `?:`: its test decides; statements without braces get some, to say where they begin. */
const conditional: Rule = (node, printer) => {
  const setting = node.type === 'IfStatement' ? conditionalSetting(node, printer) : undefined
  if (setting !== undefined) return setting
  const test = part(node, 'test')
  const replaced = new Map([[test, `$v.truth(${printer.place(test)}, ${printer.print(test)})`]])
  for (const name of ['consequent', 'alternate']) {
    const branch = child(node, name)
    if (branch !== undefined && node.type === 'IfStatement') replaced.set(branch, inBraces(branch, printer))
  }
  return printer.asWritten(node, replaced)
}

/**
 * `if (test) variable = value`, where to compute the value does nothing else: the variable gets one of two values, and
 * the run need not part.
 */
function conditionalSetting(node: Node, printer: Printer): string | undefined {
  const consequent = part(node, 'consequent')
  const inside = consequent.type === 'BlockStatement' ? children(consequent, 'body') : [consequent]
  const expression = inside.length === 1 && inside[0] !== undefined ? child(inside[0], 'expression') : undefined
  if (child(node, 'alternate') !== undefined || expression?.type !== 'AssignmentExpression') return undefined
  const [left, right] = [part(expression, 'left'), part(expression, 'right')]
  const operator = text(expression, 'operator').slice(0, -1)
  if (left.type !== 'Identifier' || !isPure(right) || ['&&', '||', '??'].includes(operator)) return undefined
  const variable = printer.text(left)
  const operands = `${variable}, ${printer.print(right)}`
  const value =
    operator === '' ? printer.print(right) : `$v.binary(${printer.place(expression)}, ${quoted(operator)}, ${operands})`
  const test = part(node, 'test')
  const call = `$v.set(${printer.place(test)}, ${printer.print(test)}, () => (${value}), () => ${variable})`
  if (call.includes('\n')) return undefined
  return `${variable} = ${call};${printer.breaks(node.start, node.end)}`
}

function inBraces(statement: Node, printer: Printer): string {
  if (statement.type === 'BlockStatement') return printer.print(statement)
  return `{ ${begun(statement, printer)} }`
}

function begun(statement: Node, printer: Printer): string {
  return `$v.at(${printer.place(statement)}); ${printer.print(statement)}`
}

const loop: Rule = (node, printer) => {
  const left = child(node, 'left')
  if (left !== undefined) onlyVariables(left, printer)
  const body = part(node, 'body')
  const replaced = new Map([[body, inBraces(body, printer)]])
  const test = child(node, 'test')
  if (test !== undefined) replaced.set(test, `$v.test(${printer.place(test)}, ${printer.print(test)})`)
  return printer.asWritten(node, replaced)
}

/** Statements in a list each say that they begin. Declarations of functions do not: they are there from the start. */
const statements: (name: string) => Rule = (name) => (node, printer) => {
  const replaced = children(node, name)
    .filter(({ type }) => type !== 'FunctionDeclaration')
    .map((statement) => [statement, begun(statement, printer)] as const)
  return printer.asWritten(node, new Map(replaced))
}

const arrow: Rule = (node, printer) => {
  const body = part(node, 'body')
  if (body.type === 'BlockStatement') return printer.asWritten(node)
  return printer.asWritten(node, new Map([[body, `($v.at(${printer.place(body)}), ${printer.print(body)})`]]))
}

const assignment: Rule = (node, printer) => {
  const operator = text(node, 'operator').slice(0, -1)
  const left = part(node, 'left')
  onlyVariables(left, printer)
  if (operator === '' || operator === '??') return printer.asWritten(node)
  const right = part(node, 'right')
  const variable = variableOf(left, printer)
  const gap = printer.breaks(left.end, right.start)
  const logicalOperator = operator === '&&' || operator === '||'
  const value = logicalOperator
    ? `$v.connect(${printer.place(node)}, ${quoted(operator)}, ${variable}, ${gap}${lazy(right, printer)}, false)`
    : `$v.binary(${printer.place(node)}, ${quoted(operator)}, ${variable}, ${gap}${printer.print(right)})`
  return `${variable} = ${value}`
}

/** Records do not change, and what a module keeps (functions too) does not either: only variables are assigned to. */
function onlyVariables(target: Node, printer: Printer): void {
  walk(target, (inside) => {
    if (inside.type === 'MemberExpression') variableOf(inside, printer)
  })
}

function variableOf(target: Node, printer: Printer): string {
  if (target.type === 'Identifier') return printer.text(target)
  return printer.refuse(target, 'a part of a record or list is changed', 'use a variable of its own')
}

const update: Rule = (node, printer) => {
  const variable = variableOf(part(node, 'argument'), printer)
  const step = `${variable} = $v.step(${printer.place(node)}, ${quoted(text(node, 'operator').slice(0, 1))}, ${variable})`
  return flagged(node, 'prefix') ? `(${step})` : `$v.before(${variable}, ${step})`
}

const template: Rule = (node, printer) => {
  const values = children(node, 'expressions')
  return printer.asWritten(
    node,
    new Map(values.map((value) => [value, `$v.text(${printer.place(value)}, ${printer.print(value)})`])),
  )
}

/** The cases are numbered, and the one to go on at is found by the language's own equality. */
const choice: Rule = (node, printer) => {
  const cases = children(node, 'cases')
  const tests = cases.flatMap((each) => child(each, 'test') ?? [])
  const discriminant = part(node, 'discriminant')
  const candidates = tests.map((test) => lazy(test, printer).replaceAll('\n', ' '))
  const found = `$v.choose(${printer.place(discriminant)}, ${printer.print(discriminant)}, [${candidates.join(', ')}])`
  const labels = new Map(tests.map((test, index) => [test, `${index}${printer.breaks(test.start, test.end)}`]))
  const printed = cases.map((each) => [each, caseOf(each, labels, printer)] as const)
  return printer.asWritten(node, new Map([[discriminant, found], ...printed]))
}

function caseOf(node: Node, labels: ReadonlyMap<Node, string>, printer: Printer): string {
  const begins = children(node, 'consequent').map((statement) => [statement, begun(statement, printer)] as const)
  return printer.asWritten(node, new Map([...labels, ...begins]))
}

const property: Rule = (node, printer) => {
  if (text(node, 'kind') !== 'init' && text(node, 'kind') !== '') {
    return printer.refuse(node, 'get and set run code where none is seen', 'use a function')
  }
  if (flagged(node, 'shorthand')) {
    const value = part(node, 'value')
    return value.type === 'AssignmentPattern' ? printer.print(value) : printer.text(node)
  }
  return flagged(node, 'computed')
    ? printer.asWritten(node, keyed(part(node, 'key'), printer))
    : printer.asWritten(node)
}

function keyed(key: Node, printer: Printer): ReadonlyMap<Node, string> {
  return new Map([[key, `$v.key(${printer.place(key)}, ${printer.print(key)})`]])
}

const member: Rule = (node, printer) =>
  flagged(node, 'computed') ? printer.asWritten(node, keyed(part(node, 'property'), printer)) : printer.asWritten(node)

/** Constants of the module are kept from changing. */
const program: Rule = (node, printer) => {
  const declarations = children(node, 'body').flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? child(statement, 'declaration') : statement
    return declaration?.type === 'VariableDeclaration' ? children(declaration, 'declarations') : []
  })
  printer.constants(declarations.flatMap((declaration) => child(declaration, 'init') ?? []))
  return printer.asWritten(node)
}

const asIs: Rule = (node, printer) => printer.text(node)

export const rules: Readonly<Record<string, Rule>> = {
  Program: program,
  BinaryExpression: binary,
  LogicalExpression: logical,
  UnaryExpression: unary,
  ConditionalExpression: conditional,
  IfStatement: conditional,
  ForStatement: loop,
  ForOfStatement: loop,
  BlockStatement: statements('body'),
  ArrowFunctionExpression: arrow,
  AssignmentExpression: assignment,
  UpdateExpression: update,
  CallExpression: (node, printer) => method(node, printer),
  ChainExpression: (node, printer) => chain(node, printer),
  TemplateLiteral: template,
  TaggedTemplateExpression: (node, printer) =>
    printer.refuse(node, 'a tagged template calls a function that cannot be followed', 'call it'),
  SwitchStatement: choice,
  Property: property,
  MemberExpression: member,
  SequenceExpression: (node, printer) => `(${printer.asWritten(node)})`,
  ImportDeclaration: asIs,
  ExportSpecifier: asIs,
  ExportAllDeclaration: asIs,
}
