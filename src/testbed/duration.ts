const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1_000,
  ms: 1_000_000,
  s: 1_000_000_000,
  m: 60_000_000_000,
  h: 3_600_000_000_000,
}

/** Nanoseconds of a text such as `1ms`, `0.5 s`, `2h`; undefined where it is none, or above 2^53 ns (104 days). */
export function parseDuration(text: string): bigint | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(ns|us|ms|s|m|h)$/.exec(text)
  const unit = nanoseconds[match?.[2] ?? '']
  if (match === null || unit === undefined) return undefined
  const value = Math.round(Number(match[1]) * unit)
  return Number.isSafeInteger(value) ? BigInt(value) : undefined
}
