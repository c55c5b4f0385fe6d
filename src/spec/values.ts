/** A configuration value as specifications take it, by the name that nf.yaml gives it. */
export type SpecValue =
  | number
  | bigint
  | boolean
  | string
  | readonly (number | bigint)[]
  | ReadonlyMap<number | bigint, number | bigint>

/** Everything that a specification needs to start: the configuration with the named options, and the ports. */
export interface SpecConfig {
  readonly values: ReadonlyMap<string, SpecValue>
  readonly portCount: number
}
