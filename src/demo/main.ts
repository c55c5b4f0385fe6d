/**
 * `npm run demo`: the main job in one go. Every trace of traces/ goes through its network function in the simulator,
 * every packet is judged by the specification, and one page links the reports of all runs. Needs no privilege and no
 * network card. Ends with the exit code of docs/exit-codes.md; 0 when all hold.
 */

import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { reportFailure } from '../cli/failure.js'
import { table } from '../cli/table.js'
import { flushed, processTerminal } from '../cli/terminal.js'
import { packageRoot } from '../nf/package-root.js'
import { replay } from '../replay/index.js'
import { count, indexPage, type LinkedRun, seconds, writeRun } from '../report/index.js'
import { combineExitCodes, createRunFolder, type RunResult, shownPath } from '../result/index.js'
import { type Recipe, recipes, replayWords } from './recipes.js'

const terminal = processTerminal()

/** The same as the command line of the recipe, wherever the package is. */
function run(recipe: Recipe): Promise<RunResult> {
  const { file, nf, topology, config, clients, portRules } = recipe
  const inPackage = (name: string) => shownPath(join(packageRoot, 'traces', name))
  return replay({
    traces: [inPackage(file)],
    nf,
    ...(topology === undefined ? {} : { topology: topology.endsWith('.yaml') ? inPackage(topology) : topology }),
    ...(config === undefined ? {} : { config }),
    ...(clients === undefined ? {} : { clients }),
    ...(portRules === undefined ? {} : { portRules }),
    command: ['vigil', ...replayWords(recipe)],
  })
}

const columns = ['left', 'left', 'right', 'right', 'right', 'right', 'left'] as const
const heading = ['', 'trace', 'judged', 'came out', 'dropped', 'violations', '']

function row(nf: string, file: string, { nfs, verdict }: RunResult): readonly string[] {
  const sum = (pick: (nf: RunResult['nfs'][number]) => number) => count(nfs.reduce((total, nf) => total + pick(nf), 0))
  return [
    nf,
    file,
    sum((one) => one.packetsChecked),
    sum(({ outcomes }) => outcomes.forwarded + outcomes.rewritten + outcomes.flooded),
    sum(({ outcomes }) => outcomes.dropped),
    sum((one) => one.violationCount),
    verdict,
  ]
}

async function main(): Promise<number> {
  const started = performance.now()
  const folder = createRunFolder({ verb: 'demo', subject: 'all', startedAt: new Date() })
  const runs: LinkedRun[] = []
  const rows: (readonly string[])[] = [heading]
  try {
    for (const recipe of recipes) {
      const result = await run(recipe)
      const name = recipe.file.replace(/\.pcap(ng)?$/, '')
      writeRun(result, { verb: 'replay', out: join(folder.directory, name) })
      runs.push({ result, href: `${name}/report.html`, title: `${recipe.nf}: ${name}`, about: recipe.about })
      rows.push(row(recipe.nf, recipe.file, result))
      if (terminal.interactive) terminal.err(`\r${recipe.file.padEnd(40)}`)
    }
    writeFileSync(join(folder.directory, 'report.html'), indexPage('Six network functions', runs))
    folder.publish()
  } finally {
    if (terminal.interactive) terminal.err(`\r${' '.repeat(40)}\r`)
    folder.discard()
  }
  terminal.out(table(rows, columns))
  const page = relative('.', join(folder.path, 'report.html'))
  terminal.out(`\n${seconds((performance.now() - started) / 1000)} in all, report: ${page}\n`)
  return combineExitCodes(runs.map(({ result }) => result.exitCode))
}

const exitCode = await main().catch((error: unknown) => reportFailure(error, terminal, false))
await flushed()
process.exit(exitCode)
