/**
 * The configuration as a WebAssembly module of constant functions, so that a network function reads it without leaving
 * WebAssembly: `config.<name>() -> i32 | i64`, `config.<name>(index) -> ...` for lists and values by port (0 where the
 * index is out of range), `config.<name>Count()`, and the libVig handle of a
 * table or of prefixes. Lists lie in a memory of its own.
 */
import { HEADER, name as nameOf, section, signed, sized, unsigned } from '../wasm/encode.js'
import { wasmTypeOf } from './config-types.js'
import type { ResolvedPrefixes, ResolvedScalars, ResolvedTable } from './config-values.js'
import type { ScalarEntry, TableEntry } from './manifest-config.js'
import { PAGE } from './memory-map.js'

/** A value as it is linked: all of a `ResolvedEntry` that an instance is made of. */
export type LinkedEntry =
  | (Pick<ResolvedScalars, 'kind' | 'raw'> & { readonly entry: Pick<ScalarEntry, 'type' | 'shape'> })
  | (Pick<ResolvedTable, 'kind' | 'raw'> & { readonly entry: Pick<TableEntry, 'key'> })
  | Pick<ResolvedPrefixes, 'kind' | 'raw'>

export interface LinkedConfig {
  readonly portCount: number
  readonly entries: ReadonlyMap<string, LinkedEntry>
}

/** Data alone of it, which another thread can be given. */
export function linkedConfig({ portCount, entries }: LinkedConfig): LinkedConfig {
  return { portCount, entries: new Map([...entries].map(([name, entry]) => [name, linkedEntry(entry)])) }
}

function linkedEntry(resolved: LinkedEntry): LinkedEntry {
  const { kind, raw } = resolved
  switch (kind) {
    case 'scalars':
      return { kind, raw, entry: { type: resolved.entry.type, shape: resolved.entry.shape } }
    case 'table':
      return { kind, raw, entry: { key: resolved.entry.key } }
    case 'prefixes':
      return { kind, raw }
  }
}

interface ConstantFunction {
  readonly name: string
  readonly type: 'i32' | 'i64'
  readonly value: bigint | readonly bigint[]
}

/** `handles`: where the host has filled each table. */
export function encodeConfigModule(
  config: LinkedConfig,
  handles: ReadonlyMap<string, number>,
): Uint8Array<ArrayBuffer> {
  const functions: ConstantFunction[] = [{ name: 'portCount', type: 'i32', value: BigInt(config.portCount) }]
  for (const [name, resolved] of config.entries) {
    if (resolved.kind !== 'scalars') {
      functions.push({ name, type: 'i32', value: BigInt(handles.get(name) ?? 0) })
      continue
    }
    const { entry, raw } = resolved
    functions.push({ name, type: wasmTypeOf(entry.type), value: raw })
    if (entry.shape === 'list' && typeof raw !== 'bigint') {
      functions.push({ name: `${name}Count`, type: 'i32', value: BigInt(raw.length) })
    }
  }
  return encode(functions)
}

const I32 = 0x7f
const I64 = 0x7e
const CELL = 8

/** Types 0 and 1 take nothing, 2 and 3 an index; even ones give i32. */
const types = [
  [0x60, 0, 1, I32],
  [0x60, 0, 1, I64],
  [0x60, 1, I32, 1, I32],
  [0x60, 1, I32, 1, I64],
]

function encode(functions: readonly ConstantFunction[]): Uint8Array<ArrayBuffer> {
  const cells: bigint[] = []
  const bodies = functions.map(({ type, value }) => {
    if (typeof value === 'bigint') return body(constant(type, value))
    const base = cells.length * CELL
    cells.push(...value)
    return body(element(type, base, value.length))
  })
  const data = Buffer.alloc(cells.length * CELL)
  for (const [index, cell] of cells.entries()) data.writeBigUInt64LE(BigInt.asUintN(64, cell), index * CELL)
  const pages = Math.ceil(data.length / PAGE)
  const typeOf = ({ type, value }: ConstantFunction) => (typeof value === 'bigint' ? 0 : 2) + (type === 'i32' ? 0 : 1)
  const exported = functions.map(({ name }, index) => [...nameOf(name), 0x00, ...unsigned(index)])
  return Uint8Array.from([
    ...HEADER,
    ...section(1, types),
    ...section(
      3,
      functions.map((each) => [typeOf(each)]),
    ),
    ...section(5, [[0x01, ...unsigned(pages), ...unsigned(pages)]]),
    ...section(7, exported),
    ...section(10, bodies),
    ...section(11, [[0x00, 0x41, 0x00, 0x0b, ...unsigned(data.length), ...data]]),
  ])
}

function body(code: readonly number[]): number[] {
  return sized([0x00, ...code, 0x0b])
}

function constant(type: 'i32' | 'i64', value: bigint): number[] {
  return type === 'i32' ? [0x41, ...signed(BigInt.asIntN(32, value))] : [0x42, ...signed(BigInt.asIntN(64, value))]
}

/** `index >= length ? 0 : load(base + index * 8)`, unsigned. */
function element(type: 'i32' | 'i64', base: number, length: number): number[] {
  const result = type === 'i32' ? I32 : I64
  const inRange = [0x20, 0x00, 0x41, ...signed(BigInt(length)), 0x4f]
  const load = [0x20, 0x00, 0x41, 0x03, 0x74, type === 'i32' ? 0x28 : 0x29, type === 'i32' ? 2 : 3, ...unsigned(base)]
  return [...inRange, 0x04, result, ...constant(type, 0n), 0x05, ...load, 0x0b]
}
