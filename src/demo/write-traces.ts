/** Makes traces/ again: `node build/src/demo/write-traces.js [folder]`. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { runCommandLine } from '../cli/program.js'
import { processTerminal } from '../cli/terminal.js'
import { packageRoot } from '../package-root.js'
import { generateWords, recipes } from './recipes.js'
import { tracesPage } from './traces-page.js'

const folder = process.argv[2] ?? join(packageRoot, 'traces')
const terminal = processTerminal()
mkdirSync(folder, { recursive: true })
for (const recipe of recipes) {
  const exitCode = await runCommandLine(generateWords(recipe, join(folder, recipe.file)), terminal)
  if (exitCode !== 0) process.exit(exitCode)
}
writeFileSync(join(folder, 'README.md'), tracesPage())
