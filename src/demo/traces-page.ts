/** traces/README.md, printed from the recipes. */

import { shellWord } from '../result/index.js'
import { generateWords, type Recipe, recipes, replayWords, runsOf } from './recipes.js'

export function tracesPage(): string {
  return [
    '# Traces',
    '',
    'Synthetic traffic, all of it made by `vigil generate`: nothing was captured on a network, all addresses are of',
    'documentation or private ranges, payloads are pseudo-random. Each trace is timed for the configuration that it is replayed with.',
    '`node build/src/demo/write-traces.js` makes all of them again; a test compares the bytes.',
    '',
    ...recipes.flatMap(section),
  ].join('\n')
}

function section(recipe: Recipe): readonly string[] {
  const line = (words: readonly string[]) => ['vigil', ...words].map(shellWord).join(' ')
  return [
    `## ${recipe.file}`,
    '',
    recipe.about,
    '',
    '```sh',
    line(generateWords(recipe, `traces/${recipe.file}`)),
    ...runsOf(recipe).map((run) => line(replayWords(recipe, run))),
    '```',
    '',
  ]
}
