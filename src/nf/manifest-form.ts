/** Holds a parsed nf.yaml to its JSON Schema, and says the first fault as one line with its place. */
import type { ErrorObject } from 'ajv'

import type { InputError } from '../errors.js'
import { faultOf, fits } from '../validator.js'
import type { CApi } from './c/sources.js'
import type { YamlPath, YamlSource } from './yaml-source.js'

/** An entry of `config:` as written. */
export interface RawEntry {
  readonly type: string
  readonly default?: unknown
  readonly rows?: unknown
  readonly min?: string | number
  readonly max?: string | number
  readonly doc?: string
  readonly values?: readonly string[]
  readonly each?: 'port'
  readonly list?: boolean
  readonly maxLength?: number
  readonly maxRows?: number
  readonly key?: 'mac' | 'ipv4'
  readonly value?: 'port' | 'u32' | 'ipv4'
  readonly anyConfig?: 'any' | { readonly oneOf: readonly unknown[] }
}

/** nf.yaml as written. */
export type RawManifest = RawLike | RawWhole

/** Of another one's kind. */
export interface RawLike extends RawOwn {
  readonly like: string
}

/** What each says of itself. */
interface RawOwn {
  readonly name: string
  readonly title?: string
  readonly source?: string | readonly string[]
  readonly api?: CApi
  readonly binary?: string
}

export interface RawWhole extends RawOwn {
  readonly like?: undefined
  readonly blackBox?: boolean
  readonly timeGranularity?: string
  readonly trailers?: 'kept' | 'removed'
  readonly load?: { readonly enters?: 'inside' | 'outside'; readonly conversations?: 'apart' | 'together' }
  readonly spec?: string
  readonly memory?: string | number
  readonly ports: {
    readonly count: number
    readonly min?: number
    readonly max?: number
    readonly anyConfig?: 'any' | { readonly oneOf: readonly number[] }
  }
  readonly roles?: unknown
  readonly config?: Readonly<Record<string, RawEntry>>
  readonly relations?: readonly string[]
  readonly options?: Readonly<Record<string, string | boolean>>
  readonly replay?: unknown
  readonly topology?: string
}

export function checkForm(source: YamlSource): RawManifest {
  const { value } = source
  if (fits<RawManifest>('nf', value)) return value
  const error = faultOf('nf')
  if (error === undefined) throw source.fail([], 'is not an nf.yaml')
  const path: YamlPath = error.instancePath.split('/').slice(1)
  throw describe(source, path, error)
}

function describe(source: YamlSource, path: YamlPath, error: ErrorObject): InputError {
  const at = path.length === 0 ? '' : `${path.join('.')}: `
  const params: Readonly<Record<string, unknown>> = error.params
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      return source.fail([...path, key], `${at}there is no key "${key}" here`, 'see docs/nf-binary.md')
    }
    case 'required':
      return source.fail(path, `${at}the key "${String(params.missingProperty)}" is missing`)
    case 'enum': {
      if (error.propertyName !== undefined) {
        const key = error.propertyName
        return source.fail([key], `the key "${key}" is that of the file named by like`, 'leave out one of them')
      }
      const allowed: readonly unknown[] = Array.isArray(params.allowedValues) ? params.allowedValues : []
      return source.fail(path, `${at}must be one of ${allowed.join(', ')}`)
    }
    case 'pattern': {
      const key = error.propertyName
      const what = key === undefined ? '' : `the name "${key}" `
      return source.fail(key === undefined ? path : [...path, key], `${at}${what}${error.message ?? 'is malformed'}`)
    }
    default:
      return source.fail(path, `${at}${error.message ?? 'is not what it should be'}`)
  }
}
