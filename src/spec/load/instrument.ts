/**
 * Makes a specification's TypeScript run over symbolic values: every operator, condition and call becomes one of a hook
 * (see ../instrumented/hooks.ts) that knows its place in the author's source. Lines stay where they are.
 *
 * Code is printed anew from its syntax tree: what is not instrumented as the author wrote it, with the parts in it
 * printed in turn.
 */
import type { Node } from 'acorn'

import { rules } from './instrument-rules.js'
import { LANGUAGE } from './nodes.js'
import { Printer } from './printer.js'
import { readSpec, type VerdictCall } from './transform.js'

/** The module as JavaScript, instrumented. `file` is named in errors and reports. */
export function instrumentSpec(source: string, file: string): string {
  const { printer, body, head } = printed(source, file)
  const places = JSON.stringify(printer.places)
  const hooks = `import { hooksOf as $hooksOf } from '${LANGUAGE}'; const $v = $hooksOf(${JSON.stringify(file)}, ${places}); `
  return head + hooks + body
}

export interface Places {
  /** The syntax that hooks were given places of, by the numbers of these; and all there is. */
  readonly nodes: readonly Node[]
  readonly program: Node
  readonly verdicts: readonly VerdictCall[]
}

export function placesOf(source: string, file: string): Places {
  const { printer, program, calls } = printed(source, file)
  return { nodes: printer.nodes, program, verdicts: calls }
}

function printed(source: string, file: string) {
  const { code, program, calls, head } = readSpec(source, file)
  const printer = new Printer(code, file, calls, rules)
  return { printer, body: printer.print(program), head, program, calls }
}
