/** The head of a page: the verdict in one sentence, and the run in a few figures. */

import {
  judgedOf,
  nameOf,
  type RunResult,
  type RunVerdict,
  type StressedNf,
  stressedOf,
  type VerifiedLibvig,
  type VerifiedNf,
  verifiedOf,
  violationCountOf,
} from '../result/index.js'
import { count, counted, instant, seconds, share } from './format.js'
import { type Html, html } from './html.js'

const signs: Readonly<Record<RunVerdict, string>> = { holds: '✓', violated: '✗', undecided: '?', error: '!' }

export function banner(verdict: RunVerdict, sentence: string, detail: string): Html {
  return html`<div class="banner ${verdict}"><div class="sign">${signs[verdict]}</div><div><h1>${sentence}</h1><p>${detail}</p></div></div>`
}

/** The verdict of a run in one sentence. */
export function verdictSentence({ verdict, cause, nfs, libvig }: RunResult): string {
  if (libvig !== undefined && (verdict === 'holds' || verdict === 'violated')) return libvigSentence(libvig)
  const checked = judgedOf(nfs).reduce((sum, nf) => sum + nf.packetsChecked, 0)
  const violations = nfs.reduce((sum, nf) => sum + violationCountOf(nf), 0)
  const names = nfs.map((nf) => nameOf(nf, nfs)).join(', ')
  const verified = verifiedOf(nfs)
  const stressed = stressedOf(nfs)
  if (stressed.length > 0 && (verdict === 'holds' || verdict === 'violated'))
    return `${names}: ${stressSentence(stressed)}`
  if (verdict === 'holds' && verified.length > 0) return `${names}: ${provedSentence(verified)}`
  if (verdict === 'violated' && verified.length > 0) {
    const wrong = nfs.filter((nf) => nf.verdict === 'violated').map((nf) => nameOf(nf, nfs))
    return `${wrong.join(', ')}: refuted by ${counted(violations, 'counterexample')}`
  }
  if (verdict === 'holds') return `${names}: all ${counted(checked, 'judged packet')} as specified`
  if (verdict === 'violated') {
    const found = `${names}: ${counted(violations, 'violation')} in ${counted(checked, 'packet')}`
    return cause === undefined ? found : `${found}, ${cause}`
  }
  if (verdict === 'undecided') return `Undecided: ${cause ?? 'no cause given'}`
  return `Error: ${cause ?? 'no cause given'}`
}

function libvigSentence({ operations }: VerifiedLibvig): string {
  const refuted = operations.filter(({ verdict }) => verdict === 'refuted').map(({ operation }) => operation)
  if (refuted.length > 0) return `libVig: ${refuted.join(', ')} refuted`
  const anyCapacity = operations.filter(({ heldBy }) => heldBy === 'any capacity').length
  const proved = `libVig: ${counted(operations.length, 'operation')} proved`
  if (anyCapacity === operations.length) return `${proved} for any capacity`
  return `${proved} for the scopes that are named${anyCapacity === 0 ? '' : `, ${anyCapacity} of them for any capacity`}`
}

/** What was shown of all of them. */
function provedSentence(nfs: readonly VerifiedNf[]): string {
  const paths = nfs.reduce((sum, nf) => sum + nf.paths, 0)
  const properties = nfs.reduce((sum, nf) => sum + nf.properties.length, 0)
  const passedOver = nfs.reduce((sum, nf) => sum + (nf.passedOver?.length ?? 0), 0)
  const shown = [
    ...(nfs.some(({ proof }) => proof !== undefined) ? ['meets its specification'] : []),
    ...(properties > 0
      ? [
          `has ${properties === 1 ? 'the property' : `all ${count(properties)} properties that were ${passedOver === 0 ? 'asked for' : 'looked at'}`}`,
        ]
      : []),
  ]
  const rest = passedOver === 0 ? '' : `, ${count(passedOver)} passed over`
  return `proved on ${counted(paths, 'path')}: ${nfs.length === 1 ? '' : 'each '}${shown.join(', and ')}${rest}`
}

