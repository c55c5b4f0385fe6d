/** Bits of the answer of `nf_process`. */
export const ANSWER_BITS = 32
/** The empty set of ports; the set with mask m is m below it. */
export const FIRST_SET = -16
