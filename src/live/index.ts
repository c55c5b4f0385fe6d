/**
 * Traces on real ports: a network function, or what else is under test, behind veth pairs or interfaces, and its oracle.
 *
 * Frames leave by an absolute schedule, in order over all ports. What comes out is matched to what went in by the bytes that
 * devices leave as they are. In which order the device took frames of several ports, and at what times, is not seen: the
 * oracle looks for one that explains everything. A frame that does not come out was dropped, or lost where counters of links
 * and rings say so; nothing else excuses it.
 *
 * Called by replay; conformance suites, which send packet by packet, use how frames are known again.
 */
export { chatterOf } from './chatter.js'
export { withoutPadding } from './padding.js'
export { Signature } from './signature.js'
export { type Live, startLive } from './start.js'
export { trailerOf, withTrailer } from './trailers.js'
