/** Walking acorn's syntax trees, whose node types are open. */
import type { Node } from 'acorn'

/** Visits `node` and everything in it, outer nodes first; `parent` is undefined for the outermost. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  visit(node, parent)
  for (const value of Object.values(node)) {
    if (isNode(value)) walk(value, visit, node)
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) walk(item, visit, node)
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The language that specifications import. */
export const LANGUAGE = 'vigil-nf/spec'

/** The names under which a module imports functions of the language, `names` there. */
export function importedAs(program: Node, names: ReadonlySet<string>): string[] {
  const imports = children(program, 'body').filter((node) => {
    const from = node.type === 'ImportDeclaration' ? child(node, 'source') : undefined
    return from !== undefined && text(from, 'value') === LANGUAGE
  })
  return imports
    .flatMap((node) => children(node, 'specifiers'))
    .flatMap((specifier) => {
      const imported = child(specifier, 'imported')
      const local = child(specifier, 'local')
      return imported && local && names.has(text(imported, 'name')) ? [text(local, 'name')] : []
    })
}

/** The node under `name`, if there is one. */
export function child(node: Node, name: string): Node | undefined {
  const value = property(node, name)
  return isNode(value) ? value : undefined
}

/** The node under `name`, which acorn promises is there. */
export function part(node: Node, name: string): Node {
  const found = child(node, name)
  if (found === undefined) throw new TypeError(`${node.type} without ${name}`)
  return found
}

/** The nodes of the list under `name`. */
export function children(node: Node, name: string): Node[] {
  const value = property(node, name)
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** The text under `name`, empty where there is none. */
export function text(node: Node, name: string): string {
  const value = property(node, name)
  return typeof value === 'string' ? value : ''
}

/** Whether the flag under `name` is set. */
export function flagged(node: Node, name: string): boolean {
  return property(node, name) === true
}

function property(node: Node, name: string): unknown {
  return Object.entries(node).find(([key]) => key === name)?.[1]
}
