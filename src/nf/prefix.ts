/** IPv4 prefixes as people write them: `10.0.0.0/8` (RFC 4632 section 3.1). */
import { formatScalar, parseScalar } from './config-types.js'

export interface Prefix {
  /** The address; bits after the first `length` are 0. */
  readonly prefix: number
  /** 0 to 32. */
  readonly length: number
}

/** The prefix that `input` stands for, or what is wrong with it. */
export function parsePrefix(input: unknown): Prefix | string {
  const [addressText = '', lengthText = '', ...rest] = String(input).trim().split('/')
  const length = /^(?:\d|[12]\d|3[0-2])$/.test(lengthText) ? Number(lengthText) : undefined
  const address = parseScalar('ipv4', addressText, { portCount: 0, values: [] })
  if (length === undefined || typeof address === 'string' || rest.length > 0) {
    return `"${String(input)}" is not an IPv4 prefix such as 10.0.0.0/8`
  }
  const hostSize = 2 ** (32 - length)
  const prefix = Math.floor(Number(address) / hostSize) * hostSize
  if (prefix === Number(address)) return { prefix, length }
  return `${String(input)} has bits set after its first ${length}; the prefix is ${formatPrefix({ prefix, length })}`
}

export function formatPrefix({ prefix, length }: Prefix): string {
  return `${formatScalar('ipv4', BigInt(prefix), [])}/${length}`
}
