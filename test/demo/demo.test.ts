import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'

import { recipes, runsOf } from '../../src/demo/recipes.js'
import { temporary } from '../temporary.js'

test('the demo runs every network function over its traces, all hold, and one page links the reports', (t) => {
  const cwd = temporary()
  const text = execFileSync(process.execPath, [resolve('build/src/demo/main.js')], { cwd, encoding: 'utf8' })
  const runs = recipes.flatMap((recipe) => runsOf(recipe).map(({ name }) => [recipe.nf, name] as const))
  for (const [nf, name] of runs) t.regex(text, new RegExp(`${nf} +${name} .* 0 {2}holds`))
  const latest = join(cwd, 'reports', 'latest')
  const page = readFileSync(join(latest, 'report.html'), 'utf8')
  const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link)
  t.is(links.length, runs.length)
  for (const link of links) t.true(existsSync(join(latest, link)), link)
})
