/** The source of a specification with the number of packets, or of paths, at each line that gave a verdict. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { type NfResult, shownPath, type VerifiedNf } from '../result/index.js'
import { sha256Of } from '../spec/load/index.js'
import { count } from './format.js'
import { type Html, html } from './html.js'

/** Empty where the file is gone or is not any more what the run was judged by. */
export function specSource({ spec, coverage, violations }: NfResult): Html | undefined {
  const faults = violations.filter(({ site }) => site?.file === spec.file).map(({ site }) => site?.line)
  const hits = new Map<number, number>()
  for (const site of coverage) {
    if (site.file === spec.file) hits.set(site.line, (hits.get(site.line) ?? 0) + site.packets)
  }
  return source(spec, 'packets', hits, new Set(faults))
}

/** The same for a proof. */
export function provedSource(nf: VerifiedNf): Html | undefined {
  const { spec, pathTree } = nf
  const hits = new Map<number, number>()
  for (const { site } of pathTree) if (site?.file === spec.file) hits.set(site.line, (hits.get(site.line) ?? 0) + 1)
  const failed = pathTree.filter(({ failed: open, site }) => open > 0 && site?.file === spec.file)
  return source(spec, 'paths', hits, new Set(failed.map(({ site }) => site?.line)))
}

function source(
  spec: NfResult['spec'],
  what: string,
  hits: ReadonlyMap<number, number>,
  faults: ReadonlySet<number | undefined>,
): Html | undefined {
  const text = readSpec(spec.file, spec.sha256)
  if (text === undefined) return undefined
  const lines = text.replace(/\n$/, '').split('\n')
  return html`<details><summary>Specification with ${what} for each line: ${shownPath(spec.file)}</summary>
<pre class="source">${lines.map((line, i) => sourceLine(line, i + 1, hits.get(i + 1), faults.has(i + 1)))}</pre></details>`
}

function sourceLine(text: string, number: number, hits: number | undefined, fault: boolean): Html {
  const state = fault ? 'fault' : hits !== undefined && hits > 0 ? 'hit' : ''
  const shown = hits === undefined ? '' : count(hits)
  return html`<span class="${state}"><em class="lineno">${number}</em><em class="hits">${shown}</em>${text}</span>`
}

function readSpec(file: string, sha256: string): string | undefined {
  try {
    const source = readFileSync(file, 'utf8')
    // Of a specification of one file the hash is that of its text.
    const alone = createHash('sha256').update(source).digest('hex')
    return alone === sha256 || sha256Of(resolve(file), source) === sha256 ? source : undefined
  } catch {
    return undefined
  }
}
