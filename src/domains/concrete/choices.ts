/**
 * Choices that a specification leaves to the implementation (a free slot, a Maglev row) and how the fast reading finds
 * out what was chosen.
 *
 * A run of the specification meets choice points in order. Each takes a forced value where the oracle set one, else a
 * guess made from what was seen to leave the device. A guess proves nothing: the oracle compares the whole outcome,
 * and where it differs, runs the packet again with other values (see src/oracle/search.ts). What it learns about a
 * site (that the slot is the source port minus 1024, say) makes the next guess right at once.
 */
import type { Layers } from '../../packet/layers.js'
import type { FeatureVector, Seen } from './features.js'
import type { Footprint } from './footprint.js'
import { KeptPackets } from './kept-packets.js'
import { Lessons } from './lessons.js'
import type { RoomDoubts } from './room-doubts.js'

/** A site whose choice was not seen this often in a row is no longer probed. */
export const UNSEEN_ENOUGH = 16

/** Kinds of choice met at one place: one for each structure and operation. */
export class ChoiceSite {
  readonly name: string
  /** Values run from 0 to `range - 1`. */
  readonly range: number
  readonly #lessons: Lessons
  /** How often in a row another value would have explained the output as well. */
  #unseenStreak = 0
  /** The feature that shows the choice, value = (feature - offset) / slope; -1 while no such relation is known. */
  #feature = -1
  #slope = 1
  #offset = 0
  /** Where the relation is not linear: the features that show the choice, and what their values stood for. */
  #shownBy: readonly number[] = []
  #table: ReadonlyMap<string, number> = new Map()

  constructor(name: string, range: number, lessons: Lessons) {
    this.name = name
    this.range = range
    this.#lessons = lessons
  }

  /** Whether it is worth asking if a choice made here shows. */
  get isProbed(): boolean {
    return this.#unseenStreak < UNSEEN_ENOUGH
  }

  get isKnown(): boolean {
    return this.#feature !== -1 || this.hasTable
  }

  get hasTable(): boolean {
    return this.#shownBy.length > 0
  }

  /** The choice that these features of the output show, or -1. */
  guess(seen: FeatureVector): number {
    if (!seen.present) return -1
    if (this.hasTable) return this.#table.get(keyOf(this.#shownBy, seen)) ?? -1
    if (this.#feature === -1) return -1
    const value = ((seen.values[this.#feature] ?? -1) - this.#offset) / this.#slope
    return Number.isInteger(value) && value >= 0 && value < this.range ? value : -1
  }

  /** Whether the choice made here showed in the output of a packet. */
  showed(shows: boolean): void {
    const streak = this.#unseenStreak
    if (shows && streak === 0) return
    this.#lessons.note(() => {
      this.#unseenStreak = streak
    })
    this.#unseenStreak = shows ? 0 : streak + 1
  }

  learnLinear(feature: number, slope: number, offset: number): void {
    const [oldFeature, oldSlope, oldOffset] = [this.#feature, this.#slope, this.#offset]
    this.#lessons.note(() => this.#setLinear(oldFeature, oldSlope, oldOffset))
    this.#setLinear(feature, slope, offset)
  }

  #setLinear(feature: number, slope: number, offset: number): void {
    this.#feature = feature
    this.#slope = slope
    this.#offset = offset
  }

  /** Learns that these features, as seen, stand for `value`. */
  learnTable(features: readonly number[], seen: FeatureVector, value: number): void {
    const [shownBy, table] = [this.#shownBy, this.#table]
    this.#lessons.note(() => {
      this.#shownBy = shownBy
      this.#table = table
    })
    const known = keyOf(shownBy) === keyOf(features) ? table : []
    this.#shownBy = features
    this.#table = new Map([...known, [keyOf(features, seen), value]])
  }
}

function keyOf(features: readonly number[], seen?: FeatureVector): string {
  return features.map((feature) => (seen === undefined ? feature : seen.values[feature])).join(' ')
}

/** A structure that made a choice hears how sure it is, once the packet is settled. */
export interface Chooser {
  /** Whether the structure keeps in mind itself that a choice has not shown. */
  readonly showsLater: boolean
  settle(value: number, sure: boolean): void
  /** A value that could have been chosen in place of this one, or -1 where it cannot say. */
  other(value: number): number
}

/** A structure whose answer may have rested on a choice that was never seen. */
export interface Doubt {
  doubtful(): boolean
}

/** The choice points of the packet at hand. */
export class Choices {
  readonly sites: ChoiceSite[] = []
  readonly values: number[] = []
  readonly choosers: Chooser[] = []
  /** Whether the value came from the output by a learned relation. */
  readonly fromOutput: boolean[] = []
  count = 0
  /** A forced value was not allowed at its point: the run says nothing. */
  invalid = false
  /** A point was passed over in a quiet run. */
  passedOver = false
  /** It is not known what left, so that choices do not show. */
  isUnobserved = false
  /** What runs touch of the state, where somebody wants to know. */
  footprint: Footprint | undefined
  /** Nanoseconds by which times may be off, where the order of packets is open. */
  slack: bigint | undefined
  /** How many packets come after the one at hand that may have been taken before it. */
  rivals: () => number = () => 0
  /** They do come out the other way. */
  isOpposite = false
  readonly kept = new KeptPackets()
  readonly lessons = new Lessons()
  #quiet = false
  #tables = 0
  readonly #doubts: Doubt[] = []
  readonly #openRooms: RoomDoubts[] = []
  #isTainted = false
  #isTaintedFromStart = false
  /** Whether a run left anything of these to be cleared. */
  #isUnclean = false
  readonly #seen: Seen
  readonly #layers: Layers
  #forced: readonly number[] = []

