/**
 * Holds data to the JSON Schemas of docs/schemas. Ajv takes 150 to 350 ms to compile one, a third of what short commands take
 * in all, so that what it made is kept: that takes 10 to 25 ms.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'

import type { ErrorObject, ValidateFunction } from 'ajv'

import { readCached, writeCached } from './cache.js'
import { packageRoot } from './package-root.js'

export type SchemaName = 'deviations' | 'nf' | 'result' | 'topology'

const require = createRequire(import.meta.url)
const OPTIONS = { allowUnionTypes: true, verbose: true, code: { source: true } } as const
const FILE = 'validator.cjs'
const ready = new Map<SchemaName, ValidateFunction<unknown>>()

/** Whether `data` is as the schema promises; T is what the schema says in TypeScript. */
export function fits<T>(name: SchemaName, data: unknown): data is T {
  return validatorOf(name)(data)
}

/** What is wrong first with the data that `fits` was last asked about. */
export function faultOf(name: SchemaName): ErrorObject | undefined {
  return validatorOf(name).errors?.[0]
}

function validatorOf(name: SchemaName): ValidateFunction<unknown> {
  const known = ready.get(name)
  if (known !== undefined) return known
  const schema = readFileSync(join(packageRoot, `docs/schemas/${name}.schema.json`), 'utf8')
  const ajv: { readonly version: string } = require('ajv/package.json')
  const key = createHash('sha256')
    .update(JSON.stringify(['schema', ajv.version, OPTIONS, schema]))
    .digest('hex')
  const [kept] = readCached(key, [FILE]) ?? []
  const code = kept === undefined ? compiled(schema) : Buffer.from(kept).toString()
  if (kept === undefined) writeCached(key, { [FILE]: code })
  const validator = evaluated(code)
  ready.set(name, validator)
  return validator
}

function compiled(schema: string): string {
  const { Ajv }: typeof import('ajv') = require('ajv')
  const { default: standaloneCode }: typeof import('ajv/dist/standalone/index.js') = require('ajv/dist/standalone')
  const ajv = new Ajv(OPTIONS)
  return standaloneCode(ajv, ajv.compile(JSON.parse(schema)))
}

function evaluated(code: string): ValidateFunction<unknown> {
  const module: { exports: ValidateFunction<unknown> | undefined } = { exports: undefined }
  compileFunction(code, ['module', 'exports', 'require'])(module, module, require)
  if (module.exports === undefined) throw new Error('the code of a validator exports none')
  return module.exports
}
