/** The part of a page about one network function: its verdict, outcomes, the lines that decided, configuration. */

import {
  type NfResult,
  nameOf,
  type RunNf,
  type SiteCount,
  type StressedNf,
  shownPath,
  type VerifiedNf,
} from '../result/index.js'
import { pill } from './banner.js'
import { outcomeBar, smallBar } from './bars.js'
import { count, counted } from './format.js'
import { type Html, html } from './html.js'
import { specSource } from './spec-source.js'

/** @param all Of the run. */
export function nfSection(nf: NfResult, all: readonly RunNf[]): Html {
  const name = nameOf(nf, all)
  return html`<h2 id="nf-${nf.instance}">${name} ${pill(nf.verdict)}</h2>
<section class="card">
<p><b>${nf.spec.title}</b></p>
<p class="quiet">${counted(nf.packetsSent, 'packet')} in, ${counted(nf.packetsReceived, 'packet')} out (counted once for each port), ${counted(nf.packetsChecked, 'packet')} judged.</p>
${nf.cause !== undefined && html`<p><b>Why:</b> ${nf.cause}</p>`}
${outcomeBar(nf.outcomes)}
${ignored(nf)}
<h3>What the specification said</h3>
${lines(nf.coverage)}
${specSource(nf)}
${configuration(nf)}
</section>`
}

function ignored({ ignored }: NfResult): Html | undefined {
  const causes = Object.entries(ignored)
  if (causes.length === 0) return undefined
  return html`<p><b>Not judged:</b> ${causes.map(([cause, packets]) => `${cause} ${count(packets)}`).join(', ')}</p>`
}

function lines(coverage: readonly SiteCount[]): Html {
  if (coverage.length === 0) return html`<p class="quiet">No line of the specification was reached.</p>`
  const largest = Math.max(...coverage.map(({ packets }) => packets))
  return html`<div class="scroll"><table>
<tr><th>line</th><th>verdict</th><th>source</th><th>clause</th><th class="number">packets</th><th></th></tr>
${coverage.map((site) => siteRow(site, largest))}
</table></div>`
}

const colours = { drop: 'dropped', forward: 'rewritten', flood: 'flooded', any: 'unspecified' } as const

function siteRow({ line, kind, text, clause, packets }: SiteCount, largest: number): Html {
  return html`<tr class="${packets === 0 ? 'unseen' : ''}"><td class="number">${line}</td><td><span class="kind ${kind}">${kind}</span></td>
<td><code>${text}</code></td><td>${clause}</td><td class="number">${count(packets)}</td><td class="bar">${smallBar(packets, largest, colours[kind])}</td></tr>`
}

export function configuration({ config, options, binary, spec }: NfResult | VerifiedNf | StressedNf): Html {
  return html`<details><summary>Configuration, options and ${binary === undefined ? 'specification' : 'binary'}</summary>
<div class="columns"><div><h3>Configuration</h3>${facts(config)}</div><div><h3>Options of the specification</h3>${facts(options)}</div></div>
<h3>Files</h3>
${facts({
  ...(binary === undefined
    ? {}
    : { binary: shownPath(binary.file), 'SHA-256': binary.sha256, 'libVig SHA-256': binary.libvigSha256 }),
  specification: shownPath(spec.file),
  'its SHA-256': spec.sha256,
})}
</details>`
}

/** Names and values, as a list. */
export function facts(values: Readonly<Record<string, string>>): Html {
  const entries = Object.entries(values)
  if (entries.length === 0) return html`<p class="quiet">none</p>`
  return html`<dl class="facts">${entries.map(([name, value]) => html`<dt>${name}</dt><dd class="mono">${value}</dd>`)}</dl>`
}
