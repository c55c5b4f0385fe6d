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
export * from './arp.js'
export * from './build.js'
export * from './build-header.js'
export * from './bytes.js'
export * from './checksum.js'
export * from './diff.js'
export * from './dissect.js'
export * from './ethernet.js'
export * from './extension.js'
export * from './field.js'
export * from './hexdump.js'
export * from './icmp.js'
export * from './icmpv6.js'
export * from './ipv4.js'
export * from './ipv6.js'
export * from './judge.js'
export * from './layers.js'
export * from './llc.js'
export * from './numbers.js'
export * from './print.js'
export * from './print-line.js'
export * from './tcp.js'
export * from './udp.js'
export * from './view.js'
export * from './vlan.js'
