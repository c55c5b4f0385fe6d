/** What the author's code does wrong on terms, and what of it gets too large, said with its place. */
import { SortError } from '../../smt/index.js'
import { currentPlace, errorHere } from '../../spec/instrumented/index.js'
import { Undecidable } from './path.js'

export function placed<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof SortError) throw new Undecidable(`a value gets too wide: ${error.message}`, currentPlace())
    // The engine says so before the fuel does where calls are nested.
    if (error instanceof RangeError && error.message.includes('call stack')) {
      throw errorHere('the specification does not come to an end', 'bound the recursion', error)
    }
    // Whatever was thrown elsewhere is not about the specification: how a path ends, or a fault of our own.
    throw error instanceof Error && isThrownInstrumented(error) ? errorHere(error.message, undefined, error) : error
  }
}

/** Whether an error comes from an instrumented module itself, and not from what it calls. */
function isThrownInstrumented({ stack = '' }: Error): boolean {
  const first = stack.split('\n').find((line) => line.trimStart().startsWith('at '))
  return first !== undefined && /[?&]instrumented\b/.test(first)
}
