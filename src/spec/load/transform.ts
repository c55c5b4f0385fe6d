/**
 * Makes a specification's TypeScript runnable: types become spaces, so that lines and columns stay the author's, and
 * every call that answers is told its place in the source, so that reports can name the line and clause that decided.
 */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { type Comment, type Node, parse } from 'acorn'

import { readCached, writeCached } from '../../cache.js'
import { SpecError } from '../error.js'
import { checkSpec } from './check.js'
import { checkProperties } from './check-property.js'
import { child, children, importedAs, LANGUAGE, text, walk } from './nodes.js'

const VERDICTS: ReadonlySet<string> = new Set([
  'drop',
  'forward',
  'flood',
  'forwardToSet',
  'forwardEach',
  'any',
  'must',
])

/** A specification's source, read. */
export interface SpecSource {
  /** JavaScript, every character that is left where the author put it. */
  readonly code: string
  readonly program: Node
  /** Calls of verdict functions, in order of the source. */
  readonly calls: readonly VerdictCall[]
  /** What the module must begin with, on its first line, to know its places: `$sites`, one for each of the calls. */
  readonly head: string
}

export interface VerdictCall {
  /** Where the call begins: offset in the code. */
  readonly at: number
  readonly insertAt: number
  readonly hasArguments: boolean
  readonly line: number
  readonly endLine: number
  readonly text: string
}

/** The module as JavaScript. `file` is named in errors and reports. */
export function transformSpec(source: string, file: string): string {
  const { code, calls, head } = readSpec(source, file)
  return head + withSites(code, calls)
}

/** Reads TypeScript and checks that it is a specification; throws SpecError with the place of what is not. */
export function readSpec(source: string, file: string): SpecSource {
  const code = strip(source, file)
  const comments: Comment[] = []
  const program = parseModule(code, file, comments)
  checkSpec(program, file)
  checkProperties(program, file)
  const calls = verdictCalls(program, code)
  const clauses = new Map(comments.map((comment) => [comment.loc?.start.line ?? 0, comment.value.trim()]))
  const places = calls.map((call) => [call.line, call.text, clauses.get(call.endLine) ?? clauses.get(call.line) ?? ''])
  const head = `import { registerSites as $register } from '${LANGUAGE}'; const $sites = $register(${JSON.stringify(file)}, ${JSON.stringify(places)}); `
  return { code, program, calls, head }
}

const require = createRequire(import.meta.url)
const STRIPPING = { mode: 'strip-only', module: true } as const

/** Types become spaces. The compiler takes longer to load than all the rest, and is needed once for each text. */
function strip(source: string, file: string): string {
  const compiler: { readonly version: string } = require('@swc/wasm-typescript/package.json')
  const key = createHash('sha256')
    .update(JSON.stringify(['spec', compiler.version, STRIPPING, source]))
    .digest('hex')
  const [kept] = readCached(key, ['spec.js']) ?? []
  if (kept !== undefined) return Buffer.from(kept).toString()
  const code = stripped(source, file)
  writeCached(key, { 'spec.js': code })
  return code
}

function stripped(source: string, file: string): string {
  const { transformSync }: typeof import('@swc/wasm-typescript') = require('@swc/wasm-typescript')
  try {
    return transformSync(source, { ...STRIPPING, filename: file }).code
  } catch (error) {
    throw new SpecError(`cannot be read as TypeScript: ${messageOf(error)}`, { file, ...placeIn(error) })
  }
}

/** Where the compiler says an error is; its errors are plain objects with `startLine` and `startColumn`. */
function placeIn(error: unknown): { line?: number; column?: number } {
  if (typeof error !== 'object' || error === null || !('startLine' in error) || !('startColumn' in error)) return {}
  const { startLine, startColumn } = error
  return typeof startLine === 'number' && typeof startColumn === 'number'
    ? { line: startLine, column: startColumn }
    : {}
}

function parseModule(code: string, file: string, comments: Comment[]): Node {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true, onComment: comments })
  } catch (error) {
    throw new SpecError(`cannot be read: ${messageOf(error)}`, { file })
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  return String(error)
}

/** Calls of the functions that answer, under whatever name they were imported. */
function verdictCalls(program: Node, code: string): VerdictCall[] {
  const names = new Set(importedAs(program, VERDICTS))
  const calls: VerdictCall[] = []
  walk(program, (node) => {
    if (node.type !== 'CallExpression') return
    const callee = child(node, 'callee')
    if (callee?.type !== 'Identifier' || !names.has(text(callee, 'name'))) return
    const last = children(node, 'arguments').at(-1)
    calls.push({
      at: node.start,
      insertAt: last?.end ?? node.end - 1,
      hasArguments: last !== undefined,
      line: node.loc?.start.line ?? 0,
      endLine: node.loc?.end.line ?? 0,
      text: code.slice(node.start, node.end).replace(/\s+/g, ' '),
    })
  })
  return calls.sort((a, b) => a.at - b.at)
}

function withSites(code: string, calls: readonly VerdictCall[]): string {
  const inserts = calls.map((call, index) => ({
    at: call.insertAt,
    text: `${call.hasArguments ? ', ' : ''}$sites[${index}]`,
  }))
  inserts.sort((a, b) => a.at - b.at)
  let result = ''
  let from = 0
  for (const insert of inserts) {
    result += code.slice(from, insert.at) + insert.text
    from = insert.at
  }
  return result + code.slice(from)
}
