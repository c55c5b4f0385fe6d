/**
 * `npm run demo`: the main job in one go. Every trace of traces/ goes through its network function in the simulator,
 * every packet is judged by the specification, and one page links the reports of all runs. Needs no privilege and no
 * network card. Ends with the exit code of docs/exit-codes.md; 0 when all hold.
 */

import { writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

import { reportFailure } from '../cli/failure.js'
import { table } from '../cli/table.js'
import { flushed, processTerminal } from '../cli/terminal.js'
import { packageRoot } from '../package-root.js'
import { replay } from '../replay/index.js'
import { count, indexPage, type LinkedRun, seconds, writeRun } from '../report/index.js'
import { combineExitCodes, createRunFolder, type NfResult, type RunResult, shownPath } from '../result/index.js'
import { type Recipe, type RecipeRun, recipes, replayWords, runsOf } from './recipes.js'

const terminal = processTerminal()

/** The same as the command line of the recipe, wherever the package is. */
function run(recipe: Recipe, { config, name }: RecipeRun): Promise<RunResult<NfResult>> {
  const { file, nf, topology, clients, portRules } = recipe
  return replay({
    traces: [inPackage(file)],
    nf,
    config: config.map((value) => (value.startsWith('traces/') ? inPackage(basename(value)) : value)),
    ...(topology === undefined ? {} : { topology: inPackage(topology) }),
    ...(clients === undefined ? {} : { clients }),
    ...(portRules === undefined ? {} : { portRules }),
    command: ['vigil', ...replayWords(recipe, { config, name })],
  })
}

/** The path of a file of traces/. */
function inPackage(name: string): string {
  return shownPath(join(packageRoot, 'traces', name))
}

const columns = ['left', 'left', 'right', 'right', 'right', 'right', 'left'] as const
const heading = ['', 'trace', 'judged', 'came out', 'dropped', 'violations', '']

function row(nf: string, name: string, { nfs, verdict }: RunResult<NfResult>): readonly string[] {
  const sum = (pick: (nf: NfResult) => number) => count(nfs.reduce((total, nf) => total + pick(nf), 0))
  return [
    nf,
    name,
    sum((one) => one.packetsChecked),
    sum(({ outcomes }) => outcomes.forwarded + outcomes.rewritten + outcomes.flooded),
    sum(({ outcomes }) => outcomes.dropped),
    sum((one) => one.violationCount),
    verdict,
  ]
}

function linked({ nf, about }: Recipe, { name, config }: RecipeRun, result: RunResult): LinkedRun {
  const settings = config.length === 0 ? '' : ` Configuration: ${config.join(', ')}.`
  return { result, href: `${name}/report.html`, title: `${nf}: ${name}`, about: about + settings }
}

async function main(): Promise<number> {
  const started = performance.now()
  const folder = createRunFolder({ verb: 'demo', subject: 'all', startedAt: new Date() })
  const runs: LinkedRun[] = []
  const rows: (readonly string[])[] = [heading]
  try {
    for (const [recipe, one] of recipes.flatMap((recipe) => runsOf(recipe).map((run) => [recipe, run] as const))) {
      const result = await run(recipe, one)
      writeRun(result, { verb: 'replay', out: join(folder.directory, one.name) })
      runs.push(linked(recipe, one, result))
      rows.push(row(recipe.nf, one.name, result))
      if (terminal.interactive) terminal.err(`\r${one.name.padEnd(40)}`)
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
