/** Whether what a path obliges holds: each obligation under what was noted before it, and nothing that came after. */
import type { Obligation } from '../../domains/symbolic/path.js'
import { type Answer, isModel, type Limits, type Model, reachable, type Term } from '../../smt/index.js'
import type { PathOptions, PathReport } from './explore.js'
import type { ExploredPath } from './explored-path.js'
import { linked, near } from './near.js'
import { Recalled } from './recalled.js'

export interface Judged {
  readonly obligation: Obligation
  readonly answer:
    | { readonly kind: 'holds' }
    /** A model of what came before, the `known` facts, in which it does not hold. */
    | { readonly kind: 'fails'; readonly model: Model; readonly known: readonly Term[] }
    | { readonly kind: 'unknown'; readonly reason: string }
}

export interface Judgement {
  readonly obligations: readonly Judged[]
  readonly satisfied: PathReport<unknown>['satisfied']
  readonly queries: number
}

export function judge(path: ExploredPath, options: PathOptions): Judgement {
  return new Judge(path, options).judge()
}

/** Of a path all of whose obligations are known to hold, and of which a model is at hand; undefined where none is. */
export function judgedBefore(
  { model, obliged }: ExploredPath,
  { isJudging = true }: PathOptions,
): Judgement | undefined {
  if (model === undefined) return undefined
  const obligations = obliged.map((obligation) => ({ obligation, answer: { kind: 'holds' } as const }))
  return { obligations: isJudging ? obligations : [], satisfied: { kind: 'yes', model }, queries: 0 }
}

/** Of a question that all facts may have to be asked after. */
const SOON: Limits = { time: 300 }

class Judge {
  readonly #path: ExploredPath
  readonly #options: PathOptions
  /** What was noted so far. */
  readonly #known: Term[] = []
  readonly #judged: Judged[] = []
  readonly #knowledge: Recalled
  #queries = 0

  constructor(path: ExploredPath, options: PathOptions) {
    this.#path = path
    this.#options = options
    this.#knowledge = new Recalled(path.terms)
  }

  judge(): Judgement {
    const { noted, facts } = this.#path
    const satisfied = this.#satisfied(facts)
    if (this.#options.isJudging === false) return { obligations: [], satisfied, queries: this.#queries }
    let group: Obligation[] = []
    for (const note of noted) {
      if (note.kind === 'obligation') {
        if (!note.isJudgedElsewhere) group.push(note.obligation)
        continue
      }
      // The fact that an obligation leaves belongs to it.
      if (group.at(-1)?.holds === note.fact) continue
      this.#judgeAll(group)
      group = []
      this.#know(note.fact)
    }
    this.#judgeAll(group)
    return { obligations: this.#judged, satisfied, queries: this.#queries }
  }

  /** Of the premises first: a model of them is mostly one of all facts, and found sooner. */
  #satisfied(facts: readonly Term[]): Judgement['satisfied'] {
    const { model, premises } = this.#path
    if (model !== undefined) return { kind: 'yes', model }
    const ofPremises = this.#ask(premises)
    if (ofPremises.status === 'unsat') return { kind: 'no' }
    if (ofPremises.status === 'sat' && isModel(ofPremises.model, facts)) return { kind: 'yes', model: ofPremises.model }
    const answer = this.#ask(facts)
    if (answer.status === 'sat') return { kind: 'yes', model: answer.model }
    return answer.status === 'unsat' ? { kind: 'no' } : { kind: 'unknown', reason: reasonOf(answer) }
  }

  /**
   * Obligations with no other facts between them: first all at once, without what is only tried and does not hold in the
   * model of that; then, if it still fails, one after the other.
   */
  #judgeAll(group: readonly Obligation[]): void {
    const { terms } = this.#path
    const givenUp = new Map<Obligation, Judged['answer']>()
    let open = group.filter(({ holds }) => this.#knowledge.valueOf(holds) !== true)
    let areJudged = open.length === 0
    while (open.length > 1 && !areJudged) {
      const answer = this.#answer(terms.all(open.map(({ holds }) => holds)))
      areJudged = answer.status === 'unsat'
      if (answer.status !== 'sat') break
      const { model } = answer
      const wrong = open.filter(({ isTried, holds }) => isTried === true && !isModel(model, [holds]))
      if (wrong.length === 0) break
      const known = [...this.#known]
      for (const each of wrong) givenUp.set(each, { kind: 'fails', model, known })
      open = open.filter((each) => !givenUp.has(each))
      areJudged = open.length === 0
    }
    for (const obligation of group) {
      const answer = givenUp.get(obligation)
      if (answer !== undefined) this.#judged.push({ obligation, answer })
      else if (areJudged) this.#judged.push({ obligation, answer: { kind: 'holds' } })
      else this.#judgeOne(obligation)
    }
    if (areJudged) for (const { holds } of open) this.#know(holds)
  }

  #judgeOne(obligation: Obligation): void {
    const { holds } = obligation
    const answer = this.#knowledge.valueOf(holds) === true ? undefined : this.#answer(holds)
    if (answer === undefined) this.#judged.push({ obligation, answer: { kind: 'holds' } })
    else if (answer.status === 'unsat') this.#judged.push({ obligation, answer: { kind: 'holds' } })
    else if (answer.status === 'sat') {
      this.#judged.push({ obligation, answer: { kind: 'fails', model: answer.model, known: [...this.#known] } })
    } else this.#judged.push({ obligation, answer: { kind: 'unknown', reason: reasonOf(answer) } })
    const isHeld = answer === undefined || answer.status === 'unsat'
    if (isHeld || obligation.isTried !== true) this.#know(holds)
  }

  #know(fact: Term): void {
    this.#known.push(fact)
    this.#knowledge.learn(fact)
  }

  /** In a context of its own: nothing depends on what was asked before, and Z3 is faster so. */
  #answer(holds: Term): Answer {
    const contrary = this.#path.terms.not(this.#knowledge.rest(holds))
    let asked = 0
    // Where numbers are multiplied, what is wrong with a few facts is soon found, but not a model of them.
    const isHard = reachable([contrary]).some(({ op }) => op === 'bvmul')
    for (const pick of isHard ? [near] : [near, linked]) {
      const few = pick(contrary, this.#known)
      // Half of all is as much work, and then all of it may have to be asked.
      if (few.length === asked || 2 * few.length > this.#known.length) continue
      asked = few.length
      const answer = this.#ask([...few, contrary], isHard ? SOON : undefined)
      if (answer.status === 'unsat') return answer
    }
    return this.#ask([...this.#known, contrary])
  }

  #ask(all: readonly Term[], limits?: Limits): Answer {
    this.#queries++
    return this.#options.solver.check(all, { ...this.#options.limits?.judging, ...limits })
  }
}

function reasonOf(answer: Answer): string {
  if (answer.status !== 'unknown') return answer.status
  return answer.reasons.map(({ by, cause, detail }) => `${by}: ${cause} (${detail})`).join('; ')
}
