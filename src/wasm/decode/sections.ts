/** The sections of a module, each as it stands in the file (core 2.0, section 5.5), validated as they are read. */
import type { Constant, DataSegment, ElementSegment, Export, ExternalKind, Global, ImportType } from '../module.js'
import type { ReferenceType } from '../types.js'
import { readConstant } from './constant.js'
import type { Context } from './context.js'
import { invalid, malformed, unsupported } from './module-error.js'
import type { Reader } from './reader.js'
import { readFunctionType, readGlobalType, readMemoryType, readReferenceType, readTableType } from './types.js'

export function readTypes(reader: Reader, context: Context): void {
  reader.list(() => context.types.push(readFunctionType(reader)))
}

export function readImports(reader: Reader, context: Context): void {
  reader.list(() => {
    const module = reader.name()
    const name = reader.name()
    const at = reader.at
    const what = readImportType(reader, context)
    context.imports.push({ module, name, what })
    if (what.kind === 'function') context.importedFunctions = context.functionTypes.push(what.type)
    else if (what.kind === 'global') context.importedGlobals = context.globalTypes.push(what.type)
    else if (what.kind === 'table') context.tables.push(what.type)
    else addMemory(context, what.type, at)
  })
}

function readImportType(reader: Reader, context: Context): ImportType {
  const at = reader.at
  switch (reader.byte()) {
    case 0:
      return { kind: 'function', type: context.type(reader.u32(), at) }
    case 1:
      return { kind: 'table', type: readTableType(reader) }
    case 2:
      return { kind: 'memory', type: readMemoryType(reader) }
    case 3:
      return { kind: 'global', type: readGlobalType(reader) }
    case 4:
      throw unsupported(at, 'exception handling')
    default:
      throw malformed(at, 'malformed import kind')
  }
}

/** How many functions: their bodies come later. */
export function readFunctions(reader: Reader, context: Context): number {
  return reader.list(() => {
    const at = reader.at
    context.functionTypes.push(context.type(reader.u32(), at))
  }).length
}

export function readTables(reader: Reader, context: Context): void {
  reader.list(() => {
    // A table with an initial value starts with these.
    if (reader.bytes[reader.at] === 0x40) throw unsupported(reader.at, 'typed function references')
    context.tables.push(readTableType(reader))
  })
}

export function readMemories(reader: Reader, context: Context): void {
  reader.list(() => {
    const at = reader.at
    addMemory(context, readMemoryType(reader), at)
  })
}

function addMemory(context: Context, type: Context['memories'][number], at: number): void {
  if (context.memories.push(type) > 1) throw invalid(at, 'multiple memories')
}

export function readGlobals(reader: Reader, context: Context): Global[] {
  return reader.list(() => {
    const type = readGlobalType(reader)
    const initial = readConstant(reader, context, type.type)
    context.globalTypes.push(type)
    return { type, initial }
  })
}

const exportKinds: readonly ExternalKind[] = ['function', 'table', 'memory', 'global']

export function readExports(reader: Reader, context: Context): Export[] {
  const names = new Set<string>()
  return reader.list(() => {
    const at = reader.at
    const name = reader.name()
    const code = reader.byte()
    if (code === 4) throw unsupported(at, 'exception handling')
    const kind = exportKinds[code]
    if (kind === undefined) throw malformed(at, 'malformed export kind')
    const index = reader.u32()
    if (names.has(name)) throw invalid(at, `duplicate export name ${JSON.stringify(name)}`)
    names.add(name)
    if (kind === 'table') context.table(index, at)
    else if (kind === 'global') context.global(index, at)
    else if (kind === 'memory') {
      if (index >= context.memories.length) throw invalid(at, `unknown memory ${index}`)
    } else {
      context.function(index, at)
      context.declared.add(index)
    }
    return { name, kind, index }
  })
}

export function readStart(reader: Reader, context: Context): number {
  const at = reader.at
  const index = reader.u32()
  const { params, results } = context.function(index, at)
  if (params.length + results.length > 0) throw invalid(at, 'start function takes and gives nothing')
  return index
}

/** The eight forms of section 5.5.12: bit 0 passive or declarative, bit 1 a table index (or declarative), bit 2 expressions. */
export function readElements(reader: Reader, context: Context): ElementSegment[] {
  return reader.list(() => {
    const at = reader.at
    const flags = reader.u32()
    if (flags > 7) throw malformed(at, 'malformed elements segment kind')
    const isActive = (flags & 1) === 0
    const hasExpressions = (flags & 4) !== 0
    const table = isActive && (flags & 2) !== 0 ? reader.u32() : 0
    const mode = isActive ? readTarget(reader, context, table, at) : (flags & 2) === 0 ? 'passive' : 'declarative'
    const type = (flags & 3) === 0 ? 'funcref' : readElementType(reader, hasExpressions)
    if (isActive && context.table(table, at).element !== type) throw invalid(at, `type mismatch: elements of ${type}`)
    context.elementTypes.push(type)
    const items = reader.list(() =>
      hasExpressions ? readConstant(reader, context, type) : readFunctionIndex(reader, context),
    )
    return { mode, type, items }
  })
}

function readTarget(reader: Reader, context: Context, table: number, at: number): ElementSegment['mode'] {
  context.table(table, at)
  return { table, offset: readConstant(reader, context, 'i32') }
}

/** Before expressions a type, before indices a kind, of which there is one. */
function readElementType(reader: Reader, hasExpressions: boolean): ReferenceType {
  const at = reader.at
  if (hasExpressions) return readReferenceType(reader)
  if (reader.byte() !== 0) throw malformed(at, 'malformed element kind')
  return 'funcref'
}

function readFunctionIndex(reader: Reader, context: Context): Constant {
  const at = reader.at
  const index = reader.u32()
  context.function(index, at)
  context.declared.add(index)
  return { kind: 'function', index }
}

export function readData(reader: Reader, context: Context): DataSegment[] {
  return reader.list(() => {
    const at = reader.at
    const flags = reader.u32()
    if (flags > 2) throw malformed(at, 'malformed data segment kind')
    if (flags === 2) {
      const memory = reader.u32()
      if (memory >= context.memories.length) throw invalid(at, `unknown memory ${memory}`)
    }
    if (flags !== 1) context.memory(at)
    const mode = flags === 1 ? 'passive' : { offset: readConstant(reader, context, 'i32') }
    return { mode, bytes: reader.take(reader.u32()) }
  })
}
