/** Choices that a specification leaves open by name: once for each packet, or once for each key. */
import { currentPlace } from '../../spec/instrumented/index.js'
import type { Choices } from './choices.js'
import type { Integer } from './integer.js'
import type { RecordCodec } from './record-codec.js'
import { MOST, type Run } from './run.js'
import type { NumberValue } from './values.js'

/** `choose(name, range)` of the specification: any number below `range`, another for each packet. */
export function freeChoice(run: Run, choices: Choices): (name: string, range: unknown) => NumberValue {
  return (name, given) => {
    const what = `choose("${name}") has nothing to choose from`
    const range = run.fitting(run.integerOf(given, false, 'a range'), 1n, MOST, what)
    run.effect()
    return run.number(choices.choose({ name, range, allowed: () => run.terms.true, place: currentPlace() }))
  }
}

/** A function from keys to numbers that the device made up. */
export class SymbolicChosenBy {
  readonly #run: Run
  readonly #name: string
  readonly #key: RecordCodec
  readonly #range: Integer
  readonly #choices: Choices

  constructor(run: Run, name: string, key: RecordCodec, range: number, choices: Choices) {
    this.#run = run
    this.#name = name
    this.#key = key
    this.#range = run.integers.of(BigInt(range))
    this.#choices = choices
  }

  of(key: unknown): NumberValue {
    this.#run.effect()
    return this.#run.number(this.#choices.chooseBy(this.#name, this.#key.encodeKey(this.#run, key), this.#range))
  }
}
