/**
 * The types of configuration values: how each is read from text or YAML, bounded, printed, and handed on. A value is
 * kept as one bigint whatever its type; what the network function and the specification get is derived from it.
 */
import type { SpecValue } from '../spec/values.js'
import {
  formatBytes,
  formatDuration,
  formatRate,
  type Parsed,
  parseBytes,
  parseDuration,
  parseRate,
} from './quantities.js'

export const scalarTypes = [
  'port',
  'ports',
  'u8',
  'u16',
  'u32',
  'u64',
  'ipv4',
  'mac',
  'duration',
  'bytes',
  'rate',
  'bool',
  'oneOf',
] as const

export type ScalarType = (typeof scalarTypes)[number]

/** What a value is read against. */
export interface ScalarContext {
  readonly portCount: number
  /** The names of a `oneOf`. */
  readonly values: readonly string[]
}

const widths: Record<ScalarType, bigint> = {
  port: 8n,
  ports: 30n,
  u8: 8n,
  u16: 16n,
  u32: 32n,
  u64: 64n,
  ipv4: 32n,
  mac: 48n,
  duration: 62n,
  bytes: 64n,
  rate: 64n,
  bool: 1n,
  oneOf: 16n,
}

/** Largest value that the type can hold. */
export function largestOf(type: ScalarType): bigint {
  return (1n << widths[type]) - 1n
}

/** Whether `min` and `max` make sense for it. */
export function isOrdered(type: ScalarType): boolean {
  return !['ports', 'ipv4', 'mac', 'bool', 'oneOf'].includes(type)
}

/** The WebAssembly type of the import that gives it. */
export function wasmTypeOf(type: ScalarType): 'i32' | 'i64' {
  return ['mac', 'u64', 'duration', 'bytes', 'rate'].includes(type) ? 'i64' : 'i32'
}

/** As the specification takes it. */
export function specValueOf(type: ScalarType, raw: bigint, values: readonly string[]): Exclude<SpecValue, object> {
  if (type === 'bool') return raw === 1n
  if (type === 'oneOf') return values[Number(raw)] ?? ''
  return specNumberOf(type, raw)
}

/** As a list of the specification takes it: flags and names by their numbers. */
export function specNumberOf(type: ScalarType, raw: bigint): number | bigint {
  return ['u64', 'duration', 'bytes', 'rate'].includes(type) ? raw : Number(raw)
}

/** The value that `input` (text, or what YAML made of it) stands for, or what is wrong with it. */
export function parseScalar(type: ScalarType, input: unknown, context: ScalarContext): Parsed {
  const parsed = parseByType(type, input, context)
  if (typeof parsed === 'string') return parsed
  if (parsed > largestOf(type)) return `${parsed} does not fit ${type}, at most ${largestOf(type)}`
  return parsed
}

function parseByType(type: ScalarType, input: unknown, context: ScalarContext): Parsed {
  if (type === 'ports') return parsePorts(input, context)
  if (type === 'bool') return parseBool(input)
  if (typeof input === 'number' && !Number.isSafeInteger(input)) {
    return `${input} is not a whole number below 2^53; write larger ones in quotes`
  }
  if (typeof input !== 'string' && typeof input !== 'number' && typeof input !== 'bigint') {
    return `${JSON.stringify(input)} is not one value`
  }
  const text = String(input).trim()
  switch (type) {
    case 'port':
      return parsePort(text, context.portCount)
    case 'ipv4':
      return parseIpv4(text)
    case 'mac':
      return parseMac(text)
    case 'duration':
      return parseDuration(text)
    case 'bytes':
      return parseBytes(text)
    case 'rate':
      return parseRate(text)
    case 'oneOf':
      return parseOneOf(text, context.values)
    default:
      return parseWhole(text)
  }
}

function parseWhole(text: string): Parsed {
  if (!/^(?:\d[\d_]*|0x[\da-fA-F_]+)$/.test(text)) return `"${text}" is not a whole number`
  return BigInt(text.replaceAll('_', ''))
}

function parsePort(text: string, portCount: number): Parsed {
  const port = parseWhole(text)
  if (typeof port === 'string') return port
  return port < BigInt(portCount) ? port : `there is no port ${port}, only 0 to ${portCount - 1}`
}

/** A list, or text such as `0,2`; the set as a bit mask. */
function parsePorts(input: unknown, { portCount }: ScalarContext): Parsed {
  const text = typeof input === 'number' ? String(input) : input
  if (typeof text !== 'string' && !Array.isArray(text)) return `${JSON.stringify(input)} is not a list of ports`
  const items: readonly unknown[] =
    typeof text === 'string' ? text.split(',').filter((part) => part.trim() !== '') : text
  let mask = 0n
  for (const item of items) {
    const port = parsePort(String(item).trim(), portCount)
    if (typeof port === 'string') return port
    mask |= 1n << port
  }
  return mask
}

function parseBool(input: unknown): Parsed {
  if (input === true || input === 'true' || input === 'yes') return 1n
  if (input === false || input === 'false' || input === 'no') return 0n
  return `${JSON.stringify(input)} is neither true nor false`
}

function parseIpv4(text: string): Parsed {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > 255)) return `"${text}" is not an IPv4 address`
  return parts.reduce((address, part) => (address << 8n) | BigInt(part), 0n)
}

function parseMac(text: string): Parsed {
  if (!/^[\da-fA-F]{2}(?::[\da-fA-F]{2}){5}$/.test(text))
    return `"${text}" is not a MAC address such as 02:00:00:00:00:01`
  return BigInt(`0x${text.replaceAll(':', '')}`)
}

function parseOneOf(text: string, values: readonly string[]): Parsed {
  const index = values.indexOf(text)
  return index === -1 ? `"${text}" is none of ${values.join(', ')}` : BigInt(index)
}

/** As a person writes it. */
export function formatScalar(type: ScalarType, raw: bigint, values: readonly string[]): string {
  switch (type) {
    case 'ipv4':
      return [24n, 16n, 8n, 0n].map((shift) => (raw >> shift) & 255n).join('.')
    case 'mac':
      return raw
        .toString(16)
        .padStart(12, '0')
        .replace(/..(?=.)/g, '$&:')
    case 'duration':
      return formatDuration(raw)
    case 'bytes':
      return formatBytes(raw)
    case 'rate':
      return formatRate(raw)
    case 'bool':
      return raw === 1n ? 'true' : 'false'
    case 'oneOf':
      return values[Number(raw)] ?? ''
    case 'ports':
      return formatPorts(raw)
    default:
      return String(raw)
  }
}

function formatPorts(mask: bigint): string {
  const ports: number[] = []
  for (let port = 0; port < 30; port++) if ((mask & (1n << BigInt(port))) !== 0n) ports.push(port)
  return ports.length === 0 ? 'none' : ports.join(', ')
}
