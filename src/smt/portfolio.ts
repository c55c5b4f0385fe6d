/**
 * One query through several solvers: what simplification has decided, what the cache knows, then each back-end in turn
 * until one answers; and the second opinion, where one is asked for. No input or output happens here but the dump: the
 * steps say which engine is to run what, and the doors (door.ts) run it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { type AnswerCache, hashOf } from './cache.js'
import { assertionsOf, Conversation, type Frame, type Query, type Verdict } from './conversation.js'
import type { Profile, Reply, Request } from './engine.js'
import { DisagreementError, SolverUseError } from './errors.js'
import { evaluate } from './evaluate.js'
import { type IntegerReading, integerReading } from './integers/reading.js'
import { printQuery } from './print.js'
import type { Answer, Limits, Reason } from './solver.js'
import type { Statistics } from './statistics.js'
import type { Term } from './term.js'
import { Model } from './value.js'

export interface PortfolioSettings {
  readonly limits: Required<Limits>
  readonly cache: AnswerCache | undefined
  readonly statistics: Statistics
  /** A folder for one `.smt2` file per query that reached a back-end. */
  readonly dump: string | undefined
}

/** What the portfolio needs to know of an engine. */
export interface Seat {
  readonly profile: Profile
  readonly version: string
  readonly incremental: boolean
}

/** A request to the engine of this number. */
export interface Step {
  readonly engine: number
  readonly request: Request
}

/** A query as it is put to an engine, in little time and then perhaps again. */
interface Asked {
  readonly text: string
  readonly conversation: Omit<Query, 'limits'>
  /** Its file, where queries are dumped. */
  dumped: string | undefined
}

interface AskedInIntegers {
  readonly asked: Asked
  readonly reading: IntegerReading
  /** More effort would not help. */
  isOver: boolean
}

/** Milliseconds for first tries: what they cost differs too much between the ways for a common measure of effort. */
const SOON = [500, 2000]

type Steps<R> = Generator<Step, R, Reply>

export class Portfolio {
  readonly #seats: readonly Seat[]
  readonly #conversations: readonly Conversation[]
  /** How many of the engines answer; the one after them, if any, gives second opinions. */
  readonly #voices: number
  readonly #settings: PortfolioSettings
  #dumped = 0

  /** The last of `seats` only re-checks, if `crossCheck`. */
  constructor(seats: readonly Seat[], crossCheck: boolean, settings: PortfolioSettings) {
    this.#seats = seats
    this.#conversations = seats.map(({ profile, incremental }) => new Conversation(profile, incremental))
    this.#voices = crossCheck ? seats.length - 1 : seats.length
    this.#settings = settings
    if (settings.dump !== undefined) mkdirSync(settings.dump, { recursive: true })
  }

  /** Decides whether all of `frames` and `extra` can be true. Throws DisagreementError. */
  *decide(owner: object, frames: readonly Frame[], extra: readonly Term[], limits: Limits): Steps<Answer> {
    const assertions = assertionsOf({ frames, extra })
    const { statistics } = this.#settings
    const simple = decideSimply(assertions)
    if (simple !== undefined) {
      statistics.note('terms', simple.status, 0)
      return simple
    }
    const text = printQuery(assertions)
    const cached = this.#fromCache(text, assertions)
    if (cached !== undefined) {
      statistics.note('cache', cached.status, 0)
      return cached
    }
    const settled = { ...this.#settings.limits, ...limits }
    const bits = this.#asked(text, { owner, frames, extra })
    const reading = integerReading(assertions)
    if (reading === undefined) return yield* this.#inBits(bits, settled, settled)
    const integers = {
      asked: this.#asked(printQuery(reading.assertions), { owner: reading, frames: [], extra: reading.assertions }),
      reading,
      isOver: false,
    }
    // Which way is the quickest differs from query to query, and each may take a hundred times as long as another.
    for (const time of SOON.filter((each) => each < settled.time)) {
      const answer = yield* this.#inBoth(integers, bits, { ...settled, time }, settled)
      if (answer.status !== 'unknown') return answer
    }
    return yield* this.#inBoth(integers, bits, settled, settled)
  }

  *#inBoth(
    integers: AskedInIntegers,
    bits: Asked,
    limits: Required<Limits>,
    confirming: Required<Limits>,
  ): Steps<Answer> {
    if (!integers.isOver) {
      const read = yield* this.#inIntegers(integers, limits, confirming)
      if (typeof read === 'object') return read
      integers.isOver = read === 'no model'
    }
    return yield* this.#inBits(bits, limits, confirming)
  }

