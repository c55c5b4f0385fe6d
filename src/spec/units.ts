/**
 * Units as types. A plain number or bigint may be given where a unit is expected (arithmetic yields plain numbers), but
 * one unit is never taken for another: an address where a port is expected is a compile error.
 */

declare const unit: unique symbol

/** `T` with a unit that only the compiler sees. */
export type Unit<T, Name extends string> = T & { readonly [unit]?: Name }

/** An EUI-48 address, 48 bits. */
export type MacAddress = Unit<number, 'MAC address'>
/** An IPv4 address, 32 bits. */
export type Ipv4Address = Unit<number, 'IPv4 address'>
/** An IPv6 address, 128 bits. */
export type Ipv6Address = Unit<bigint, 'IPv6 address'>
/** An address of either IP version; says nothing without the version beside it. */
export type IpAddress = Unit<bigint, 'IP address'>
/** A port of the network function, below the number of ports. */
export type Port = Unit<number, 'port'>
/** A set of ports of the network function, bit i for port i. */
export type PortSet = Unit<number, 'port set'>
/** A TCP or UDP port. */
export type TransportPort = Unit<number, 'transport port'>
/** Nanoseconds on the clock that `now` is read from. */
export type Time = Unit<bigint, 'time'>
/** Nanoseconds between two times. */
export type Duration = Unit<bigint, 'duration'>
/** Bytes. */
export type Bytes = Unit<bigint, 'bytes'>
/** Bytes per second. */
export type Rate = Unit<bigint, 'rate'>
/** A place in a table. */
export type Slot = Unit<number, 'slot'>
