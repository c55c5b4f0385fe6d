/** The paths of a proof as a tree: paths that begin with the same decisions share them; each leaf is a path. */
import { type PathDecision, placeText, siteText, type VerifiedPath } from '../result/index.js'
import { count, counted, seconds } from './format.js'
import { type Html, html } from './html.js'

/** A decision and all paths that share it with those before it. */
export interface Node {
  /** Decisions that follow each other without a fork. */
  readonly decisions: readonly PathDecision[]
  readonly below: readonly Node[]
  /** The path that ends here. */
  readonly path: VerifiedPath | undefined
  readonly paths: number
}

/** `paths` in the order of exploration. */
export function treeOf(paths: readonly VerifiedPath[], depth = 0): Node {
  const decisions: PathDecision[] = []
  let at = depth
  for (let next = sharedAt(paths, at); next !== undefined; next = sharedAt(paths, at)) {
    decisions.push(next)
    at++
  }
  const ended = paths.find((path) => path.decisions.length === at)
  const groups = new Map<string, VerifiedPath[]>()
  for (const path of paths) {
    const decision = path.decisions[at]
    if (decision === undefined) continue
    const name = nameOf(decision)
    groups.set(name, [...(groups.get(name) ?? []), path])
  }
  return { decisions, below: [...groups.values()].map((group) => treeOf(group, at)), path: ended, paths: paths.length }
}

/** The decision that all paths take at a depth. */
function sharedAt(paths: readonly VerifiedPath[], depth: number): PathDecision | undefined {
  const first = paths[0]?.decisions[depth]
  if (first === undefined) return undefined
  const name = nameOf(first)
  const isShared = paths.every(({ decisions }) => decisions[depth] !== undefined && nameOf(decisions[depth]) === name)
  return isShared ? first : undefined
}

function nameOf({ condition, value, place }: PathDecision): string {
  return JSON.stringify([condition, value, place])
}

export function pathTreeSection(paths: readonly VerifiedPath[]): Html | undefined {
  if (paths.length === 0) return undefined
  const root = treeOf(paths)
  return html`<h3>Paths</h3>
<p class="quiet small">What the binary and its specification decide on the way, one path for each way through both. Conditions that can go one way only are left out.</p>
<div class="tree scroll">${root.decisions.map(decision)}${content(root, paths.length)}</div>`
}

/** Of trees with at most so many paths, the leaves are unfolded; the forks, of those with at most so many. */
const [openLeaves, openForks] = [12, 100]

/** `all`: paths of the whole tree. */
function content(node: Node, all: number): Html {
  return html`${node.path !== undefined && leaf(node.path)}${node.below.map((each) => branch(each, all))}`
}

function branch(node: Node, all: number): Html {
  const [first, ...others] = node.decisions
  if (first === undefined) return content(node, all)
  const open = all <= (node.below.length === 0 ? openLeaves : openForks) ? html` open` : html``
  const more =
    node.below.length === 0 ? outcome(node.path) : html`<span class="quiet">${counted(node.paths, 'path')}</span>`
  return html`<details${open}><summary>${text(first)} ${more}</summary><div class="under">${source(first)}${others.map(decision)}${content(node, all)}</div></details>`
}

function decision(one: PathDecision): Html {
  return html`<p class="decision">${text(one)}</p>${source(one)}`
}

function text({ condition, value }: PathDecision): Html {
  return html`<span class="way ${value ? 'yes' : 'no'}">${value ? 'yes' : 'no'}</span> <code>${condition}</code>`
}

function source({ place, source: line }: PathDecision): Html | undefined {
  if (place === undefined) return undefined
  return html`<p class="at"><span class="quiet">${placeText(place)}</span>${line !== undefined && html` <code>${line}</code>`}</p>`
}

function outcome(path: VerifiedPath | undefined): Html | undefined {
  return (
    path &&
    html`<span class="outcome">${path.outcome}</span>${path.failed > 0 && html` <b class="actual">not proved</b>`}`
  )
}

const confirmations = {
  yes: 'a packet took it on the real binary',
  unrealisable: 'not run on the real binary',
  'not tried': 'not run on the real binary',
} as const satisfies Record<VerifiedPath['confirmed'], string>

function leaf(path: VerifiedPath): Html {
  const { site, obligations, failed, seconds: time, confirmed, why } = path
  return html`<dl class="facts leaf">
<dt>outcome</dt><dd>${path.outcome}</dd>
${site !== undefined && html`<dt>specification</dt><dd>${siteText(site)}: <code>${site.text}</code></dd>`}
<dt>obligations</dt><dd class="${failed > 0 ? 'actual' : ''}">${obligations === 0 ? 'judged on earlier paths' : `${count(obligations - failed)} of ${count(obligations)} hold`}</dd>
<dt>confirmed</dt><dd>${confirmations[confirmed]}${why !== undefined && `: ${why}`}</dd>
<dt>time</dt><dd>${seconds(time)}</dd>
</dl>`
}
