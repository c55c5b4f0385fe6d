/** Proofs in a terminal: a line for each network function, why one is undecided, its properties, counterexamples. */
import { count, counted, seconds } from '../report/index.js'
import {
  type Counterexample,
  counterexampleParts,
  nameOf,
  type PassedOverProperty,
  type ProofCause,
  placeText,
  type RunResult,
  type UnfinishedNf,
  type VerifiedNf,
  type VerifiedProperty,
  verifiedOf,
} from '../result/index.js'
import { oneLine } from './failure.js'
import { table } from './table.js'

export interface VerifiedTextOptions {
  /** Of the run's files. */
  readonly folder: string
  /** Findings as well, and every cause. */
  readonly isVerbose: boolean
}

/** Causes and counterexamples told in full; the report has more. */
const shownCauses = 8
const shownCounterexamples = 3

/** Empty where nothing was proved. */
export function verifiedText({ nfs }: RunResult, options: VerifiedTextOptions): string {
  const rows = nfs.flatMap((nf) => {
    if (nf.kind === 'verified') return [figures(nf, nameOf(nf, nfs))]
    return nf.kind === 'unfinished' ? [unfinished(nf)] : []
  })
  if (rows.length === 0) return ''
  const verified = verifiedOf(nfs)
  const sections = [
    table(rows, ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left']),
    ...verified.map((nf) => causesText(nf, options)),
    ...verified.map((nf) => propertiesText(nf)),
    ...verified.map(configurationsText),
    ...(options.isVerbose ? verified.map(findingsText) : []),
    ...verified.flatMap((nf) => counterexamplesText(nf, options)),
  ]
  return sections.filter((section) => section !== '').join('\n')
}

function figures(nf: VerifiedNf, name: string): readonly string[] {
  const { solver } = nf
  return [
    name,
    nf.proof ?? `properties ${wordOf[nf.verdict]}`,
    counted(nf.paths, 'path'),
    counted(nf.obligations, 'obligation'),
    counted(solver.queries, 'solver call'),
    seconds(nf.seconds),
    `${count(Math.round(nf.peakMegabytes))} MB`,
    crossCheckText(solver),
  ]
}

const wordOf = { holds: 'proved', violated: 'refuted', undecided: 'undecided', error: 'error' } as const

function crossCheckText({ crossCheck }: VerifiedNf['solver']): string {
  if (crossCheck === undefined) return ''
  const { name, confirmed, unknown } = crossCheck
  return `${count(confirmed)} confirmed by ${name}${unknown === 0 ? '' : `, ${count(unknown)} not cross-checked`}`
}

function unfinished({ nf, verdict, cause }: UnfinishedNf): readonly string[] {
  return [nf, verdict, '', '', '', '', '', oneLine(cause)]
}

function causesText(nf: VerifiedNf, { isVerbose }: VerifiedTextOptions): string {
  const shown = isVerbose ? nf.causes : nf.causes.slice(0, shownCauses)
  if (shown.length === 0) return ''
  const more = nf.causes.length - shown.length
  const rows = shown.map(causeRow)
  return `${nf.nf}: why it is not proved\n${table(rows, ['right', 'left', 'left'], '    ')}${more > 0 ? `    and ${counted(more, 'more cause')}\n` : ''}`
}

function causeRow({ what, place, paths }: ProofCause): readonly string[] {
  return [counted(paths, 'path'), oneLine(what), place === undefined ? '' : oneLine(placeText(place))]
}

function propertiesText({ nf, properties, passedOver = [] }: VerifiedNf): string {
  if (properties.length + passedOver.length === 0) return ''
  const row = ({ name, verdict, paths, seconds: time, title, cause }: VerifiedProperty): readonly string[] => [
    verdict,
    name,
    counted(paths, 'path'),
    seconds(time),
    oneLine(cause ?? title),
  ]
  const rows = [...properties.map(row), ...passedOver.map(passedOverRow)]
  return `${nf}: properties\n${table(rows, ['left', 'left', 'right', 'right', 'left'], '    ')}`
}

function passedOverRow({ name, needs }: PassedOverProperty): readonly string[] {
  return ['passed over', name, '', '', `needs ${oneLine(needs)}`]
}

/** What a proof for more than one configuration covers. */
function configurationsText({ nf, configurations }: VerifiedNf): string {
  return configurations === 'as given' ? '' : `${nf}: ${oneLine(configurations)}\n`
}

function findingsText({ nf, findings }: VerifiedNf): string {
  if (findings.length === 0) return ''
  return `${nf}: what was found out\n${findings.map((finding) => `    ${oneLine(finding)}\n`).join('')}`
}

function counterexamplesText(nf: VerifiedNf, options: VerifiedTextOptions): readonly string[] {
  const all: readonly (readonly [string, Counterexample])[] = [
    ...nf.counterexamples.map((found) => [nf.nf, found] as const),
    ...nf.properties.flatMap(({ name, counterexamples }) =>
      counterexamples.map((found) => [`${nf.nf}, property ${name}`, found] as const),
    ),
  ]
  const shown = all.slice(0, shownCounterexamples).map(([about, found], i) => {
    const title = `counterexample ${count(i + 1)} of ${count(all.length)}: ${about}`
    return `${title}\n  ${oneLine(found.violation.summary)}\n${partsText(found, options.folder)}`
  })
  const more = all.length - shown.length
  return more > 0 ? [...shown, `${nf.nf}: ${counted(more, 'more counterexample')} in the report\n`] : shown
}

function partsText(found: Counterexample, folder: string): string {
  return counterexampleParts(found, folder)
    .map(({ title, lines }) => `  ${title}:\n${lines.map((line) => `    ${oneLine(line)}\n`).join('')}`)
    .join('')
}
