import { errorHere } from './place.js'

export type SymbolicType = 'number' | 'bigint' | 'boolean'

/**
 * A value of which only a term is known. The language's operators take it; whatever JavaScript would do with it by
 * itself (turn it into a string, a key or a number) is an error of the specification, with its place.
 */
export abstract class SymbolicValue {
  abstract readonly type: SymbolicType;

  [Symbol.toPrimitive](): never {
    return followed(this)
  }

  valueOf(): never {
    return followed(this)
  }

  toString(): never {
    return followed(this)
  }

  toJSON(): never {
    return followed(this)
  }
}

function followed(value: SymbolicValue): never {
  throw errorHere(
    `a ${value.type} that depends on the packet or the state is used where only JavaScript itself could follow`,
    'use the operators and functions of the language',
  )
}
