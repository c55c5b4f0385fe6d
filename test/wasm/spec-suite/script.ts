/** The JSON that `wast2json` makes of a script of the WebAssembly core test suite, checked as far as it is used. */
import { InputError } from '../../../src/errors.js'

export interface Literal {
  readonly type: string
  /** Decimal bits, `nan:canonical`, `nan:arithmetic`, `null`; absent where any value of the type will do. */
  readonly value: string | undefined
}

export interface Action {
  readonly type: string
  readonly module: string | undefined
  readonly field: string
  readonly args: readonly Literal[]
}

export interface Command {
  readonly type: string
  readonly line: number
  readonly name: string | undefined
  readonly as: string | undefined
  readonly filename: string | undefined
  readonly isText: boolean
  readonly text: string
  readonly action: Action | undefined
  readonly expected: readonly Literal[]
}

export interface Script {
  readonly source: string
  readonly commands: readonly Command[]
}

/** `file`: named in the InputError where the text is no such JSON. */
export function parseScript(text: string, file: string): Script {
  try {
    const script = record(JSON.parse(text))
    return { source: string(script.source_filename), commands: list(script.commands).map(command) }
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause
    throw new InputError(`not the output of wast2json: ${cause.message}`, { file }, { cause })
  }
}

function command(value: unknown): Command {
  const item = record(value)
  return {
    type: string(item.type),
    line: Number(item.line),
    name: optional(item.name),
    as: optional(item.as),
    filename: optional(item.filename),
    isText: item.module_type === 'text',
    text: optional(item.text) ?? '',
    action: item.action === undefined ? undefined : action(item.action),
    expected: item.expected === undefined ? [] : list(item.expected).map(literal),
  }
}

function action(value: unknown): Action {
  const item = record(value)
  return {
    type: string(item.type),
    module: optional(item.module),
    field: string(item.field),
    args: item.args === undefined ? [] : list(item.args).map(literal),
  }
}

function literal(value: unknown): Literal {
  const item = record(value)
  return { type: string(item.type), value: optional(item.value) }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('an object is expected')
  return Object.fromEntries(Object.entries(value))
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('a list is expected')
  return value
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a string is expected')
  return value
}

/** Lists are the lanes of SIMD values, whose type says that they are not supported. */
function optional(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
