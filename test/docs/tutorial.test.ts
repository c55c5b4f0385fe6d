/** docs/first-network-function.md, followed word by word: its commands are run, and its edits made. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { vigilHere } from '../cli/here.js'
import { temporary } from '../temporary.js'
import { commandsOf, isPrinted } from './shown.js'

const page = readFileSync('docs/first-network-function.md', 'utf8')
const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({ kind, text }))

/** Makes an edit: its lines with a minus, which stand there once and together, become those with a plus. */
function edit(cwd: string, diff: string): void {
  const [, name = '', body = ''] = /^--- (.*)\n([\s\S]*)$/.exec(diff) ?? []
  const file = join(cwd, name)
  const lines = body.split('\n')
  const side = (mark: string): string =>
    lines
      .filter((line) => line.startsWith(mark))
      .map((line) => `${line.slice(1)}\n`)
      .join('')
  const parts = readFileSync(file, 'utf8').split(side('-'))
  if (parts.length !== 2) throw new Error(`this does not stand in ${name} once:\n${side('-')}`)
  writeFileSync(file, parts.join(side('+')))
}

test.serial('the tutorial does what it says', async (t) => {
  const cwd = temporary()
  t.true(blocks.length >= 8)
  for (const { kind, text } of blocks) {
    if (kind === 'diff') edit(cwd, text)
    for (const { command, lines } of kind === 'diff' ? [] : commandsOf(text)) {
      const [npx, vigil, ...words] = command.split(' ')
      t.deepEqual([npx, vigil], ['npx', 'vigil'])
      const { stdout, stderr } = await vigilHere(words, cwd)
      t.log(`$ ${command}`)
      isPrinted(t, lines, `${stderr}${stdout}`)
    }
  }
})
