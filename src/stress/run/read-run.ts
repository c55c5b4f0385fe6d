/** Reads what an earlier run of load tests has found. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { InputError } from '../../errors.js'
import type { RunResult, StressedNf } from '../../result/index.js'
import { faultOf, fits } from '../../validator.js'

/** @param path A run folder, or its result.json. @throws InputError where that is no run of load tests. */
export function readStressed(path: string): StressedNf {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const file = isFolder ? join(path, 'result.json') : path
  const result = parsed(file)
  if (!fits<RunResult>('result', result)) {
    const error = faultOf('result')
    const why = `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim()
    throw new InputError(`not the result of a run of this version: ${why}`, { file })
  }
  const [nf] = result.nfs
  if (nf?.kind === 'stressed') return nf
  throw new InputError('not a run of load tests', { file, hint: 'vigil stress makes one' })
}

function parsed(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'a run folder, or its result.json' }, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InputError('is no JSON', { file, hint: 'a run folder, or its result.json' }, { cause })
  }
}
