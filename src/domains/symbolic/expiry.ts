/**
 * What a specification has expire before it looks at the packet or at what is in its tables: thresholds that hold for
 * every packet, found without running the rest of it.
 */
import { currentPlace, type SourcePlace, withOperators } from '../../spec/instrumented/index.js'
import type { Integer } from './integer.js'
import { SymbolicOperators } from './operators.js'
import { type Path, pathWith } from './path.js'
import { placed } from './placed.js'
import { Run } from './run.js'

export interface Expiry {
  readonly table: string
  readonly threshold: Integer
  /** Where the specification says it. */
  readonly place: SourcePlace | undefined
}

/** The specification looks at something. */
class Looked extends Error {}

/** Something that may not be looked at. */
function hidden(known: Readonly<Record<string, unknown>> = {}): object {
  return new Proxy(known, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name)
      if (found === undefined) throw new Looked()
      return found
    },
  })
}

/** `process` is run up to where it looks; `surroundings` are what it sees beside the packet and its tables. */
export function expiryOf(
  process: (sight: Readonly<Record<string, unknown>>) => unknown,
  given: { readonly path: Path; readonly portCount: number; readonly ingress: Integer; readonly now: Integer },
  surroundings: (run: Run) => Readonly<Record<string, unknown>>,
  tables: readonly string[],
): Expiry[] {
  const found: Expiry[] = []
  // Which way to go there is to look.
  const run = new Run(pathWith(given.path, { decide: look }), given.portCount, given.now)
  const tableOf = (table: string): object =>
    hidden({
      expireOlderThan: (threshold: unknown) => {
        const integer = run.integerOf(threshold, true, `the threshold of ${table}`)
        found.push({ table, threshold: integer, place: currentPlace() })
      },
    })
  const sight = {
    ...surroundings(run),
    packet: hidden(),
    ingress: run.number(given.ingress),
    now: run.bigint(given.now),
    portCount: given.portCount,
    choose: look,
    rewriteMacs: look,
    ...Object.fromEntries(tables.map((table) => [table, tableOf(table)])),
  }
  try {
    withOperators(new SymbolicOperators(run), () => placed(() => process(sight)))
  } catch (error) {
    if (!(error instanceof Looked)) throw error
  }
  return found
}

function look(): never {
  throw new Looked()
}
