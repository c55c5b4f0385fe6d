/**
 * `npm run wasm:spec -- FILE.json...`: scripts of the WebAssembly core test suite, as `wast2json` writes them, through
 * the stepper. Exit code 1 where a command fails, 2 where a file cannot be read.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { VigilError } from '../../../src/errors.js'
import { type FileTally, report } from './report.js'
import { ScriptRunner } from './runner.js'
import { parseScript } from './script.js'

function runFile(path: string): FileTally {
  const script = parseScript(readFileSync(path, 'utf8'), path)
  const runner = new ScriptRunner((filename) => readFileSync(join(dirname(path), filename)))
  return { file: basename(path, '.json'), ...runner.run(script) }
}

function main(paths: readonly string[]): number {
  if (paths.length === 0) {
    console.error('usage: npm run wasm:spec -- FILE.json... (made by wast2json)')
    return 2
  }
  try {
    const files = paths.map(runFile)
    for (const line of report(files)) console.log(line)
    return files.some(({ failures }) => failures.length > 0) ? 1 : 0
  } catch (error) {
    if (!(error instanceof VigilError || (error instanceof Error && 'code' in error))) throw error
    console.error(error.message)
    return 2
  }
}

process.exitCode = main(process.argv.slice(2))
