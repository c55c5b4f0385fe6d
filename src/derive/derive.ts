/**
 * Derives a conformance suite of a specification: packets from the empty state that take every side of its conditions, stand
 * at the boundaries of its comparisons and of every expiry, fill its tables, and are malformed in every way that the parser
 * tells apart. No network function is run. The same for the same specification, configuration and seed.
 */
import { basename, normalize, resolve, sep } from 'node:path'

import { InputError } from '../errors.js'
import { openForeseeingSolver, Terms } from '../smt/index.js'
import { choicesKept } from './choices.js'
import { Conditions } from './conditions.js'
import { covering, worthOf } from './cover.js'
import { coverageOf } from './coverage.js'
import { detoursOf } from './detour.js'
import { earlierMisses } from './earlier.js'
import { InReached } from './in-reached.js'
import { keysApart } from './keys.js'
import { malformations, type NotedSequence } from './malformations.js'
import type { SpecModule } from './modules.js'
import { quantities } from './quantities.js'
import { Reachability } from './reach.js'
import { Reference } from './reference.js'
import { search } from './search.js'
import type { Sequence } from './sequence.js'
import { loadSpecSubject } from './subject.js'
import type { CasePacket, Suite, SuiteCase } from './suite/suite.js'
import { valuesApart } from './values.js'

