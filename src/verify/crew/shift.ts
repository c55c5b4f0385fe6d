/** One exploration with the help of a crew, and then the confirmation of its paths. */
import type { Terms } from '../../smt/index.js'
import type { Confirmation } from '../confirm.js'
import type { ConfirmingHelpers } from '../confirm-paths.js'
import type { Fork, PathReport, Step } from '../exploration/explore.js'
import { foundPath, type Heard, type Helpers } from '../exploration/helpers.js'
import type { Member } from './member.js'
import { CURRENT, forkFrom, foundFrom, plainFork, plainFound, WANTED } from './messages.js'

/** What a shift has of its crew. */
export interface Place {
  readonly terms: Terms
  readonly members: readonly Member[]
  readonly shared: Int32Array<SharedArrayBuffer>
  /** Takes what is said until that is enough. */
  hear(this: void, isEnough: () => boolean): void
}

type Confirmed = readonly [number: number, confirmation: Confirmation | undefined]

/** Paths to be confirmed that each helper may have: one more than it is about, so that it need not wait. */
const AHEAD = 2

export class Shift implements Helpers, ConfirmingHelpers {
  readonly #work: number
  readonly #place: Place
  /** By helper, what it has and has not explored yet. */
  readonly #forks = new Map<Member, Map<string, Fork>>()
  /** By helper, the paths that it has and has not confirmed yet. */
  readonly #paths = new Map<Member, Set<number>>()
  #heard: Heard[] = []
  #confirmed: Confirmed[] = []

  constructor(work: number, place: Place) {
    this.#work = work
    this.#place = place
    for (const member of place.members) {
      this.#forks.set(member, new Map())
      this.#paths.set(member, new Set())
    }
  }

  get idle(): number {
    return this.#idle.length
  }

  get open(): readonly Fork[] {
    return [...this.#forks.values()].flatMap((forks) => [...forks.values()])
  }

  give(fork: Fork): void {
    const [member] = this.#idle
    if (member === undefined) throw new RangeError('nobody is idle')
    this.#forks.get(member)?.set(nameOf(fork.steps), fork)
    member.post({ kind: 'fork', work: this.#work, fork: plainFork(fork) })
  }

  hear(isWaiting: boolean): readonly Heard[] {
    const isOver = (): boolean => !isWaiting || this.#heard.length > 0 || this.open.length === 0
    Atomics.store(this.#place.shared, WANTED, isWaiting ? 1 + this.idle : 0)
    this.#hear(isOver)
    Atomics.store(this.#place.shared, WANTED, 0)
    const heard = this.#heard
    this.#heard = []
    return heard
  }

  stop(): void {
    // Whatever is about an exploration that does not count is abandoned after its next path.
    if (this.open.length > 0) Atomics.add(this.#place.shared, CURRENT, 1)
    for (const forks of this.#forks.values()) forks.clear()
  }

  get wanted(): number {
    return this.#place.members.reduce((sum, member) => sum + this.#room(member), 0)
  }

  confirm(number: number, path: PathReport<unknown>): void {
    const [member] = this.#place.members
      .filter((each) => this.#room(each) > 0)
      .sort((a, b) => this.#room(b) - this.#room(a))
    if (member === undefined) throw new RangeError('nobody has room')
    this.#paths.get(member)?.add(number)
    const found = plainFound(foundPath(path, 0))
    member.post({ kind: 'confirm', work: this.#work, number, path: found })
  }

  confirmed(isWaiting: boolean): readonly Confirmed[] {
    const isOpen = (): boolean => [...this.#paths.values()].some(({ size }) => size > 0)
    this.#hear(() => !isWaiting || this.#confirmed.length > 0 || !isOpen())
    const confirmed = this.#confirmed
    this.#confirmed = []
    return confirmed
  }

  get #idle(): readonly Member[] {
    return this.#place.members.filter(({ isIdle }) => isIdle)
  }

  #room(member: Member): number {
    const size = this.#paths.get(member)?.size ?? 0
    if (member.isLost || (size === 0 && !member.isIdle)) return 0
    return AHEAD - size
  }

  #hear(isEnough: () => boolean): void {
    this.#place.hear(() => {
      for (const member of this.#place.members) this.#takeFrom(member)
      return isEnough()
    })
  }

  #takeFrom(member: Member): void {
    const forks = this.#forks.get(member) ?? new Map<string, Fork>()
    const paths = this.#paths.get(member) ?? new Set<number>()
    const { terms } = this.#place
    for (const said of member.said.splice(0)) {
      if (said.kind === 'idle' || said.work !== this.#work) continue
      if (said.kind === 'confirmed') {
        paths.delete(said.number)
        this.#confirmed.push([said.number, said.confirmation])
      } else if (said.kind === 'path') {
        forks.delete(nameOf(said.found.steps.slice(0, said.found.begun)))
        for (const fork of said.forks) forks.set(nameOf(fork.steps), fork)
        this.#heard.push({ kind: 'path', found: foundFrom(said.found, terms) })
      } else {
        forks.delete(nameOf(said.fork.steps))
        this.#heard.push({ kind: 'fork', fork: forkFrom(said.fork, terms) })
      }
    }
    if (!member.isLost) return
    this.#heard.push(...[...forks.values()].map((fork) => ({ kind: 'fork', fork }) as const))
    this.#confirmed.push(...[...paths].map((number) => [number, undefined] as const))
    forks.clear()
    paths.clear()
  }
}

/** Of one exploration, what is decided before is the same for both sides. */
function nameOf(steps: readonly Step[]): string {
  return steps.map(({ value }) => (value ? '1' : '0')).join('')
}