/** Figures are no verdict: this is about what came out. */
function stressSentence(nfs: readonly StressedNf[]): string {
  const sum = (pick: (nf: StressedNf) => number) => nfs.reduce((total, nf) => total + pick(nf), 0)
  const tests = counted(
    sum((nf) => nf.tests.length),
    'load test',
  )
  const received = counted(
    sum((nf) => nf.framesReceived),
    'frame',
  )
  const wrong = sum((nf) => nf.framesCorrupt + nf.framesMisdirected + nf.framesWrong)
  const judged = sum((nf) => nf.framesJudged)
  const held = judged === 0 ? '' : `, ${count(judged)} of them held to the specification`
  return `${tests}, ${wrong === 0 ? `none of ${received} came out wrong` : `${count(wrong)} frames came out wrong`}${held}`
}

export function runBanner(result: RunResult): Html {
  const { startedAt, durationSeconds, verdict } = result
  return banner(verdict, verdictSentence(result), `${instant(startedAt)}, ${seconds(durationSeconds)}`)
}

export function runTiles({ nfs, replay }: RunResult): Html {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const judged = judgedOf(nfs)
  const checked = sum(judged.map((nf) => nf.packetsChecked))
  const out = sum(judged.map(({ outcomes }) => outcomes.forwarded + outcomes.rewritten + outcomes.flooded))
  const dropped = sum(judged.map(({ outcomes }) => outcomes.dropped))
  const read = sum(replay?.traces.map((trace) => trace.packetsRead) ?? [])
  const tiles: readonly (readonly [string, string])[] = [
    ...(replay === undefined ? [] : [[count(read), 'packets read'] as const]),
    ...(judged.length === 0 ? verifiedTiles(verifiedOf(nfs)) : []),
    ...stressedTiles(stressedOf(nfs)),
    ...(judged.length === 0
      ? []
      : ([
          [count(checked), 'packets judged'],
          [count(out), `came out ${share(out, checked)}`],
          [count(dropped), `dropped as specified ${share(dropped, checked)}`],
          [count(sum(nfs.map(violationCountOf))), 'violations'],
        ] as const)),
  ]
  if (tiles.length === 0) return html``
  return html`<div class="tiles">${tiles.map(([figure, text]) => html`<div class="tile"><b>${figure}</b><span>${text}</span></div>`)}</div>`
}

function verifiedTiles(nfs: readonly VerifiedNf[]): readonly (readonly [string, string])[] {
  if (nfs.length === 0) return []
  const sum = (pick: (nf: VerifiedNf) => number) => nfs.reduce((total, nf) => total + pick(nf), 0)
  return [
    [count(sum((nf) => nf.paths)), 'paths explored'],
    [count(sum((nf) => nf.obligations)), 'obligations judged'],
    [count(sum(({ solver }) => solver.queries)), 'solver calls'],
    [count(sum(violationCountOf)), 'counterexamples'],
  ]
}

function stressedTiles(nfs: readonly StressedNf[]): readonly (readonly [string, string])[] {
  if (nfs.length === 0) return []
  const sum = (pick: (nf: StressedNf) => number) => nfs.reduce((total, nf) => total + pick(nf), 0)
  return [
    [count(sum((nf) => nf.framesSent)), 'frames sent'],
    [count(sum((nf) => nf.framesReceived)), 'received'],
    [count(sum((nf) => nf.framesCorrupt)), 'damaged'],
    [count(sum((nf) => nf.framesMisdirected)), 'by a wrong port'],
    [count(sum((nf) => nf.framesJudged)), 'held to the specification'],
    [count(sum((nf) => nf.framesWrong)), 'not as specified'],
  ]
}

export function pill(verdict: RunVerdict): Html {
  return html`<span class="pill ${verdict}">${signs[verdict]} ${verdict}</span>`
}
