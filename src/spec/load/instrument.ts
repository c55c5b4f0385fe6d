/**
 * Makes a specification's TypeScript run over symbolic values: every operator, condition and call becomes one of a hook
 * (see ../instrumented/hooks.ts) that knows its place in the author's source. Lines stay where they are.
 *
 * Code is printed anew from its syntax tree: what is not instrumented as the author wrote it, with the parts in it
 * printed in turn.
 */
import { rules } from './instrument-rules.js'
import { LANGUAGE } from './nodes.js'
import { Printer } from './printer.js'
import { readSpec } from './transform.js'

/** Marks the address of a module that is to be instrumented; what it imports is instrumented too. */
export const INSTRUMENTED = 'instrumented'

/** The module as JavaScript, instrumented. `file` is named in errors and reports. */
export function instrumentSpec(source: string, file: string): string {
  const { code, program, calls, head } = readSpec(source, file)
  const printer = new Printer(code, file, calls, rules)
  const body = printer.print(program)
  const places = JSON.stringify(printer.places)
  const hooks = `import { hooksOf as $hooksOf } from '${LANGUAGE}'; const $v = $hooksOf(${JSON.stringify(file)}, ${places}); `
  return head + hooks + body
}
