/**
 * What the answer of `nf_process` means (docs/nf-binary.md), as terms: whether it means anything, and which ports it
 * sends the packet to. Sets of ports are compared at one port of which only that it exists is known.
 */
import type { Term, Terms } from '../../smt/index.js'
import { ANSWER_BITS, FIRST_SET } from './answer.js'

export interface Ports {
  /** How many ports there are: 1 to 30. */
  readonly count: number
  /** The port that the packet came in by: 32 bits, below `count`. */
  readonly ingress: Term
}

const DROP = -1
const FLOOD = -2

/** Whether the answer means anything: no absent port, no set with an absent port, nothing from -15 to -3. */
export function isMeaningful(terms: Terms, answer: Term, { count }: Ports): Term {
  const isPort = terms.ult(answer, number(terms, count))
  const set = setOf(terms, answer)
  const isSet = terms.and(terms.sle(answer, number(terms, FIRST_SET)), terms.ult(set, number(terms, 2 ** count)))
  return terms.any([isPort, is(terms, answer, DROP), is(terms, answer, FLOOD), isSet])
}

/** Whether the packet leaves by `port` (32 bits, below the number of ports). Requires a meaningful answer. */
export function sendsTo(terms: Terms, answer: Term, port: Term, { ingress }: Ports): Term {
  const isPort = terms.eq(answer, port)
  const isFlooded = terms.and(is(terms, answer, FLOOD), terms.not(terms.eq(port, ingress)))
  const inSet = terms.eq(terms.extract(0, 0, terms.lshr(setOf(terms, answer), port)), terms.bv(1n, 1))
  const isSet = terms.sle(answer, number(terms, FIRST_SET))
  return terms.any([isPort, isFlooded, terms.and(isSet, inSet)])
}

/** Bit i for port i, where the answer is a set. */
function setOf(terms: Terms, answer: Term): Term {
  return terms.sub(number(terms, FIRST_SET), answer)
}

function is(terms: Terms, answer: Term, value: number): Term {
  return terms.eq(answer, number(terms, value))
}

function number(terms: Terms, value: number): Term {
  return terms.bv(BigInt.asUintN(ANSWER_BITS, BigInt(value)), ANSWER_BITS)
}
