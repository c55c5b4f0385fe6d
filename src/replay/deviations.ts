/**
 * deviations.yaml, beside the nf.yaml of a black box: where it is known to do something else than its specification says. Each
 * violation has to be exactly one entry's, and each entry has to occur in a suite that was run whole. Traces need not show any.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { InputError } from '../errors.js'
import { YamlSource } from '../nf/index.js'
import type { Deviation, Violation } from '../result/index.js'
import { faultOf, fits } from '../validator.js'
import { type Filter, parseFilter } from './filter.js'

/** An entry as written. */
interface Written {
  readonly line: number
  readonly packet: string
  readonly ingress?: readonly number[]
  readonly length?: { readonly from?: number; readonly to?: number }
  readonly expected: string
  readonly seen: string
  readonly fields?: readonly string[]
  readonly when?: Readonly<Record<string, string | boolean | number>>
  readonly cause: string
}

interface Entry extends Written {
  /** Of the file. */
  readonly at: number
  readonly filter: Filter
  packets: number
}

const NAME = 'deviations.yaml'
const KINDS: ReadonlySet<Violation['kind']> = new Set(['verdict', 'ports', 'bytes', 'length'])

export class Deviations {
  readonly #file: string
  readonly #entries: readonly Entry[]
  readonly #portCount: number

  private constructor(file: string, entries: readonly Entry[], portCount: number) {
    this.#file = file
    this.#entries = entries
    this.#portCount = portCount
  }

  /**
   * Those beside `manifest`, an nf.yaml; `settings` are the configuration in text.
   *
   * @throws InputError with the line of what is wrong.
   */
  static beside(manifest: string, portCount: number, settings: (name: string) => string): Deviations {
    const file = join(dirname(manifest), NAME)
    if (!existsSync(file)) return new Deviations(file, [], portCount)
    const source = YamlSource.read(file)
    const { value } = source
    if (!fits<readonly Written[]>('deviations', value)) {
      const fault = faultOf('deviations')
      const path = (fault?.instancePath ?? '').split('/').slice(1)
      throw source.fail(
        path.map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
        fault?.message ?? 'is wrong',
      )
    }
    const entries = value.flatMap((each, i): Entry[] => {
      const isHere = Object.entries(each.when ?? {}).every(([name, wanted]) => settings(name) === String(wanted))
      return isHere
        ? [{ ...each, at: source.where([i]).line ?? 0, filter: filterOf(each.packet, source, i), packets: 0 }]
        : []
    })
    return new Deviations(file, entries, portCount)
  }

  /** Whether exactly one entry is of a violation. */
  knows(violation: Violation): boolean {
    return this.#entryOf(violation) !== undefined
  }

  /** The same, and it is counted at its entry. */
  note(violation: Violation): boolean {
    const entry = this.#entryOf(violation)
    if (entry !== undefined) entry.packets += 1
    return entry !== undefined
  }

  get found(): readonly Deviation[] {
    return this.#entries.map(({ at, line, packet, expected, seen, cause, packets }) => {
      return { file: this.#file, line: at, specLine: line, packet, expected, seen, cause, packets }
    })
  }

  #entryOf(violation: Violation): Entry | undefined {
    const [entry, another] = this.#entries.filter((each) => this.#isOf(each, violation))
    return another === undefined ? entry : undefined
  }

  #isOf({ line, filter, ingress, length, expected, seen, fields }: Entry, violation: Violation): boolean {
    // What no specification allows, such as a trap, is no way of its own.
    if (violation.site?.line !== line || !KINDS.has(violation.kind)) return false
    const input = Buffer.from(violation.input, 'hex')
    if (ingress?.includes(violation.ingress) === false) return false
    if (input.length < (length?.from ?? 0) || input.length > (length?.to ?? input.length)) return false
    if (!filter(input, 0, input.length)) return false
    if (this.#outcome(violation.expected.ports, violation.ingress, expected) !== expected) return false
    if (this.#outcome(violation.actual.ports, violation.ingress, seen) !== seen) return false
    if (violation.kind !== 'bytes' && violation.kind !== 'length') return fields === undefined
    const differing = violation.differences.map((each) => `${each.layer}.${each.field}`)
    return fields !== undefined && fields.toSorted().join() === differing.toSorted().join()
  }

  /** In the words of `like`: every port but that of ingress may be named or called a flood. */
  #outcome(ports: readonly number[], ingress: number, like: string): string {
    if (ports.length === 0) return 'drop'
    const isFlood = ports.length === this.#portCount - 1 && !ports.includes(ingress)
    if (isFlood && like === 'flood') return 'flood'
    return `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`
  }
}

function filterOf(text: string, source: YamlSource, at: number): Filter {
  try {
    return parseFilter(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw source.fail([at, 'packet'], `packet: ${error.what}`)
  }
}

/** An entry that did not occur, as a violation. */
export function absent(nf: string, instance: string, { file, line, cause, expected, seen }: Deviation): Violation {
  const text = `the deviation of ${file}:${line} no longer occurs: ${cause}`
  return {
    nf,
    instance,
    kind: 'verdict',
    summary: text,
    time: '0',
    ingress: 0,
    expected: { text: `${seen}, as the entry says`, ports: [] },
    actual: { text: `${expected}, or no such packet`, ports: [] },
    input: '',
    differences: [],
  }
}
