/**
 * Packets, in two levels. Views, the printer and the difference read any bytes and judge nothing: they never throw,
 * and what lies past the end reads as 0. `Layers` is the legal form: it says where each header is, and -1 where it is
 * absent or malformed; specifications, the oracle and derivation read that one.
 *
 * One file for each protocol, all of one shape: a table of fields, a view. Everything that knows a header goes by
 * the table. MAC addresses are numbers of 48 bits, IPv4 addresses numbers of 32, IPv6 addresses bigints; offsets are
 * in bytes from the start of the array, lengths in bytes, all integers in network byte order.
 *
 * Called by everything above; imports nothing of the project.
 */
export * from './address.js'
export * from './bytes.js'
export * from './checksum.js'
export * from './field.js'
export * from './layers.js'
export * from './numbers.js'