  constructor(seen: Seen, layers: Layers) {
    this.#seen = seen
    this.#layers = layers
  }

  /**
   * Starts a run; `forced` holds the values of the first points, in order. A quiet run passes over points that have not
   * shown for long: should its outcome not be what was seen, the packet is to be run again, not quietly.
   */
  begin(forced: readonly number[], quiet: boolean): void {
    this.count = 0
    this.invalid = false
    this.passedOver = false
    this.#quiet = quiet
    this.#forced = forced
    // Setting the length of an array is slow, and there is nearly never anything to clear.
    if (this.#isUnclean) this.#clear()
  }

  /**
   * The value for the next point, from the oracle or from what was seen; -1 where neither has one. The caller then
   * takes what it likes, and says with `met` what it took.
   */
  wanted(site: ChoiceSite): number {
    const forced = this.#forced[this.count]
    if (forced !== undefined) return forced
    return site.isKnown ? site.guess(this.#seen.features(this.#layers)) : -1
  }

  /** Whether to pass over a point at `site` that may keep the value it has. */
  passesOver(site: ChoiceSite): boolean {
    if (!this.#quiet || site.isKnown || site.isProbed) return false
    this.passedOver = true
    return true
  }

  /** A number for another table, in footprints. */
  nextTable(): number {
    return this.#tables++
  }

  get isForced(): boolean {
    return this.count < this.#forced.length
  }

  met(site: ChoiceSite, chooser: Chooser, value: number, fromOutput: boolean): void {
    this.sites[this.count] = site
    this.choosers[this.count] = chooser
    this.values[this.count] = value
    this.fromOutput[this.count] = fromOutput
    this.count += 1
    if (this.isUnobserved && !chooser.showsLater) this.taint()
  }

  /** Something was read whose answer may depend on a choice that was never seen; asked only if the outcome differs. */
  doubt(structure: Doubt): void {
    this.#isUnclean = true
    this.#doubts.push(structure)
  }

  get doubtful(): boolean {
    return this.#doubts.some((structure) => structure.doubtful())
  }

  /** What the run does from here on may rest on something that is not certain. */
  taint(): void {
    this.#isUnclean = true
    this.#isTainted = true
  }

  get isTainted(): boolean {
    return this.#isTainted
  }

  /** Whether runs may differ from what the device did in whatever they do. */
  set isTaintedFromStart(isTainted: boolean) {
    this.#isTaintedFromStart = isTainted
    this.#isUnclean = true
  }

  /** An insertion of the run at hand might have come out the other way, see `RoomDoubts`. */
  openRoom(room: RoomDoubts): void {
    this.#isUnclean = true
    this.#openRooms.push(room)
  }

  get openRooms(): readonly RoomDoubts[] {
    return this.#openRooms
  }

  #clear(): void {
    this.#doubts.length = 0
    this.#openRooms.length = 0
    this.#isTainted = this.#isTaintedFromStart
    this.#isUnclean = this.#isTaintedFromStart
  }
}
