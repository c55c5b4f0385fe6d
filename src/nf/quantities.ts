/** Quantities with units, exactly: `120 s`, `2 h 4 min`, `64 KiB`, `10 Mbit/s`. A part below the last unit is refused. */

interface Unit {
  readonly name: string
  /** As a fraction, in nanoseconds, bytes or bytes per second. */
  readonly numerator: bigint
  readonly denominator: bigint
}

function unit(name: string, numerator: bigint, denominator = 1n): Unit {
  return { name, numerator, denominator }
}

const durations = [
  unit('d', 86_400_000_000_000n),
  unit('h', 3_600_000_000_000n),
  unit('min', 60_000_000_000n),
  unit('s', 1_000_000_000n),
  unit('ms', 1_000_000n),
  unit('us', 1_000n),
  unit('µs', 1_000n),
  unit('ns', 1n),
]

const sizes = [
  unit('GiB', 1n << 30n),
  unit('MiB', 1n << 20n),
  unit('KiB', 1n << 10n),
  unit('GB', 1_000_000_000n),
  unit('MB', 1_000_000n),
  unit('kB', 1_000n),
  unit('B', 1n),
]

const rates = [
  ...sizes.map((size) => unit(`${size.name}/s`, size.numerator)),
  unit('Gbit/s', 1_000_000_000n, 8n),
  unit('Mbit/s', 1_000_000n, 8n),
  unit('kbit/s', 1_000n, 8n),
  unit('bit/s', 1n, 8n),
]

/** A number that says what is wrong, or the value. */
export type Parsed = bigint | string

/** Nanoseconds. A bare number is refused, except 0. */
export function parseDuration(text: string): Parsed {
  return parseSum(text, durations, undefined, 'nanosecond')
}

/** Bytes; a bare number is bytes. */
export function parseBytes(text: string): Parsed {
  return parseSum(text, sizes, unit('B', 1n), 'byte')
}

/** Bytes per second; a bare number is bytes per second. */
export function parseRate(text: string): Parsed {
  return parseSum(text, rates, unit('B/s', 1n), 'byte per second')
}

function parseSum(text: string, units: readonly Unit[], bare: Unit | undefined, least: string): Parsed {
  const parts = [...text.matchAll(/\s*(\d[\d_]*)(?:\.(\d+))?\s*([a-zA-Zµ/]*)/gy)]
  if (text.trim() === '' || parts.map((part) => part[0]).join('') !== text.trimEnd()) return notA(text, units)
  let numerator = 0n
  for (const [, whole = '', fraction = '', name] of parts) {
    const amount = BigInt(whole.replaceAll('_', '') + fraction)
    const found =
      name === '' ? (bare ?? (amount === 0n ? unit('', 1n) : undefined)) : units.find((u) => u.name === name)
    if (found === undefined) return notA(text, units)
    // Over a common denominator of 8 x 10^18: eighths of bytes, and up to 18 decimals.
    if (fraction.length > 18) return `"${text}" has more than 18 decimals`
    numerator += (amount * found.numerator * 8n * 10n ** BigInt(18 - fraction.length)) / found.denominator
  }
  const denominator = 8n * 10n ** 18n
  if (numerator % denominator !== 0n) return `"${text}" is not a whole number of ${least}s`
  return numerator / denominator
}

function notA(text: string, units: readonly Unit[]): string {
  return `"${text}" is not a number with a unit (${units.map((u) => u.name).join(', ')})`
}

/** The shortest exact form: the largest unit of which it is a whole number. */
export function formatDuration(nanoseconds: bigint): string {
  return format(nanoseconds, durations, 'ns')
}

export function formatBytes(bytes: bigint): string {
  return format(bytes, sizes.slice(0, 3), 'B')
}

export function formatRate(rate: bigint): string {
  const inBits = ['Gbit/s', 'Mbit/s', 'kbit/s'].map((name) => rates.find((u) => u.name === name))
  const found = inBits.find((u) => u !== undefined && rate > 0n && (rate * u.denominator) % u.numerator === 0n)
  return found === undefined ? `${rate} B/s` : `${(rate * found.denominator) / found.numerator} ${found.name}`
}

function format(value: bigint, units: readonly Unit[], least: string): string {
  const found = units.find((u) => value > 0n && value % u.numerator === 0n)
  return found === undefined ? `${value} ${least}` : `${value / found.numerator} ${found.name}`
}
