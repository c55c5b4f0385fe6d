import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { generateWords, recipes } from '../../src/demo/recipes.js'
import { tracesPage } from '../../src/demo/traces-page.js'
import { vigilHere } from '../cli/here.js'
import { temporary } from '../temporary.js'

const remake = 'run: node build/src/demo/write-traces.js'

for (const recipe of recipes) {
  test.serial(`${recipe.file} is what its recipe makes`, async (t) => {
    const path = join(temporary(), recipe.file)
    const { code, stderr } = await vigilHere(generateWords(recipe, path))
    t.is(code, 0, stderr)
    t.true(readFileSync(path).equals(readFileSync(join('traces', recipe.file))), remake)
  })
}

test.serial('traces/README.md is printed from the recipes, and there is no trace without one', (t) => {
  t.is(readFileSync('traces/README.md', 'utf8'), tracesPage(), remake)
  const files = readdirSync('traces').filter((name) => /\.pcap/.test(name))
  t.deepEqual(files.sort(), recipes.map(({ file }) => file).sort())
})

test.serial('traces are small', (t) => {
  const sizes = recipes.map(({ file }) => statSync(join('traces', file)).size)
  t.true(Math.max(...sizes) < 300_000)
  t.true(sizes.reduce((sum, size) => sum + size) < 2_000_000)
})
