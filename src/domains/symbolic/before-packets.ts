/**
 * What a specification says before any packet (its state and how big, whether tags are read), where some of its
 * configuration is left open: it must be the same text for every configuration, with terms for sizes.
 */
import type { Terms } from '../../smt/index.js'
import { SpecError } from '../../spec/error.js'
import { currentPlace, withOperators } from '../../spec/instrumented/index.js'
import { type Integer, Integers } from './integer.js'
import { SymbolicOperators } from './operators.js'
import type { Path } from './path.js'
import { Run } from './run.js'
import { SymbolicNumber } from './values.js'

/** Runs a part of a specification that no packet has a part in. Throws SpecError where it would have to decide. */
export function beforePackets<T>(portCount: number, terms: Terms, part: (run: Run) => T): T {
  const run = new Run(undecided(terms), portCount, new Integers(terms).of(0n))
  return withOperators(new SymbolicOperators(run), () => part(run))
}

function undecided(terms: Terms): Path {
  const refuse = (): never => {
    const { file, line } = currentPlace() ?? {}
    throw new SpecError('what state there is depends on a value that is left open', {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      hint: 'in nf.yaml, anyConfig: { oneOf: [...] } goes through values one by one',
    })
  }
  // What holds of every configuration need not be noted here: it is on every path of a packet.
  const nothing = { factCount: 0, stepCount: 0, assume: () => {}, proves: () => false }
  return { terms, ...nothing, decide: refuse, oblige: refuse, fresh: refuse }
}

const MOST_SIZE = 1n << 24n

/** A size of a declared state: a number, or a term of the configuration. */
export function sizeOf(integers: Integers, size: unknown): Integer {
  if (typeof size === 'number') return integers.of(BigInt(size))
  if (!(size instanceof SymbolicNumber)) throw new TypeError('a size is a number')
  const { integer } = size
  if (integer.lo >= 1n && integer.hi <= MOST_SIZE) return integer
  throw new SpecError(`a size may be from ${integer.lo} to ${integer.hi}, and must be from 1 to ${MOST_SIZE}`, {
    hint: 'bound it in nf.yaml',
  })
}
