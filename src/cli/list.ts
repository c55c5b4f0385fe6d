/** `vigil list`: what there is to run. */

import type { Command } from 'commander'

import type { Catalog, CatalogNf } from '../catalog/index.js'
import { count } from '../report/format.js'
import { type VerbContext, verb } from './command.js'
import { table } from './table.js'

export function listVerb({ terminal, finish }: VerbContext): Command {
  return verb('list', 'list network functions, topologies and traces', ['vigil list', 'vigil list --json']).action(
    async ({ json }: { readonly json?: boolean }) => {
      const { catalog } = await import('../catalog/index.js')
      const found = catalog()
      terminal.out(json === true ? `${JSON.stringify(found, undefined, 2)}\n` : listText(found))
      for (const problem of found.problems) terminal.err(`vigil: ${problem}\n`)
      if (found.problems.length > 0) finish(2)
    },
  )
}

function listText({ nfs, topologies, traces }: Catalog): string {
  const sections = [
    ['Network functions (--nf)', nfs.map(nfText).join('')],
    [
      'Topologies (--topology)',
      table(
        topologies.map(({ name, title }) => [name, title]),
        ['left', 'left'],
      ),
    ],
    [
      'Traces',
      table(
        traces.map(({ path, bytes }) => [path, `${count(bytes)} bytes`]),
        ['left', 'right'],
      ),
    ],
  ] as const
  return sections.map(([title, text]) => `${title}\n${text === '' ? '  none\n' : text}`).join('\n')
}

function nfText({ name, title, ports, spec, options, config, topology, blackBox = false }: CatalogNf): string {
  const { count: usual, min, max } = ports
  const facts: readonly (readonly [string, string])[] = [
    ['ports', min === max ? String(usual) : `${usual} (${min} to ${max})`],
    ['spec', spec ?? 'none'],
    ['topology', topology ?? 'two-port'],
    ['config', config.join(', ') || 'none'],
    [
      'options',
      Object.entries(options)
        .map(([option, value]) => `${option}: ${value}`)
        .join(', ') || 'none',
    ],
  ]
  return `  ${name}: ${title}${blackBox ? ' (a black box)' : ''}\n${table(facts, ['left', 'left'], '      ')}`
}