  #asked(text: string, conversation: Asked['conversation']): Asked {
    return { text, conversation, dumped: undefined }
  }

  *#inBits(asked: Asked, limits: Required<Limits>, confirming: Required<Limits>): Steps<Answer> {
    const { text, conversation } = asked
    asked.dumped = this.#dump(text, asked.dumped)
    const reasons: Reason[] = []
    for (let voice = 0; voice < this.#voices; voice++) {
      const verdict = yield* this.#ask(voice, { ...conversation, limits })
      if (verdict.status === 'unknown') {
        reasons.push(verdict.reason)
        continue
      }
      const isFinal = yield* this.#confirm(voice, verdict, text, { ...conversation, limits: confirming })
      const by = this.#nameOf(voice)
      const model = verdict.status === 'sat' ? verdict.model : undefined
      if (isFinal) this.#settings.cache?.set(text, { status: verdict.status, solver: this.#identityOf(voice), model })
      this.#dump(text, asked.dumped, `${verdict.status} by ${by}`)
      return { ...verdict, by }
    }
    const causes = reasons.map(({ by, cause, detail }) => `unknown by ${by}: ${cause}: ${detail}`)
    this.#dump(text, asked.dumped, causes.join('; '))
    return { status: 'unknown', reasons }
  }

  /** The answer by way of integers. `no model`: of the reading there is one, but it is none of the query: more effort would not help. */
  *#inIntegers(
    { asked, reading }: AskedInIntegers,
    limits: Required<Limits>,
    confirming: Required<Limits>,
  ): Steps<Answer | 'undecided' | 'no model'> {
    const { text, conversation } = asked
    const { cache } = this.#settings
    if (this.#fromCache(text, reading.assertions)?.status === 'unsat') {
      this.#settings.statistics.note('cache', 'unsat', 0)
      return { status: 'unsat', by: 'cache' }
    }
    asked.dumped = this.#dump(text, asked.dumped)
    for (const { voice, way } of this.#waysOf(conversation)) {
      const verdict = yield* this.#ask(voice, { ...conversation, limits, way })
      if (verdict.status === 'unknown') continue
      const by = this.#nameOf(voice)
      this.#dump(text, asked.dumped, `${verdict.status} by ${by}`)
      const model = verdict.status === 'sat' ? reading.modelOf(verdict.model) : undefined
      if (verdict.status === 'sat' && model === undefined) return 'no model'
      const isFinal = yield* this.#confirm(voice, verdict, text, { ...conversation, limits: confirming })
      if (model !== undefined) return { status: 'sat', model, by }
      if (isFinal) cache?.set(text, { status: 'unsat', solver: this.#identityOf(voice), model: undefined })
      return { status: 'unsat', by }
    }
    return 'undecided'
  }

  /** Whom to ask, and in which way. */
  #waysOf(query: Asked['conversation']): { readonly voice: number; readonly way: number }[] {
    return this.#conversations
      .slice(0, this.#voices)
      .flatMap((conversation, voice) => Array.from({ length: conversation.ways(query) }, (_, way) => ({ voice, way })))
  }

  *#ask(voice: number, query: Query): Steps<Verdict> {
    const conversation = this.#conversations[voice]
    const started = performance.now()
    const name = this.#nameOf(voice)
    if (conversation === undefined) throw new SolverUseError(`there is no engine ${voice}`)
    const steps = conversation.ask(query)
    let step = steps.next()
    while (step.done !== true) step = steps.next(yield { engine: voice, request: step.value })
    this.#settings.statistics.note(name, step.value.status, (performance.now() - started) / 1000)
    return step.value
  }

  /**
   * Asks for the second opinion on an answer, if there is to be one; no opinion is none against it, but then the answer
   * is not final: the cache must not know it as one that was confirmed.
   */
  *#confirm(voice: number, verdict: Verdict, text: string, query: Query): Steps<boolean> {
    if (this.#voices === this.#seats.length) return true
    const second = yield* this.#ask(this.#voices, query)
    if (second.status === 'unknown') return false
    if (second.status === verdict.status) return true
    throw new DisagreementError(text, [
      `${this.#nameOf(voice)} says ${verdict.status}`,
      `${this.#nameOf(this.#voices)} says ${second.status}`,
    ])
  }

  #fromCache(text: string, assertions: readonly Term[]): Answer | undefined {
    const identities = new Set(this.#seats.slice(0, this.#voices).map((_, voice) => this.#identityOf(voice)))
    const cached = this.#settings.cache?.get(text, identities)
    if (cached === undefined) return undefined
    if (cached.status === 'unsat') return { status: 'unsat', by: 'cache' }
    const { model } = cached
    if (model === undefined || !assertions.every((term) => evaluate(term, model) === true)) return undefined
    return { status: 'sat', model, by: 'cache' }
  }

  /** Writes the query before it is asked, and again with what came of it: a run that ends early leaves its last query. */
  #dump(text: string, at?: string, outcome = 'not answered'): string | undefined {
    const { dump } = this.#settings
    if (dump === undefined) return undefined
    const file = at ?? join(dump, `${String(++this.#dumped).padStart(6, '0')}-${hashOf(text).slice(0, 8)}.smt2`)
    writeFileSync(file, `; ${outcome.replaceAll(/\s+/g, ' ')}\n${text}`)
    return file
  }

  #nameOf(voice: number): string {
    return this.#seats[voice]?.profile.name ?? ''
  }

  /** Name and version, and those of whoever confirms. */
  #identityOf(voice: number): string {
    const confirming = this.#seats[this.#voices]
    const first = `${this.#nameOf(voice)} ${this.#seats[voice]?.version ?? ''}`
    return confirming === undefined ? first : `${first}, ${confirming.profile.name} ${confirming.version}`
  }
}

/** What needs no solver: an assertion that is `false`, or nothing but `true`. */
function decideSimply(assertions: readonly Term[]): Answer | undefined {
  if (assertions.some(({ op }) => op === 'false')) return { status: 'unsat', by: 'terms' }
  if (assertions.every(({ op }) => op === 'true')) return { status: 'sat', by: 'terms', model: new Model() }
  return undefined
}
