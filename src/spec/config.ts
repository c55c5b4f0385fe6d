/** What a specification asks of the configuration. Values come from nf.yaml and the command line. */
import type { FieldType } from './types.js'
import type { Ipv4Address } from './units.js'

/** A named freedom of the specification; nf.yaml says which alternative this network function implements. */
export interface OptionType<A extends string> {
  readonly kind: 'option'
  readonly alternatives: readonly A[]
}

/** A value for each port. */
export interface PerPortType<T> {
  readonly kind: 'perPort'
  readonly of: FieldType<number> | FieldType<bigint>
  readonly sample?: T
}

/** A list of values, given in the configuration and never changed. */
export interface ListType<T> {
  readonly kind: 'list'
  readonly of: FieldType<number> | FieldType<bigint>
  readonly sample?: T
}

/** A read-only table from the configuration, looked up by whole keys: static entries. */
export interface LookupTableType<K extends number | bigint, V extends number | bigint> {
  readonly kind: 'lookupTable'
  readonly key: FieldType<K>
  readonly value: FieldType<V>
}

/** A read-only table of IPv4 prefixes from the configuration: routes. */
export interface PrefixTableType<V extends number | bigint> {
  readonly kind: 'prefixTable'
  readonly value: FieldType<V>
}

export type ConfigType =
  | FieldType<number>
  | FieldType<bigint>
  | OptionType<string>
  | PerPortType<number>
  | PerPortType<bigint>
  | ListType<number>
  | ListType<bigint>
  | LookupTableType<number, number>
  | PrefixTableType<number>
  | FlagType

/** Yes or no. */
export interface FlagType {
  readonly kind: 'flag'
}

export type ConfigDeclaration = Readonly<Record<string, ConfigType>>

/** A value of a list or per-port configuration, by index. Out of range is an error of the specification. */
export interface Indexed<T> {
  readonly length: number
  at(index: number): T
  /** The first index that holds `value`, or undefined. */
  indexOf(value: T): number | undefined
}

export interface LookupTable<K, V> {
  get(key: K): V | undefined
}

/** Longest-prefix match (RFC 1812 section 5.2.4.3, rule 2). */
export interface PrefixTable<V> {
  /** The value of the longest prefix that covers `address`; undefined where none does. */
  lookup(address: Ipv4Address): V | undefined
}

export type ConfigValue<T> = T extends FlagType
  ? boolean
  : T extends OptionType<infer A>
    ? A
    : T extends PerPortType<infer P>
      ? Indexed<P>
      : T extends ListType<infer L>
        ? Indexed<L>
        : T extends LookupTableType<infer K, infer V>
          ? LookupTable<K, V>
          : T extends PrefixTableType<infer V>
            ? PrefixTable<V>
            : T extends FieldType<infer F>
              ? F
              : never

export type ConfigValues<C extends ConfigDeclaration> = { readonly [Name in keyof C]: ConfigValue<C[Name]> }

/** A named freedom with its alternatives. */
export function option<const A extends string>(...alternatives: readonly A[]): OptionType<A> {
  return Object.freeze({ kind: 'option', alternatives })
}

export const flag: FlagType = Object.freeze({ kind: 'flag' })

export function perPort<T extends number | bigint>(of: FieldType<T>): PerPortType<T>
export function perPort(of: FieldType<number> | FieldType<bigint>): PerPortType<number | bigint> {
  return Object.freeze({ kind: 'perPort', of })
}

export function listOf<T extends number | bigint>(of: FieldType<T>): ListType<T>
export function listOf(of: FieldType<number> | FieldType<bigint>): ListType<number | bigint> {
  return Object.freeze({ kind: 'list', of })
}

export function lookupTable<K extends number | bigint, V extends number | bigint>(
  key: FieldType<K>,
  value: FieldType<V>,
): LookupTableType<K, V> {
  return Object.freeze({ kind: 'lookupTable', key, value })
}

export function prefixTable<V extends number>(value: FieldType<V>): PrefixTableType<V> {
  return Object.freeze({ kind: 'prefixTable', value })
}
