import type {
  Bytes,
  Duration,
  IpAddress,
  Ipv4Address,
  Ipv6Address,
  MacAddress,
  Port,
  PortSet,
  Rate,
  Slot,
  Time,
  TransportPort,
} from './units.js'

/** What a field of a record or a configuration value may hold. */
export type FieldKind =
  | 'unsigned'
  | 'port'
  | 'ports'
  | 'mac'
  | 'ipv4'
  | 'ipv6'
  | 'ip'
  | 'transportPort'
  | 'duration'
  | 'timestamp'
  | 'bytes'
  | 'rate'
  | 'upTo'
  | 'slotOf'

/**
 * A field type: its width, whether it is held as a bigint (above 53 bits), and what refines it beyond the width. The
 * refinements (`port` below the number of ports, `timestamp` at most the last `now`, `upTo` its bound, `slotOf` the
 * capacity) become invariants of the state.
 */
export interface FieldType<T extends number | bigint> {
  readonly kind: FieldKind
  readonly bits: number
  readonly wide: boolean
  /** Largest value, where the kind and width do not say it. */
  readonly bound?: T
  readonly sample?: T
}

function narrow<T extends number>(kind: FieldKind, bits: number): FieldType<T> {
  return Object.freeze({ kind, bits, wide: false })
}

function wide<T extends bigint>(kind: FieldKind, bits: number): FieldType<T> {
  return Object.freeze({ kind, bits, wide: true })
}

export const u8 = narrow<number>('unsigned', 8)
export const u16 = narrow<number>('unsigned', 16)
export const u32 = narrow<number>('unsigned', 32)
export const u48 = narrow<number>('unsigned', 48)
export const u64 = wide<bigint>('unsigned', 64)
export const u128 = wide<bigint>('unsigned', 128)
/** A port of the network function: below the number of ports. */
export const port = narrow<Port>('port', 8)
/** A set of ports, as a bit mask. */
export const ports = narrow<PortSet>('ports', 32)
export const macAddress = narrow<MacAddress>('mac', 48)
export const ipv4Address = narrow<Ipv4Address>('ipv4', 32)
export const ipv6Address = wide<Ipv6Address>('ipv6', 128)
/** An address of either IP version, in 128 bits; keep the version beside it. */
export const ipAddress = wide<IpAddress>('ip', 128)
export const transportPort = narrow<TransportPort>('transportPort', 16)
/** Nanoseconds. */
export const duration = wide<Duration>('duration', 63)
/** Nanoseconds; at most the last `now`. */
export const timestamp = wide<Time>('timestamp', 63)
export const bytes = wide<Bytes>('bytes', 64)
/** Bytes per second. */
export const rate = wide<Rate>('rate', 64)

/** A wide number from 0 to `bound`. */
export function upTo(bound: bigint): FieldType<bigint> {
  return Object.freeze({ kind: 'upTo', bits: 128, wide: true, bound })
}

/** A slot of a table or an index below `capacity`. */
export function slotOf(capacity: number): FieldType<Slot> {
  return Object.freeze({ kind: 'slotOf', bits: 32, wide: false, bound: capacity })
}
