/** A configuration value as specifications take it, by the name that nf.yaml gives it. */
export type SpecValue =
  | number
  | bigint
  | boolean
  | string
  | readonly (number | bigint)[]
  | ReadonlyMap<number | bigint, number | bigint>
  | PrefixRows

/** What addresses with the first `length` bits of `prefix` get, unless a longer prefix covers them; its other bits are 0. */
export interface PrefixRow {
  readonly prefix: number
  /** 0 to 32. */
  readonly length: number
  readonly value: number
}

/** The rows of a table of IPv4 prefixes, in any order; no prefix stands twice. */
export interface PrefixRows {
  readonly prefixes: readonly PrefixRow[]
}

/** Everything that a specification needs to start: the configuration with the named options, and the ports. */
export interface SpecConfig {
  readonly values: ReadonlyMap<string, SpecValue>
  readonly portCount: number
}
