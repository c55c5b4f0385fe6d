/** The binary format (core 2.0, chapter 5): a file to a validated module. */
import type { CustomSection, DataSegment, ElementSegment, Export, FunctionCode, Global, Module } from '../module.js'
import { type Body, readBody } from './body.js'
import { Context } from './context.js'
import { malformed, unsupported } from './module-error.js'
import { readNames } from './names.js'
import { Reader } from './reader.js'
import {
  readData,
  readElements,
  readExports,
  readFunctions,
  readGlobals,
  readImports,
  readMemories,
  readStart,
  readTables,
  readTypes,
} from './sections.js'

const MAGIC = [0x00, 0x61, 0x73, 0x6d]
const VERSION = [1, 0, 0, 0]

/** Ids in the order in which sections must stand; the data count comes before the code. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]
const TAGS = 13
const CUSTOM = 0

/** Everything read so far. */
class Parts {
  readonly context = new Context()
  defined = 0
  codeOffset: number | undefined
  bodies: readonly Body[] = []
  globals: readonly Global[] = []
  exports: readonly Export[] = []
  start: number | undefined
  elements: readonly ElementSegment[] = []
  data: readonly DataSegment[] = []
  readonly customSections: CustomSection[] = []
}

/** Decodes and validates. A `ModuleError` says why and where a module is refused, whatever the bytes. */
export function decodeModule(bytes: Uint8Array): Module {
  const reader = new Reader(bytes, 0, bytes.length)
  expect(reader, MAGIC, 'magic header not detected')
  expect(reader, VERSION, 'unknown binary version')
  const parts = new Parts()
  let last = -1
  while (!reader.isDone) {
    const at = reader.at
    const id = reader.byte()
    const size = reader.u32()
    const section = reader.part(size)
    if (id === CUSTOM) {
      readCustom(section, parts)
      continue
    }
    const order = ORDER.indexOf(id)
    if (id === TAGS) throw unsupported(at, 'exception handling')
    if (order < 0) throw malformed(at, `malformed section id ${id}`)
    if (order <= last) throw malformed(at, 'unexpected content after last section')
    last = order
    readSection(id, section, parts)
    if (!section.isDone) throw malformed(section.at, 'section size mismatch')
  }
  return assemble(parts, bytes.length)
}

function expect(reader: Reader, expected: readonly number[], otherwise: string): void {
  const at = reader.at
  const found = reader.take(expected.length)
  if (!expected.every((byte, index) => byte === found[index])) throw malformed(at, otherwise)
}

function readCustom(section: Reader, parts: Parts): void {
  const name = section.name()
  const offset = section.at
  parts.customSections.push({ name, offset, bytes: section.take(section.end - offset) })
}

function readSection(id: number, section: Reader, parts: Parts): void {
  const { context } = parts
  if (id === 1) readTypes(section, context)
  else if (id === 2) readImports(section, context)
  else if (id === 3) parts.defined = readFunctions(section, context)
  else if (id === 4) readTables(section, context)
  else if (id === 5) readMemories(section, context)
  else if (id === 6) parts.globals = readGlobals(section, context)
  else if (id === 7) parts.exports = readExports(section, context)
  else if (id === 8) parts.start = readStart(section, context)
  else if (id === 9) parts.elements = readElements(section, context)
  else if (id === 10) parts.bodies = readCode(section, parts)
  else if (id === 11) parts.data = readData(section, context)
  else context.dataCount = section.u32()
}

function readCode(section: Reader, parts: Parts): Body[] {
  const { context, defined } = parts
  parts.codeOffset = section.at
  return section.list((index) => {
    const at = section.at
    const body = section.part(section.u32())
    if (index >= defined) throw malformed(at, 'function and code section have inconsistent lengths')
    return readBody(body, context, context.function(context.importedFunctions + index, at))
  })
}

function assemble(parts: Parts, end: number): Module {
  const { context } = parts
  if (parts.bodies.length !== parts.defined) {
    throw malformed(end, 'function and code section have inconsistent lengths')
  }
  if (context.dataCount !== undefined && context.dataCount !== parts.data.length) {
    throw malformed(end, 'data count and data section have inconsistent lengths')
  }
  const nameSection = parts.customSections.find(({ name }) => name === 'name')
  const names = readNames(nameSection?.bytes ?? new Uint8Array())
  const code: FunctionCode[] = []
  const module: Module = {
    name: names.module,
    types: context.types,
    imports: context.imports,
    functionTypes: context.functionTypes,
    tables: context.tables,
    memories: context.memories,
    globalTypes: context.globalTypes,
    code,
    globals: parts.globals,
    exports: parts.exports,
    start: parts.start,
    elements: parts.elements,
    data: parts.data,
    functionNames: names.functions,
    customSections: parts.customSections,
    codeOffset: parts.codeOffset,
  }
  const exported = new Map<number, string>()
  for (const { kind, index, name } of [...parts.exports].reverse()) if (kind === 'function') exported.set(index, name)
  for (const [position, body] of parts.bodies.entries()) {
    const index = context.importedFunctions + position
    const type = context.function(index, body.start)
    code.push({ module, index, name: names.functions.get(index) ?? exported.get(index), type, ...body })
  }
  return module
}
