/** The head of a page: the verdict in one sentence, and the run in a few figures. */

import { nameOf, type RunResult, type RunVerdict } from '../result/index.js'
import { count, counted, instant, seconds, share } from './format.js'
import { type Html, html } from './html.js'

const signs: Readonly<Record<RunVerdict, string>> = { holds: '✓', violated: '✗', undecided: '?', error: '!' }

export function banner(verdict: RunVerdict, sentence: string, detail: string): Html {
  return html`<div class="banner ${verdict}"><div class="sign">${signs[verdict]}</div><div><h1>${sentence}</h1><p>${detail}</p></div></div>`
}

/** The verdict of a run in one sentence. */
export function verdictSentence({ verdict, cause, nfs }: RunResult): string {
  const checked = nfs.reduce((sum, nf) => sum + nf.packetsChecked, 0)
  const violations = nfs.reduce((sum, nf) => sum + nf.violationCount, 0)
  const names = nfs.map((nf) => nameOf(nf, nfs)).join(', ')
  if (verdict === 'holds') return `${names}: all ${counted(checked, 'judged packet')} as specified`
  if (verdict === 'violated') return `${names}: ${counted(violations, 'violation')} in ${counted(checked, 'packet')}`
  if (verdict === 'undecided') return `Undecided: ${cause ?? 'no cause given'}`
  return `Error: ${cause ?? 'no cause given'}`
}

export function runBanner(result: RunResult): Html {
  const { startedAt, durationSeconds, verdict } = result
  return banner(verdict, verdictSentence(result), `${instant(startedAt)}, ${seconds(durationSeconds)}`)
}

export function runTiles({ nfs, replay }: RunResult): Html {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const checked = sum(nfs.map((nf) => nf.packetsChecked))
  const out = sum(nfs.map(({ outcomes }) => outcomes.forwarded + outcomes.rewritten + outcomes.flooded))
  const dropped = sum(nfs.map(({ outcomes }) => outcomes.dropped))
  const read = sum(replay?.traces.map((trace) => trace.packetsRead) ?? [])
  const tiles: readonly (readonly [string, string])[] = [
    ...(replay === undefined ? [] : [[count(read), 'packets read'] as const]),
    [count(checked), 'packets judged'],
    [count(out), `came out ${share(out, checked)}`],
    [count(dropped), `dropped as specified ${share(dropped, checked)}`],
    [count(sum(nfs.map((nf) => nf.violationCount))), 'violations'],
  ]
  return html`<div class="tiles">${tiles.map(([figure, text]) => html`<div class="tile"><b>${figure}</b><span>${text}</span></div>`)}</div>`
}

export function pill(verdict: RunVerdict): Html {
  return html`<span class="pill ${verdict}">${signs[verdict]} ${verdict}</span>`
}
