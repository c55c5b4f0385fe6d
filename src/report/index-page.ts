/** One page over several runs: a row for each, linked to its report. */

import { combineExitCodes, judgedOf, nameOf, type RunResult, type RunVerdict, shownPath } from '../result/index.js'
import { banner, pill, runTiles } from './banner.js'
import { outcomeBar } from './bars.js'
import { count, counted, instant, seconds } from './format.js'
import { type Html, html } from './html.js'
import { page } from './page.js'

export interface LinkedRun {
  readonly result: RunResult
  /** Address of its report, relative to this page. */
  readonly href: string
  /** Default: the names of its network functions. */
  readonly title?: string
  /** What is run, in a sentence. */
  readonly about?: string
}

/** @param runs At least one. */
export function indexPage(title: string, runs: readonly LinkedRun[]): string {
  const results = runs.map(({ result }) => result)
  const [first] = results
  const time = results.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  const verdict = verdictOf(results)
  const held = results.filter((result) => result.verdict === 'holds').length
  const sentence = `${title}: ${held} of ${counted(runs.length, 'run')} hold`
  const detail = first === undefined ? '' : `${instant(first.startedAt)}, ${seconds(time)} in all`
  return page(
    sentence,
    first?.version ?? '',
    banner(verdict, sentence, detail),
    first !== undefined && runTiles(together(first, results, time)),
    html`<h2>Runs</h2>`,
    runs.map(runCard),
  )
}

/** One result with everything of all of them, for the figures at the head. */
function together(first: RunResult, results: readonly RunResult[], durationSeconds: number): RunResult {
  const traces = results.flatMap(({ replay }) => replay?.traces ?? [])
  const nfs = results.flatMap((result) => result.nfs)
  return { ...first, durationSeconds, nfs, replay: { topology: '', plan: [], traces } }
}

function verdictOf(results: readonly RunResult[]): RunVerdict {
  const code = combineExitCodes(results.map(({ exitCode }) => exitCode))
  return results.find(({ exitCode }) => exitCode === code)?.verdict ?? 'holds'
}

function runCard({ result, href, title, about }: LinkedRun): Html {
  const name = title ?? result.nfs.map((nf) => nameOf(nf, result.nfs)).join(', ')
  const judged = judgedOf(result.nfs)
  const traces = result.replay?.traces ?? []
  const read = traces.reduce((sum, trace) => sum + trace.packetsRead, 0)
  return html`<section class="card">
<h2 style="margin-top: 0"><a href="${href}">${name}</a> ${pill(result.verdict)}</h2>
${about !== undefined && html`<p>${about}</p>`}
<p class="quiet">${judged.map(({ spec }) => spec.title).join('; ')}</p>
${result.cause !== undefined && html`<p><b>Why:</b> ${result.cause}</p>`}
<p>${counted(read, 'packet')} of ${counted(traces.length, 'trace')} (${traces.map(({ file }) => shownPath(file)).join(', ')}), ${count(judged.reduce((sum, nf) => sum + nf.packetsChecked, 0))} judged in ${seconds(result.durationSeconds)}</p>
${judged.map(({ outcomes }) => outcomeBar(outcomes))}
</section>`
}
