import { PropertyReading } from '../domains/concrete/property.js'
import type { When } from '../domains/concrete/views.js'
import { VigilError } from '../errors.js'
import { SpecError } from '../spec/error.js'
import { placeOf } from '../spec/load/index.js'
import type { LoadedProperty } from '../spec/load/properties.js'
import { type Answer, Claim, isSilent } from '../spec/property.js'
import type { Site, Verdict } from '../spec/verdict.js'
import { egressOf, noSuchPort, sameForms } from './match.js'
import type { Oracle } from './oracle.js'
import {
  compareOutcomes,
  detailOf,
  fateText,
  frameOf,
  outcomeSeen,
  portList,
  type ViolationDetail,
  type Wrong,
} from './violation.js'

/**
 * What a property says of one packet. `undecided` where its answer rests on a choice of the device that no output has
 * shown yet.
 */
export type PropertyOutcome = 'silent' | 'holds' | 'violated' | 'undecided'

export interface PropertyFinding {
  readonly property: LoadedProperty
  readonly outcome: PropertyOutcome
  /** The line that answered; undefined where the property was not loaded from a file. */
  readonly site: Site | undefined
  /** Where it is violated, how, in one line; else empty. */
  readonly what: string
  /** Where it is violated. */
  readonly violation?: ViolationDetail
  /** What its answer looked at: the tables after the packet, those before it at most, or none. */
  readonly saw: When | undefined
}

/** How many packets a property said what about. One that was silent on all of them is vacuous. */
export interface PropertyCount {
  readonly property: LoadedProperty
  readonly silent: number
  readonly holds: number
  readonly violated: number
  readonly undecided: number
  readonly isVacuous: boolean
}

type Counts = Record<PropertyOutcome, number>

interface Checked {
  readonly property: LoadedProperty
  readonly reading: PropertyReading
  readonly counts: Counts
}

/**
 * Holds a network function to properties, packet by packet, beside the oracle that holds it to its specification: the
 * state before and after a packet is the one that the oracle keeps, the output the one that it saw.
 */
export class PropertyCheck {
  readonly #oracle: Oracle
  readonly #everyPort: number
  readonly #checked: readonly Checked[]

  /**
   * `oracle` must be made with `watched: true`.
   * @throws SpecError where a property does not fit the specification and configuration of the oracle.
   */
  constructor(oracle: Oracle, properties: readonly LoadedProperty[]) {
    const { config } = oracle.options
    if (oracle.reading.watched === undefined) throw new TypeError('properties need an oracle that is watched')
    this.#oracle = oracle
    this.#everyPort = 2 ** config.portCount - 1
    this.#checked = properties.map((property) => ({
      property,
      reading: new PropertyReading(property.property, property.file, config, oracle.reading),
      counts: { silent: 0, holds: 0, violated: 0, undecided: 0 },
    }))
  }

  /**
   * What each property says of the packet that the oracle judged last, whose bytes before and after must still be where
   * they were. To be called once for each packet, and not where the device trapped. From a packet on that violated the
   * specification, the state that the oracle keeps may not be the device's.
   * @throws SpecError with the line where a property fails.
   */
  check(): PropertyFinding[] {
    return this.#checked.map((checked) => {
      const finding = this.#find(checked)
      checked.counts[finding.outcome] += 1
      return finding
    })
  }

  get counts(): PropertyCount[] {
    return this.#checked.map(({ property, counts }) => ({
      property,
      ...counts,
      isVacuous: counts.holds + counts.violated + counts.undecided === 0,
    }))
  }

  #find({ property, reading }: Checked): PropertyFinding {
    try {
      const answer = this.#answer(reading)
      const { site } = answer
      const found = { property, site, what: '', saw: reading.saw }
      if (isSilent(answer)) return { ...found, outcome: 'silent' }
      if (reading.isDoubtful) return { ...found, outcome: 'undecided' }
      const wrong = answer instanceof Claim ? this.#brokenClaim(answer) : this.#brokenVerdict(answer, property, reading)
      if (wrong === undefined) return { ...found, outcome: 'holds' }
      const cited = site && { ...site, clause: site.clause || property.clause }
      const { options, reading: watched, arrival } = this.#oracle
      const violation = detailOf(options, watched, arrival, { ...wrong, site: cited })
      return { ...found, outcome: 'violated', what: wrong.summary, violation }
    } catch (error) {
      throw failed(error, property)
    }
  }

  #answer(reading: PropertyReading): Answer {
    const { ingress, time } = this.#oracle.arrival
    return reading.run(ingress, time)
  }

  /** How what was seen differs from what a verdict allows; undefined where it does not. */
  #brokenVerdict(verdict: Verdict, { file }: LoadedProperty, { pool }: PropertyReading): Broken | undefined {
    const { seen } = this.#oracle.reading
    const { config } = this.#oracle.options
    const ports = egressOf(verdict, this.#oracle.arrival.ingress, this.#everyPort)
    if (ports === undefined) throw noSuchPort(verdict, { config, spec: { file } })
    const packet = verdict.packet === undefined || ports === 0 ? undefined : pool.own(verdict.packet)
    if (seen.egress === ports && (!packet || sameForms(verdict, seen, pool))) return undefined
    const expected = { ports: portList(ports), frame: packet && frameOf(packet.layers) }
    const actual = outcomeSeen(this.#oracle.reading)
    const compared = compareOutcomes(expected, actual)
    const texts = { expectedText: fateText(expected, verdict), actualText: fateText(actual, undefined) }
    return { ...compared, kind: 'property', expected, actual, ...texts }
  }

  #brokenClaim({ holds, site }: Claim): Broken | undefined {
    if (holds) return undefined
    const actual = outcomeSeen(this.#oracle.reading)
    return {
      kind: 'property',
      summary: site === undefined ? 'what must hold does not' : `${site.text} does not hold`,
      differences: [],
      expected: { ports: [], frame: undefined },
      actual,
      expectedText: site?.text ?? 'what must hold',
      actualText: fateText(actual, undefined),
    }
  }
}

/** How a property is violated. */
type Broken = Omit<Wrong, 'site'>

function failed(error: unknown, { name, file }: LoadedProperty): unknown {
  if (error instanceof VigilError && (error.where.file !== undefined || !(error instanceof SpecError))) return error
  const what = error instanceof Error ? error.message : String(error)
  return new SpecError(`the property ${name} failed: ${what}`, placeOf(error, file), { cause: error })
}
