// How far a flow is, as connection tracking sees it from between (nf_conntrack_tcp_packet), the short-lived first. Datagrams are
// unanswered, answered, or a stream; connections adrift, which are not followed further, once they close or begin anew.
export const UNANSWERED = 0
export const ANSWERED = 1
export const SYN_SENT = 2
export const SYN_RECEIVED = 3
export const ESTABLISHED = 4
export const STREAM = 5
export const ADRIFT = 6
// Besides, what a segment may do to a connection: it is not one of it, or it passes and changes nothing.
export const NOT_ITS = 7
export const UNCHANGED = 8

// Flags of a segment, but for ECE, CWR and PSH, which may come with any.
export const SYN = 0x02
export const RST = 0x04
const SYN_ACK = 0x12
const FIN_ACK = 0x11
const ACK = 0x10
const URG = 0x20
const isMeant = (flags: number) => flags === SYN_ACK || flags === RST || flags === (RST | ACK)
const isMeantUrgent = (flags: number) => flags === SYN || flags === ACK || flags === FIN_ACK

/** Those of `flags` that tell what a segment is. */
export const told = (flags: number) => flags & (SYN | FIN_ACK | RST)

/** Whether flags are set together that may be (tcp_valid_flags). */
export const areMeant = (flags: number) => isMeant(flags & (SYN | FIN_ACK | RST | URG)) || isMeantUrgent(told(flags))

/** What becomes of a connection that is followed, by a segment that resets nothing. */
export function afterSegment(phase: number, isOpening: boolean, outbound: boolean, flags: number) {
  if (flags === FIN_ACK) return isOpening ? NOT_ITS : ADRIFT
  if (flags === ACK) return outbound ? (isOpening ? NOT_ITS : ESTABLISHED) : isOpening ? ADRIFT : phase
  if (flags === SYN) return outbound ? (isOpening ? UNCHANGED : ADRIFT) : isOpening ? ADRIFT : NOT_ITS
  return outbound ? (phase === SYN_RECEIVED ? ADRIFT : NOT_ITS) : isOpening ? SYN_RECEIVED : UNCHANGED
}
