/** How calls and optional chains are instrumented. */
import type { Node } from 'acorn'

import { child, children, flagged, part, text } from './nodes.js'
import type { Printer } from './printer.js'

/** A call: of a method, which needs its object, or of a function. */
export function method(node: Node, printer: Printer): string {
  const callee = part(node, 'callee')
  if (callee.type === 'MemberExpression') {
    const object = part(callee, 'object')
    return called(node, printer.print(object) + printer.breaks(object.end, callee.end), callee, printer)
  }
  return called(node, printer.print(callee), undefined, printer)
}

/** A call of `target`, or of its method that `callee` names. */
function called(node: Node, target: string, callee: Node | undefined, printer: Printer): string {
  if (flagged(node, 'optional')) printer.refuse(node, 'a function that may be absent is called', 'check it first')
  let from = part(node, 'callee').end
  const args = children(node, 'arguments').map((arg) => {
    const written = printer.breaks(from, arg.start) + printer.print(arg)
    from = arg.end
    return written
  })
  const list = `[${[...args, ...printer.site(node)].join(', ')}${printer.breaks(from, node.end)}]`
  if (callee === undefined) return `$v.call(${printer.place(node)}, ${target}, ${list})`
  return `$v.method(${printer.place(part(callee, 'property'))}, ${target}, ${nameOf(callee, printer)}, ${list})`
}

function nameOf(callee: Node, printer: Printer): string {
  const property = part(callee, 'property')
  if (!flagged(callee, 'computed')) return JSON.stringify(text(property, 'name'))
  return `$v.key(${printer.place(property)}, ${printer.print(property)})`
}

/** An optional chain: what follows a `?.` becomes a function of what precedes it. */
export function chain(node: Node, printer: Printer): string {
  const links: Node[] = []
  let base = part(node, 'expression')
  while (isLink(base)) {
    links.unshift(base)
    base = part(base, base.type === 'CallExpression' ? 'callee' : 'object')
  }
  return rest(printer.print(base), base.end, links, printer)
}

function isLink(node: Node): boolean {
  return node.type === 'MemberExpression' || node.type === 'CallExpression'
}

/** `value` with the links of its chain after it. */
function rest(value: string, from: number, links: readonly Node[], printer: Printer): string {
  const [link, ...others] = links
  if (link === undefined) return value
  if (flagged(link, 'optional') && link.type === 'MemberExpression') {
    return `$v.some(${value}${printer.breaks(from, part(link, 'property').start)}, ($o) => ${applied('$o', link, others, printer)})`
  }
  return applied(value, link, others, printer)
}

function applied(value: string, link: Node, others: readonly Node[], printer: Printer): string {
  if (link.type === 'CallExpression') return rest(called(link, value, undefined, printer), link.end, others, printer)
  const [next, ...after] = others
  if (next?.type === 'CallExpression') return rest(called(next, value, link, printer), next.end, after, printer)
  const property = child(link, 'property')
  const name = flagged(link, 'computed') ? `[${nameOf(link, printer)}]` : `.${text(property ?? link, 'name')}`
  return rest(value + name, link.end, others, printer)
}
