/** Counterexamples in words: what the summary, junit.xml and results.sarif say. */
import { placeText } from './place-text.js'
import type { Counterexample, SourcePlace } from './verified.js'
import { differenceLines, siteText } from './violation-text.js'

/** One titled part of a counterexample, some lines. */
export interface CounterexamplePart {
  readonly title: string
  readonly lines: readonly string[]
}

/** All of it but the bytes; parts that have nothing to say are left out. */
export function counterexampleParts(found: Counterexample, folder?: string): readonly CounterexamplePart[] {
  const { guarantee, violation, packets, state, notes = [], calls, path } = found
  const { site } = violation
  const parts: readonly CounterexamplePart[] = [
    { title: 'guarantee', lines: [guarantee] },
    { title: 'packets, from an empty state', lines: packetLines(packets) },
    { title: 'of these packets', lines: notes },
    { title: 'state before the last packet', lines: state },
    { title: 'the network function went', lines: pathLines(path) },
    {
      title: 'libVig was called',
      lines: calls.map(({ text, place }) => (place === undefined ? text : `${text}   ${placeText(place)}`)),
    },
    {
      title: guarantee === 'property' ? 'the property says' : 'the specification says',
      lines: site === undefined ? [] : [`${siteText(site)}: ${site.text}`],
    },
    { title: 'expected', lines: [violation.expected.text] },
    { title: 'actual', lines: [violation.actual.text, ...differenceLines(violation)] },
    { title: 'shown again by', lines: replayLines(found, folder) },
    { title: 'as a conformance case', lines: conformLines(found, folder) },
  ]
  return parts.filter(({ lines }) => lines.length > 0)
}

/** All of it but the bytes, several lines. */
export function counterexampleText(found: Counterexample, folder?: string): string {
  const parts = counterexampleParts(found, folder).map(({ title, lines }) => [
    `${title}:`,
    ...lines.map((line) => `  ${line}`),
  ])
  return [found.violation.summary, ...parts.flat()].join('\n')
}

/** Lines of the first packets, and of the last, where there are many: a table was filled. */
const FIRST = 4
const LAST = 8

function packetLines(packets: Counterexample['packets']): string[] {
  const hidden = packets.length - FIRST - LAST
  if (hidden <= 1) return packets.map(packetLine)
  const [first, last] = [packets.slice(0, FIRST), packets.slice(-LAST)]
  return [...first.map(packetLine), `... ${hidden} more like these, all in the capture ...`, ...last.map(packetLine)]
}

function packetLine({ time, ingress, text }: Counterexample['packets'][number]): string {
  return `${timeText(time)} s, port ${ingress}: ${text}`
}

/** Nanoseconds as seconds, all digits that count. */
function timeText(time: string): string {
  const digits = time.padStart(10, '0')
  const fraction = digits.slice(-9).replace(/0+$/, '')
  return `${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`
}

/** Lines of one file that follow each other share a line. */
function pathLines(path: readonly SourcePlace[]): string[] {
  const lines: { file: string; text: string }[] = []
  for (const place of path) {
    const last = lines.at(-1)
    if (last?.file === place.file && place.line !== undefined) last.text += `, ${place.line}`
    else lines.push({ file: place.file, text: placeText(place) })
  }
  return lines.map(({ text }) => text)
}

/** The command, the capture in it as a path where the folder is known. */
export function replayWords({ replay, capture }: Counterexample, folder?: string): readonly string[] | undefined {
  return replay?.map((word) => (word === capture && folder !== undefined ? `${folder}/${capture}` : word))
}

function replayLines(found: Counterexample, folder: string | undefined): readonly string[] {
  const words = replayWords(found, folder)
  return words === undefined ? [] : [words.map(shellWord).join(' ')]
}

/** The command, the suite in it as a path where the folder is known. */
export function conformWords({ conform }: Counterexample, folder?: string): readonly string[] | undefined {
  if ('why' in conform) return undefined
  const { command, suite } = conform
  return command.map((word) => (word === suite && folder !== undefined ? `${folder}/${suite}` : word))
}

function conformLines(found: Counterexample, folder: string | undefined): readonly string[] {
  const words = conformWords(found, folder)
  if (words !== undefined) return [words.map(shellWord).join(' ')]
  return 'why' in found.conform ? [`none: ${found.conform.why}`] : []
}

/** A word of a command line, quoted where a POSIX shell needs it. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
