/** coverage.html: the specification's source with what the suite meets on each line, and what it does not, with the reason. */
import { type Html, html } from '../../report/html.js'
import { page } from '../../report/page.js'
import { packageVersion } from '../../result/version.js'
import type { Suite, TargetCount, TargetResult } from './suite.js'

export function coveragePage(suite: Suite): string {
  const { nf, spec, coverage, cases, config } = suite
  const missing = coverage.targets.filter(({ status }) => status === 'not found')
  return page(
    `Coverage of ${nf}`,
    packageVersion(),
    html`<h1>${nf}: ${spec.title}</h1>
<p>${cases.length} cases, configuration ${config.length === 0 ? 'as in nf.yaml' : config.join(', ')}, seed ${suite.seed}.</p>`,
    html`<div class="tiles">
${tile('sides of conditions', coverage.sides)}${tile('boundaries', coverage.boundaries)}${tile('expiries', coverage.expiries)}
</div>`,
    source(
      'Source',
      spec.source,
      coverage.targets.filter(({ module }) => module === undefined),
    ),
    ...spec.imported.map(({ name, source: text }) =>
      source(
        `Source of ${name}`,
        text,
        coverage.targets.filter(({ module }) => module === name),
      ),
    ),
    missing.length > 0 && html`<h2>Not found</h2>${list(missing)}`,
    html`<h2>Proved unreachable</h2>${list(coverage.targets.filter(({ status }) => status === 'unreachable'))}`,
    html`<h2>Met</h2>${list(coverage.targets.filter(({ status }) => status === 'met'))}`,
  )
}

function tile(name: string, { met, unreachable, notFound }: TargetCount): Html {
  const rest = [
    ...(unreachable > 0 ? [`${unreachable} unreachable`] : []),
    ...(notFound > 0 ? [`${notFound} not found`] : []),
  ]
  return html`<div class="tile"><b>${met} of ${met + notFound}</b><span>${name}${rest.length > 0 && `; ${rest.join(', ')}`}</span></div>`
}

function source(heading: string, text: string, targets: readonly TargetResult[]): Html {
  const lines = text.replace(/\n$/, '').split('\n')
  const byLine = grouped(targets)
  return html`<h2>${heading}</h2>
<pre class="source">${lines.map((line, at) => sourceLine(line, at + 1, byLine.get(at + 1) ?? []))}</pre>`
}

/** How many of the line's targets are met, of those that can be. */
function sourceLine(text: string, number: number, targets: readonly TargetResult[]): Html {
  const met = targets.filter(({ status }) => status === 'met').length
  const all = targets.filter(({ status }) => status !== 'unreachable').length
  const state = met < all ? 'fault' : met > 0 ? 'hit' : ''
  const shown = targets.length === 0 ? '' : `${met}/${all}`
  return html`<span class="${state}"><em class="lineno">${number}</em><em class="hits">${shown}</em>${text}</span>`
}

function list(targets: readonly TargetResult[]): Html {
  if (targets.length === 0) return html`<p class="quiet">None.</p>`
  return html`<table><tr><th>place</th><th>condition</th><th>target</th><th></th></tr>
${targets.map(
  ({ module, line, column, text, kind, what, why }) =>
    html`<tr><td>${module !== undefined && `${module}:`}${line}:${column}</td><td><code>${text}</code></td><td>${kind} ${what}</td><td>${why}</td></tr>`,
)}</table>`
}

function grouped(targets: readonly TargetResult[]): ReadonlyMap<number, readonly TargetResult[]> {
  const found = new Map<number, TargetResult[]>()
  for (const target of targets) found.set(target.line, [...(found.get(target.line) ?? []), target])
  return found
}
