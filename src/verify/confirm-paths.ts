/** One model of every path is made real and run on the real binary: it has to take that path. */
import { VigilError } from '../errors.js'
import type { SyncSolver, Term, Terms } from '../smt/index.js'
import { type Confirmation, confirmIn } from './confirm.js'
import { Devices } from './devices.js'
import type { PathReport } from './exploration/explore.js'
import type { PacketOnPath } from './packet-proof.js'
import type { Subject } from './subject.js'

/** What comes of a path where it is not a fault of Vigil; see Confirmation. */
export type PathConfirmation = Exclude<Confirmation, { readonly kind: 'different' }>

/** Others who do the same at the same time. Paths go by their numbers. */
export interface ConfirmingHelpers {
  /** How many paths they would take. */
  readonly wanted: number
  confirm(number: number, path: PathReport<unknown>): void
  /**
   * What they say since they were asked last; where `isWaiting`, and they have some path, at least one thing. Undefined: the
   * path is given back.
   */
  confirmed(isWaiting: boolean): readonly (readonly [number: number, confirmation: Confirmation | undefined])[]
}

/** Runs paths of one subject on its real binary. */
export class PathConfirmer {
  readonly #terms: Terms
  readonly #solver: SyncSolver
  readonly #devices: Devices
  /** Of the model of each path, where it can be: a configuration that is at hand. */
  readonly #wishes: readonly Term[]

  constructor(subject: Subject, terms: Terms, solver: SyncSolver) {
    this.#terms = terms
    this.#solver = solver
    this.#devices = new Devices(subject, terms)
    this.#wishes = subject.configuration.open?.asConfigured(terms) ?? []
  }

  /** Undefined where the path does not end, or no packet is known to take it. */
  confirm({ end, satisfied, facts, premises }: PathReport<PacketOnPath>): Confirmation | undefined {
    if (end.kind !== 'ended' || satisfied.kind !== 'yes') return undefined
    const { nf, input } = end.result
    const path = { terms: this.#terms, run: nf, input, facts, premises, model: satisfied.model }
    return confirmIn((model) => this.#devices.in(model)?.real, path, this.#solver, this.#wishes)
  }
}

/** In the order of the paths; throws where the binary does something else than was found, which is a fault of Vigil. */
export function confirmPaths(
  paths: readonly PathReport<PacketOnPath>[],
  confirmer: PathConfirmer,
  helpers?: ConfirmingHelpers,
): (PathConfirmation | undefined)[] {
  const found = new Map<number, Confirmation | undefined>()
  const waiting = paths.map((_, number) => number)
  for (;;) {
    const heard = helpers?.confirmed(waiting.length === 0) ?? []
    for (const [number, confirmation] of heard) {
      if (confirmation === undefined) waiting.push(number)
      else found.set(number, confirmation)
    }
    for (let wanted = helpers?.wanted ?? 0; wanted > 0 && waiting.length > 1; wanted--) {
      const number = waiting.pop()
      const path = number === undefined ? undefined : paths[number]
      if (number !== undefined && path !== undefined) helpers?.confirm(number, path)
    }
    const next = waiting.shift()
    const path = next === undefined ? undefined : paths[next]
    if (next !== undefined && path !== undefined) found.set(next, confirmer.confirm(path))
    else if (heard.length === 0) return paths.map((_, number) => asFound(found.get(number), number))
  }
}

function asFound(confirmation: Confirmation | undefined, number: number): PathConfirmation | undefined {
  if (confirmation?.kind !== 'different') return confirmation
  throw new VigilError(70, `path ${number + 1} is not the way of the real binary: ${confirmation.what}`)
}
