/** The modules of a specification: its own file, and those that it imports, whose conditions count too. */
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

import { InputError } from '../errors.js'
import { type Places, placesOf } from '../spec/load/instrument.js'
import { isPlace, modulesOf, namedBy } from '../spec/load/link.js'
import { child, part, text, walk } from '../spec/load/nodes.js'

export interface SpecModule extends Places {
  /** An absolute path, as hooks name it. */
  readonly file: string
  /** From the folder of the specification; undefined of itself, whose places are told by line alone. */
  readonly name: string | undefined
  readonly source: string
}

/** What tables are asked and told. */
const OF_TABLES: ReadonlySet<string> = new Set(
  'get touch keyAt valueAt has insert refresh erase setValue expireOlderThan'.split(' '),
)

/** The specification itself first. */
export function readModules(file: string): readonly SpecModule[] {
  const path = resolve(file)
  return modulesOf({ file: path, source: readFileSync(path, 'utf8') }).map((module) => ({
    ...module,
    ...placesOf(module.source, module.file),
    name: module.file === path ? undefined : relative(dirname(path), module.file),
  }))
}

/** What would have sides that are not counted, or places that are told apart by no line, is refused, rather than be called covered. */
export function refuseUnread(modules: readonly SpecModule[]): void {
  for (const module of modules) {
    refuseSwitches(module)
    refuseOtherImports(module)
    if (module.name !== undefined) refuseAnswers(module)
  }
}

function refuseSwitches({ program, file }: SpecModule): void {
  walk(program, (node) => {
    if (node.type !== 'SwitchStatement') return
    const { line, column } = part(node, 'discriminant').loc?.start ?? { line: 0, column: 0 }
    throw new InputError('a switch is not read by derivation', {
      file,
      line,
      column: column + 1,
      hint: 'write it with if or ?:',
    })
  })
}

function refuseOtherImports(module: SpecModule): void {
  const other = namedBy(module).find(({ specifier, file }) => file === undefined && isPlace(specifier))
  if (other === undefined) return
  throw new InputError(`the conditions of ${other.specifier} would not be counted`, {
    file: module.file,
    hint: 'derivation reads modules in TypeScript',
  })
}

/** Answers and what is stored are told by lines of the specification itself. */
function refuseAnswers({ program, file, verdicts }: SpecModule): void {
  const [answer] = verdicts
  if (answer !== undefined) {
    throw new InputError(`${answer.text} in a module that a specification imports is not read by derivation`, {
      file,
      line: answer.line,
      hint: 'answer in the specification itself',
    })
  }
  walk(program, (node) => {
    const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined
    const name = callee?.type === 'MemberExpression' ? text(part(callee, 'property'), 'name') : ''
    if (!OF_TABLES.has(name)) return
    const { line, column } = node.loc?.start ?? { line: 0, column: 0 }
    throw new InputError(`${name} of a table in a module that a specification imports is not read by derivation`, {
      file,
      line,
      column: column + 1,
      hint: 'look up and store in the specification itself',
    })
  })
}
