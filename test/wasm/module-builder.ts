/** Writes modules in the binary format, from parts: what the tests run is made here, byte by byte. */
import type { ValueType } from '../../src/wasm/index.js'

const codes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  funcref: 0x70,
  externref: 0x6f,
}

export const typeCode = (type: ValueType): number => codes[type]

export interface FunctionParts {
  readonly params?: readonly ValueType[]
  readonly results?: readonly ValueType[]
  readonly locals?: readonly ValueType[]
  /** Without the last `end`. */
  readonly body: readonly number[]
  /** A name that it is exported under. */
  readonly name?: string
}

export interface ImportParts {
  readonly module: string
  readonly name: string
  /** Kind and type, as bytes; of a function, its type. */
  readonly what: readonly number[] | { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] }
}

export interface ModuleParts {
  readonly imports?: readonly ImportParts[]
  readonly functions?: readonly FunctionParts[]
  /** Types beyond those of functions, from index `typeCount(parts)` on. */
  readonly types?: readonly { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] }[]
  /** Element type and limits, as bytes. */
  readonly tables?: readonly (readonly number[])[]
  /** Pages: least, most. */
  readonly memory?: readonly [number, number?]
  /** Type, mutability and initial value, as bytes with `end`. */
  readonly globals?: readonly (readonly number[])[]
  /** Name, kind, index. */
  readonly exports?: readonly (readonly [name: string, kind: number, index: number])[]
  readonly start?: number
  readonly elements?: readonly (readonly number[])[]
  readonly data?: readonly (readonly number[])[]
  /** Only then may memory.init and data.drop occur. */
  readonly hasDataCount?: boolean
  readonly custom?: readonly (readonly [name: string, bytes: readonly number[]])[]
}

export function buildModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const imports = parts.imports ?? []
  const functions = parts.functions ?? []
  const importedTypes = imports.flatMap(({ what }) => ('params' in what ? [what] : []))
  const types = [...importedTypes, ...functions, ...(parts.types ?? [])].map(({ params, results }) =>
    functionType(params ?? [], results ?? []),
  )
  let nextType = 0
  const importRows = imports.map(({ module, name, what }) => [
    ...text(module),
    ...text(name),
    ...('params' in what ? [0x00, ...unsigned(nextType++)] : what),
  ])
  const first = importedTypes.length
  const exported = functions.flatMap(({ name }, index) =>
    name === undefined ? [] : [[...text(name), 0x00, ...unsigned(first + index)]],
  )
  const others = (parts.exports ?? []).map(([name, kind, index]) => [...text(name), kind, ...unsigned(index)])
  const memory = parts.memory
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, importRows),
    ...section(
      3,
      functions.map((_, index) => unsigned(first + index)),
    ),
    ...section(4, parts.tables ?? []),
    ...section(5, memory === undefined ? [] : [limits(memory[0], memory[1])]),
    ...section(6, parts.globals ?? []),
    ...section(7, [...exported, ...others]),
    ...(parts.start === undefined ? [] : [8, ...sized(unsigned(parts.start))]),
    ...section(9, parts.elements ?? []),
    ...(parts.hasDataCount === true ? [12, ...sized(unsigned(parts.data?.length ?? 0))] : []),
    ...section(10, functions.map(code)),
    ...section(11, parts.data ?? []),
    ...(parts.custom ?? []).flatMap(([name, bytes]) => [0, ...sized([...text(name), ...bytes])]),
  ])
}

function functionType(params: readonly ValueType[], results: readonly ValueType[]): number[] {
  return [0x60, ...sizedTypes(params), ...sizedTypes(results)]
}

function sizedTypes(types: readonly ValueType[]): number[] {
  return [...unsigned(types.length), ...types.map(typeCode)]
}

function code({ locals = [], body }: FunctionParts): number[] {
  return sized([...unsigned(locals.length), ...locals.flatMap((type) => [1, typeCode(type)]), ...body, 0x0b])
}

export function limits(least: number, most?: number): number[] {
  return [most === undefined ? 0 : 1, ...unsigned(least), ...(most === undefined ? [] : unsigned(most))]
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  return items.length === 0 ? [] : [id, ...sized([...unsigned(items.length), ...items.flat()])]
}

export function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes]
}

export function text(value: string): number[] {
  return sized([...Buffer.from(value)])
}

/** LEB128 (core 2.0, section 5.2.2). */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return [...bytes, rest]
}

export function signed(value: bigint | number): number[] {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest < -64n || rest > 63n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest & 0x7fn)]
}

/** The bytes of an opcode, with its prefix. */
export function opcodeBytes(opcode: number): number[] {
  return opcode > 0xff ? [0xfc, ...unsigned(opcode & 0xff)] : [opcode]
}

export const i32Const = (value: number): number[] => [0x41, ...signed(value | 0)]
export const i64Const = (value: bigint): number[] => [0x42, ...signed(BigInt.asIntN(64, value))]
export const localGet = (index: number): number[] => [0x20, ...unsigned(index)]
export const call = (index: number): number[] => [0x10, ...unsigned(index)]
