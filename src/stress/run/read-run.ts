/** Reads what an earlier run of load tests has found. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'

import { InputError } from '../../errors.js'
import type { RunResult, StressedNf } from '../../result/index.js'

const SCHEMA = fileURLToPath(new URL('../../../../docs/schemas/result.schema.json', import.meta.url))

let compiled: ValidateFunction<RunResult> | undefined

/** @param path A run folder, or its result.json. @throws InputError where that is no run of load tests. */
export function readStressed(path: string): StressedNf {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const file = isFolder ? join(path, 'result.json') : path
  const result = parsed(file)
  compiled ??= compile()
  if (!compiled(result)) {
    const [error] = compiled.errors ?? []
    const why = `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim()
    throw new InputError(`not the result of a run of this version: ${why}`, { file })
  }
  const [nf] = result.nfs
  if (nf?.kind === 'stressed') return nf
  throw new InputError('not a run of load tests', { file, hint: 'vigil stress makes one' })
}

function compile(): ValidateFunction<RunResult> {
  const schema: unknown = JSON.parse(readFileSync(SCHEMA, 'utf8'))
  if (typeof schema !== 'object' || schema === null) throw new Error('result.schema.json is no schema')
  return new Ajv({ allErrors: false }).compile<RunResult>(schema)
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