export interface DeriveOptions {
  readonly nf: string
  /** `name=value` each, or YAML files. */
  readonly config?: readonly string[]
  /** Whether timeouts are made as short as a second, for real ports. */
  readonly isRealTime?: boolean
  /** Of the numbers in malformed packets. */
  readonly seed?: number
  /** Packets that are looked for one by one, in one case; default 6. */
  readonly maxPackets?: number
  /** Seconds of the processor, for the search; default 60. */
  readonly budget?: number
  /** Only cases that meet something on this line, `file:line` or `line`. */
  readonly covering?: string
  /** Ends the search early: what is not found by then is not found. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (what: string) => void
}

const MOST_PACKETS = 6
const BUDGET = 60

/** @throws InputError, SpecError for whatever is wrong with what is given. */
export async function derive(options: DeriveOptions): Promise<Suite> {
  const { seed = 1, maxPackets = MOST_PACKETS, budget = BUDGET } = options
  const subject = await loadSpecSubject(options.nf, options.config, options.isRealTime)
  const conditions = new Conditions(subject.specFile)
  conditions.refuseUnread()
  const line = options.covering === undefined ? undefined : targetsOn(options.covering, conditions)
  const solver = await openForeseeingSolver()
  let inReached: InReached | undefined
  try {
    options.onProgress?.('every way through the specification')
    const reference = new Reference(subject.reading, conditions, new Terms())
    const reach = Reachability.inAnyState(reference, solver)
    const found = await search(reference, {
      solver,
      reach,
      longest: maxPackets,
      budget: budget * 1000,
      signal: options.signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    })
    inReached = new InReached(reference, {
      solver,
      reach,
      found,
      subject: { nf: options.nf, config: subject.words },
    })
    options.onProgress?.('malformed packets')
    const detours = detoursOf(reference, found.sequences)
    const { cases: filled, refused } = quantities(reference, found.sequences)
    const noted = [
      ...covering(found.sequences).map((sequence) => ({ sequence, notes: new Map<number, string>() })),
      ...malformations(reference, found.sequences, seed),
      ...keysApart(reference, [...found.sequences, ...refused]),
      ...filled,
      ...valuesApart(reference, detours),
      ...choicesKept(reference, detours),
      ...earlierMisses(reference, found.sequences, seed),
    ]
    const all = noted.map((each, at) => ({ made: caseOf(each, at), worth: worthOf(each.sequence) }))
    const isWanted = (worth: ReadonlySet<string>): boolean =>
      line === undefined || [...worth].some((target) => target.startsWith(line))
    const cases = all.filter(({ worth }) => isWanted(worth))
    options.onProgress?.('what cannot be met')
    const met = new Set(cases.flatMap(({ worth }) => [...worth]))
    const reached = await inReached.answer(met)
    const notFound = found.isComplete
      ? `not found by up to ${maxPackets} packets (${found.states} kinds of state)`
      : options.signal?.aborted === true
        ? 'not found before the search was interrupted'
        : `not found within ${budget} s`
    return {
      nf: subject.nf,
      spec: {
        file: subject.specFile,
        title: subject.spec.spec.title,
        sha256: subject.spec.sha256,
        source: subject.spec.source,
        imported: conditions.modules.flatMap(({ name, source }) => (name === undefined ? [] : [{ name, source }])),
      },
      config: subject.words,
      portCount: subject.reading.portCount,
      seed,
      maxPackets,
      covering: options.covering,
      isComplete: found.isComplete,
      coverage: coverageOf({ reference, reach: reached, cases, notFound }),
      cases: cases.map(({ made }) => made),
    }
  } finally {
    solver.close()
    await inReached?.close()
  }
}

/** How targets on a line begin, `file:line` or, of the specification itself, `line`. */
function targetsOn(text: string, { all, modules }: Conditions): string {
  const [, given, number] = /^(?:(.*):)?(\d+)$/.exec(text) ?? []
  const isMeant = ({ file }: SpecModule): boolean =>
    given === undefined || file === resolve(given) || file.endsWith(`${sep}${normalize(given)}`)
  const module = modules.find(isMeant)
  const of = `--covering ${text}`
  if (module === undefined) {
    const names = modules.map(({ file, name }) => name ?? basename(file))
    throw new InputError(`${of}: the specification has no such file`, { hint: `it has ${names.join(', ')}` })
  }
  const lines = new Set(all.filter((each) => each.module === module.name).map(({ line }) => line))
  if (!lines.has(Number(number))) {
    throw new InputError(`${of}: there is no condition on that line`, {
      file: module.file,
      hint: `there are some on lines ${[...lines].join(', ')}`,
    })
  }
  return module.name === undefined ? `${number}:` : `${module.name}:${number}:`
}

function caseOf({ sequence, notes }: NotedSequence, number: number): SuiteCase {
  const { packets, step } = sequence
  const steps = stepsOf(sequence)
  const made: CasePacket[] = []
  let last = 0n
  for (const [at, { bytes, port, now, fills }] of packets.entries()) {
    const wait = now - last
    last = now
    const note = notes.get(at)
    const line = steps[at]?.site?.line
    const before = made.at(-1)
    const isAgain =
      before !== undefined &&
      before.wait === wait &&
      before.port === port &&
      before.line === line &&
      before.note === note &&
      fills.length === 0 &&
      before.fills.length === 0 &&
      Buffer.compare(before.bytes, bytes) === 0
    if (isAgain) made[made.length - 1] = { ...before, times: before.times + 1 }
    else made.push({ wait, port, bytes, fills, times: 1, note, line })
  }
  const kind = notes.size > 0 ? 'malformed' : (step?.verdict ?? 'drop')
  const name = `${String(number + 1).padStart(3, '0')}-${kind}-line-${step?.site?.line ?? 0}`
  const title =
    notes.size > 0
      ? `${notes.size} malformed or rare, then line ${step?.site?.line ?? 0}`
      : `${kind} by line ${step?.site?.line ?? 0}`
  const lines = [...sequence.own].filter((target) => !target.includes(' of ')).sort(byPlace)
  return { name, title, meets: lines, clause: step?.site?.clause ?? '', packets: made }
}

function stepsOf(sequence: Sequence): readonly Sequence['step'][] {
  const steps: Sequence['step'][] = []
  for (let each: Sequence | undefined = sequence; each?.before !== undefined; each = each.before)
    steps.unshift(each.step)
  return steps
}

const places = new Intl.Collator('en', { numeric: true })

function byPlace(a: string, b: string): number {
  return places.compare(a, b)
}
