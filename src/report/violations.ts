/** Violations: what was expected against what was seen, field by field and byte by byte. */

import { printLine, printTree } from '../packet/index.js'
import { type Difference, type NfResult, originText, siteText, type Violation } from '../result/index.js'
import { count, counted } from './format.js'
import { hexdump } from './hexdump.js'
import { type Html, html } from './html.js'

/** More are in result.json and violations.pcapng. */
const shownLimit = 50

export function violationsSection(nfs: readonly NfResult[]): Html | undefined {
  const kept = nfs.flatMap((nf) => nf.violations)
  const total = nfs.reduce((sum, nf) => sum + nf.violationCount, 0)
  if (total === 0) return undefined
  const shown = kept.slice(0, shownLimit)
  const note =
    shown.length < total
      ? html`<p class="quiet">The first ${count(shown.length)} of ${counted(total, 'violation')}; <code>violations.pcapng</code> holds ${count(kept.length)}.</p>`
      : undefined
  return html`<h2 id="violations">Violations</h2>${note}${shown.map(card)}`
}

function card(violation: Violation, index: number): Html {
  const { expected, actual, site } = violation
  return html`<section class="card violation">
<h3>${index + 1}. ${violation.summary}</h3>
<dl class="facts">
<dt>input</dt><dd>${violation.instance}, ${originText(violation)}</dd>
<dt>expected</dt><dd class="expected">${expected.text}</dd>
<dt>actual</dt><dd class="actual">${actual.text}</dd>
${site !== undefined && html`<dt>by</dt><dd>${siteText(site)}<br><code>${site.text}</code></dd>`}
</dl>
${packetDumps(violation)}
</section>`
}

/** The fields that differ, and both packets byte by byte. */
export function packetDumps({ expected, actual, input, differences }: Violation): Html {
  return html`${differences.length > 0 && fieldTable(differences)}
${dumps(bytesOf(input), bytesOf(expected.bytes), bytesOf(actual.bytes))}`
}

function fieldTable(differences: readonly Difference[]): Html {
  return html`<div class="scroll"><table><tr><th>layer</th><th>field</th><th>expected</th><th>actual</th></tr>
${differences.map(({ layer, field, expected, actual }) => html`<tr><td>${layer}</td><td>${field}</td><td class="mono expected">${expected}</td><td class="mono actual">${actual}</td></tr>`)}
</table></div>`
}

type Bytes = Uint8Array | undefined

function dumps(input: Bytes, expected: Bytes, actual: Bytes): Html {
  return html`<div class="pair">
${expected !== undefined && html`<div><h3 class="expected">Expected packet</h3>${line(expected)}${hexdump(expected, actual)}</div>`}
${actual !== undefined && html`<div><h3 class="actual">Actual packet</h3>${line(actual)}${hexdump(actual, expected)}</div>`}
</div>
${input !== undefined && html`<details><summary>Input packet: ${printLine(input)}</summary><pre>${printTree(input, { payloadBytes: 64 })}</pre>${hexdump(input, undefined)}</details>`}`
}

function line(packet: Uint8Array): Html {
  return html`<p class="small quiet">${printLine(packet)}</p>`
}

function bytesOf(hex: string | undefined): Bytes {
  return hex === undefined ? undefined : Buffer.from(hex, 'hex')
}
