/**
 * What a WebAssembly module asks for and offers, with the types that JavaScript's own reflection leaves out: imports,
 * exports, memories, data segments. Reads the binary format (WebAssembly core 2.0, section 5.5) only as far as that
 * needs; the engine has validated the module before.
 */

/** `(i32, i64) -> i32`, in this notation. */
export type Signature = string

export interface ModuleImport {
  readonly module: string
  readonly name: string
  readonly kind: 'function' | 'table' | 'memory' | 'global' | 'tag'
  /** Of functions. */
  readonly signature: Signature | undefined
  /** Of memories: pages. */
  readonly limits: { readonly least: number; readonly most: number | undefined; readonly shared: boolean } | undefined
}

/** A data segment with its constant address; undefined where the address is not a constant. */
export interface DataSegment {
  readonly address: number | undefined
  readonly length: number
}

export interface ModuleInterface {
  readonly imports: readonly ModuleImport[]
  /** Exported functions by name. */
  readonly functions: ReadonlyMap<string, Signature>
  readonly hasMemory: boolean
  readonly hasStart: boolean
  readonly data: readonly DataSegment[]
}

const kinds = ['function', 'table', 'memory', 'global', 'tag'] as const
const valueTypes = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
])

const SECTION = { type: 1, import: 2, function: 3, memory: 5, export: 7, start: 8, data: 11 }

class Reader {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new RangeError('module ends early')
    return byte
  }

  /** LEB128; signed where its last byte's bit 6 extends (section 5.2.2). */
  number(signed = false): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (!signed) return value >>> 0
      return shift < 25 && (byte & 0x40) !== 0 ? value | (-1 << (shift + 7)) : value
    }
  }

  text(): string {
    const length = this.number()
    const text = Buffer.from(this.bytes.subarray(this.at, this.at + length)).toString('utf8')
    this.at += length
    return text
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number() }, item)
  }

  types(): string {
    return this.list(() => valueTypes.get(this.byte()) ?? 'ref').join(', ')
  }

  limits(): { least: number; most: number | undefined; shared: boolean } {
    const flags = this.number()
    const least = this.number()
    return { least, most: (flags & 1) === 0 ? undefined : this.number(), shared: (flags & 2) !== 0 }
  }
}

/** Reads a module that WebAssembly has accepted. */
export function readInterface(bytes: Uint8Array): ModuleInterface {
  const sections = sectionsOf(bytes)
  const open = (id: number): Reader => sections.get(id) ?? new Reader(Uint8Array.of(0))
  const types = readTypes(open(SECTION.type))
  const imports = readImports(open(SECTION.import), types)
  const functionTypes = imports.filter(({ kind }) => kind === 'function').map(({ signature }) => signature ?? '')
  const functions = open(SECTION.function)
  functionTypes.push(...functions.list(() => types[functions.number()] ?? ''))
  return {
    imports,
    functions: readExports(open(SECTION.export), functionTypes),
    hasMemory: sections.has(SECTION.memory) && open(SECTION.memory).number() > 0,
    hasStart: sections.has(SECTION.start),
    data: readData(open(SECTION.data)),
  }
}

function sectionsOf(bytes: Uint8Array): Map<number, Reader> {
  const sections = new Map<number, Reader>()
  const reader = new Reader(bytes, 8)
  while (reader.at < bytes.length) {
    const id = reader.byte()
    const length = reader.number()
    if (id !== 0) sections.set(id, new Reader(bytes.subarray(reader.at, reader.at + length)))
    reader.at += length
  }
  return sections
}

function readTypes(reader: Reader): Signature[] {
  return reader.list(() => {
    reader.byte()
    return `(${reader.types()}) -> (${reader.types()})`
  })
}

function readImports(reader: Reader, types: readonly Signature[]): ModuleImport[] {
  return reader.list(() => {
    const module = reader.text()
    const name = reader.text()
    const kind = kinds[reader.byte()] ?? 'tag'
    const signature = kind === 'function' ? types[reader.number()] : undefined
    const limits = kind === 'memory' ? reader.limits() : undefined
    if (kind === 'global') reader.at += 2
    if (kind === 'table') {
      reader.byte()
      reader.limits()
    }
    return { module, name, kind, signature, limits }
  })
}

function readExports(reader: Reader, functionTypes: readonly Signature[]): Map<string, Signature> {
  const exported = new Map<string, Signature>()
  reader.list(() => {
    const name = reader.text()
    const kind = kinds[reader.byte()]
    const index = reader.number()
    if (kind === 'function') exported.set(name, functionTypes[index] ?? '')
  })
  return exported
}

const I32_CONST = 0x41
const END = 0x0b

function readData(reader: Reader): DataSegment[] {
  const segments: DataSegment[] = []
  for (let left = reader.number(); left > 0; left--) {
    const isActive = reader.number() !== 1
    let address: number | undefined
    if (isActive) {
      // An address that is computed is reported as unknown, and nothing after it is read.
      if (reader.byte() !== I32_CONST) return [...segments, { address: undefined, length: 0 }]
      address = reader.number(true) >>> 0
      if (reader.byte() !== END) return [...segments, { address: undefined, length: 0 }]
    }
    const length = reader.number()
    reader.at += length
    segments.push({ address: isActive ? address : 0, length: isActive ? length : 0 })
  }
  return segments
}
