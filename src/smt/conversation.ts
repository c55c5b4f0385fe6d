/** Asking one solver: what it has been told so far, what it must still be told, and what its words are worth. */
import { beforeEndMarker, endCommand, type Profile, type Reply, type Request } from './engine.js'
import { ScriptPrinter, Theories } from './print.js'
import { reachable } from './reachable.js'
import { askedFor, readModel } from './read-model.js'
import type { Limits, Reason } from './solver.js'
import type { Term } from './term.js'
import type { Model } from './value.js'

/** A level of a session's stack: what was asserted since a `push`. */
export interface Frame {
  /** Which level this is: frames of one level differ only in that later ones have more terms at the end. */
  readonly level: object
  readonly terms: readonly Term[]
}

/** Everything that a query asserts. */
export function assertionsOf({ frames, extra }: Pick<Query, 'frames' | 'extra'>): Term[] {
  return [...frames.flatMap(({ terms }) => terms), ...extra]
}

export interface Query {
  /** Whose context this is: two sessions never share one. */
  readonly owner: object
  readonly frames: readonly Frame[]
  readonly extra: readonly Term[]
  readonly limits: Required<Limits>
  /** Which of the solver's ways to check, from 0. Default: the first. */
  readonly way?: number
}

export type Verdict =
  | { readonly status: 'sat'; readonly model: Model }
  | { readonly status: 'unsat' }
  | { readonly status: 'unknown'; readonly reason: Reason }

/** What the solver's present context has been told. */
interface Told {
  readonly owner: object
  readonly prelude: string
  readonly theories: Theories
  readonly printer: ScriptPrinter
  readonly frames: { readonly level: object; asserted: number }[]
  /** Whether the last check's own level is still open. */
  open: boolean
}

type Steps<R> = Generator<Request, R, Reply>

const REASON = `(get-info :reason-unknown)\n${endCommand}`

/** What a solver may take beyond its limit before it is given up, in milliseconds: it does not always look at the clock. */
const grace = 5000

export class Conversation {
  readonly #profile: Profile
  readonly #incremental: boolean
  #told: Told | undefined

  constructor(profile: Profile, incremental: boolean) {
    this.#profile = profile
    this.#incremental = incremental
  }

  /** How many ways there are to check what `query` asserts. */
  ways(query: Pick<Query, 'frames' | 'extra'>): number {
    const theories = new Theories()
    theories.add(reachable(assertionsOf(query)))
    return this.#profile.checks(theories.logic).length
  }

  /** Yields what to send, takes what comes back. Whatever is not exactly an answer ends the context. */
  *ask(query: Query): Steps<Verdict> {
    const told = this.#told
    this.#told = undefined
    const prelude = this.#profile.prelude(query.limits)
    const goesOn = this.#incremental ? goOn(told, query, prelude) : undefined
    const next = goesOn ?? begin(query, prelude)
    const patience = query.limits.time * 1.5 + grace
    const start = goesOn === undefined ? `${prelude}(set-logic ${next.theories.logic})\n` : ''
    const checks = this.#profile.checks(next.theories.logic)
    const check = checks[query.way ?? 0] ?? checks[0]
    const script = `${start}${tell(next, query)}${this.#profile.limit(query.limits)}${check}`
    const valued = askedFor(reachable(assertionsOf(query)))
    const values = valuesOf(valued, next)
    const following = { sat: values, unknown: REASON }
    const reply = yield { fresh: goesOn === undefined, script: script + endCommand, next: following, patience }
    if (reply.kind !== 'text')
      return this.#unknown(reply.kind, reply.kind === 'died' ? reply.detail : 'no answer in time')
    const words = beforeEndMarker(reply.text)?.trim()
    if (words === 'unsat') {
      this.#told = next
      return { status: 'unsat' }
    }
    if (words === 'sat') {
      const more = reply.more === undefined ? yield { fresh: false, script: values, patience } : textReply(reply.more)
      return this.#model(next, query, valued, more)
    }
    if (words === 'unknown') {
      const more = reply.more === undefined ? yield { fresh: false, script: REASON, patience } : textReply(reply.more)
      return this.#giveUp(next, more)
    }
    return this.#unknown('error', reply.text.trim().slice(0, 500))
  }

  /** The solver says sat, and these are its values: believed only if they satisfy the query. */
  #model(told: Told, query: Query, asked: readonly Term[], reply: Reply): Verdict {
    if (reply.kind !== 'text') {
      return this.#unknown(reply.kind, reply.kind === 'died' ? reply.detail : 'no values in time')
    }
    const values = beforeEndMarker(reply.text)
    if (values === undefined) return this.#unknown('error', reply.text.trim().slice(0, 500))
    const model = readModel(assertionsOf(query), asked, values)
    if (typeof model === 'string') return this.#unknown('model', model)
    this.#told = told
    return { status: 'sat', model }
  }

  #giveUp(told: Told, reply: Reply): Verdict {
    if (reply.kind !== 'text') return this.#unknown(reply.kind, 'unknown, and then silent about why')
    const words = beforeEndMarker(reply.text)
    if (words === undefined) return this.#unknown('error', reply.text.trim().slice(0, 500))
    this.#told = told
    const detail = words.trim()
    if (/timeout/.test(detail)) return this.#unknown('time', detail)
    if (/resource|cancel/.test(detail)) return this.#unknown('resources', detail)
    return this.#unknown('incomplete', detail)
  }

  #unknown(cause: Reason['cause'], detail: string): Verdict {
    return { status: 'unknown', reason: { by: this.#profile.name, cause, detail } }
  }
}

/** Asks for the values of some terms of what was told last. */
function valuesOf(asked: readonly Term[], { printer }: Told): string {
  if (asked.length === 0) return endCommand
  return `(get-value (${asked.map((term) => printer.text(term)).join(' ')}))\n${endCommand}`
}

function textReply(text: string): Reply {
  return { kind: 'text', text }
}

/** The context as it was told so far, if the query can go on in it: same session, same limits, no new theory. */
function goOn(told: Told | undefined, query: Query, prelude: string): Told | undefined {
  if (told?.owner !== query.owner || told.prelude !== prelude) return undefined
  const theories = new Theories(told.theories)
  const isTold = (term: Term) => told.printer.knows(term)
  theories.add(reachable(assertionsOf(query), isTold))
  return theories.logic === told.theories.logic ? told : undefined
}

function begin(query: Query, prelude: string): Told {
  const theories = new Theories()
  theories.add(reachable(assertionsOf(query)))
  return { owner: query.owner, prelude, theories, printer: new ScriptPrinter(), frames: [], open: false }
}

/** The commands that bring the context from what it was told to the query, up to `(check-sat)`. */
function tell(told: Told, { frames, extra }: Query): string {
  let script = ''
  const pop = () => {
    told.printer.pop()
    script += '(pop 1)\n'
  }
  if (told.open) pop()
  let common = 0
  while (common < told.frames.length && told.frames[common]?.level === frames[common]?.level) common++
  for (; told.frames.length > common; told.frames.pop()) pop()
  for (const [i, { level, terms }] of frames.entries()) {
    let known = told.frames[i]
    if (known === undefined) {
      told.printer.push()
      script += '(push 1)\n'
      known = { level, asserted: 0 }
      told.frames.push(known)
    }
    for (const term of terms.slice(known.asserted)) script += told.printer.assert(term)
    known.asserted = terms.length
  }
  told.printer.push()
  told.open = true
  script += '(push 1)\n'
  for (const term of extra) script += told.printer.assert(term)
  return script
}
