/**
 * Choices of the specification, taken from what the network function did: the n-th new entry of a table
 * is at the slot that the n-th insertion into its structure took. Where it inserted nothing, any allowed slot will do: the
 * states then differ, which is found when they are compared.
 */
import { AnyChoices, type Choice, type Choices } from '../domains/symbolic/choices.js'
import type { Integer, Integers } from '../domains/symbolic/integer.js'
import type { Path } from '../domains/symbolic/path.js'
import type { Term } from '../smt/index.js'

export class Witnesses implements Choices {
  readonly #path: Path
  readonly #integers: Integers
  readonly #any: AnyChoices
  /** What is left for each choice, by its name. */
  readonly #chosen: Map<string, Integer[]>

  /** `chosen`: by the name of a choice, what the network function chose, in order. */
  constructor(path: Path, integers: Integers, chosen: ReadonlyMap<string, readonly Integer[]>) {
    this.#path = path
    this.#integers = integers
    this.#any = new AnyChoices(path, integers)
    this.#chosen = new Map([...chosen].map(([name, values]) => [name, [...values]]))
  }

  choose(choice: Choice): Integer {
    const { name, range, allowed, place } = choice
    const witness = this.#chosen.get(name)?.shift()
    if (witness === undefined) return this.#any.choose(choice)
    const integers = this.#integers
    const { terms } = this.#path
    const inRange = terms.and(integers.le(integers.of(0n), witness), integers.lt(witness, range))
    this.#path.oblige({ guarantee: 'state', what: `${name}: a number that exists`, place, holds: inRange })
    const value = integers.within(witness, 0n, range.hi - 1n)
    this.#path.oblige({ guarantee: 'state', what: `${name}: a choice that is allowed`, place, holds: allowed(value) })
    return value
  }

  chooseBy(name: string, key: Term, range: Integer): Integer {
    return this.#any.chooseBy(name, key, range)
  }
}
