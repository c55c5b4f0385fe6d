/** report.html: one run on one page. */

import { hasSarif, judgedOf, type RunNf, type RunResult, shellWord, verifiedOf } from '../result/index.js'
import { runBanner, runTiles, verdictSentence } from './banner.js'
import { conformSection } from './conform-section.js'
import { counterexamplesSection } from './counterexamples.js'
import { instant, seconds } from './format.js'
import { type Html, html } from './html.js'
import { libvigSection } from './libvig-section.js'
import { facts, nfSection } from './nf-section.js'
import { page } from './page.js'
import { stressedSection } from './stressed-section.js'
import { tracesSection } from './traces.js'
import { unfinishedSection, verifiedSection } from './verified-section.js'
import { violationsSection } from './violations.js'

/** The page's text. Reads the specifications that the result names, to show their lines. */
export function runPage(result: RunResult): string {
  return page(
    verdictSentence(result),
    result.version,
    runBanner(result),
    runTiles(result),
    result.nfs.map((nf) => sectionOf(nf, result.nfs)),
    result.libvig !== undefined && libvigSection(result.libvig),
    result.conform !== undefined && conformSection(result.conform),
    violationsSection(judgedOf(result.nfs)),
    counterexamplesSection(verifiedOf(result.nfs)),
    result.replay !== undefined && tracesSection(result.replay),
    runSection(result),
  )
}

function sectionOf(nf: RunNf, all: readonly RunNf[]): Html {
  if (nf.kind === 'judged') return nfSection(nf, all)
  if (nf.kind === 'stressed') return stressedSection(nf, all)
  return nf.kind === 'verified' ? verifiedSection(nf, all) : unfinishedSection(nf, all)
}

function runSection(result: RunResult): Html {
  const { node, platform, cpus, cpuModel } = result.environment
  return html`<h2>This run</h2>
<section class="card">
<p>The same run again:</p>
<pre>${result.command.map(shellWord).join(' ')}</pre>
<div class="columns"><div>
${facts({
  started: instant(result.startedAt),
  duration: seconds(result.durationSeconds),
  seed: String(result.seed),
  'exit code': String(result.exitCode),
})}</div><div>${facts({ node, platform, processors: `${cpus} × ${cpuModel}` })}</div></div>
<p class="quiet small">Beside this page: <a href="result.json">result.json</a>, <a href="junit.xml">junit.xml</a>, ${result.nfs.some(hasSarif) && html`<a href="results.sarif">results.sarif</a>, `}<a href="violations.pcapng">violations.pcapng</a> (opens in Wireshark, each packet with a comment).</p>
</section>`
}
