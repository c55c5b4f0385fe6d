/** Where things are in a topology file: for errors, and for values that a schema cannot check. */
import type { ErrorObject } from 'ajv'
import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml'

import { InputError } from '../errors.js'
import { type Cidr, parseCidr, parseIpv4, parseIpv6 } from '../packet/address.js'
import { parseDuration } from './duration.js'

/** Keys, and positions in lists, from the top of a file. */
export type Path = readonly (string | number)[]

export class Places {
  readonly #file: string
  readonly #document: Document
  readonly #lines: LineCounter

  constructor(file: string, document: Document, lines: LineCounter) {
    this.#file = file
    this.#document = document
    this.#lines = lines
  }

  error(path: Path, what: string, hint?: string): InputError {
    return new InputError(what, { file: this.#file, line: this.line(path), ...(hint === undefined ? {} : { hint }) })
  }

  schemaError(error: ErrorObject | undefined): InputError {
    const path = (error?.instancePath ?? '').split('/').slice(1)
    const at = path.join('.')
    const where = at === '' ? 'the topology' : `'${at}'`
    switch (error?.keyword) {
      case 'required':
        return this.error(path, `${where} has no '${String(error.params.missingProperty)}'`)
      case 'additionalProperties': {
        const key = String(error.params.additionalProperty)
        const known = Object.keys(error.parentSchema?.properties ?? {}).join(', ')
        return this.error([...path, key], `${where} has no key '${key}'`, `there are ${known}`)
      }
      case 'enum':
        return this.error(path, `${where} must be one of ${JSON.stringify(error.schema)}`)
      case 'pattern': {
        const wanted = String(error.parentSchema?.description ?? `a text like ${String(error.schema)}`)
        return this.error(path, `${where} is ${JSON.stringify(error.data)}, not as it must be: ${wanted}`)
      }
      default:
        return this.error(path, `${where} ${error?.message ?? 'is wrong'}`)
    }
  }

  /** Nanoseconds. */
  duration(text: string, path: Path): bigint {
    const value = parseDuration(text)
    if (value === undefined) throw this.error(path, `'${text}' is too long`)
    return value
  }

  network(text: string, path: Path): Cidr {
    const network = parseCidr(text)
    if (network === undefined)
      throw this.error(path, `'${text}' is no network`, 'such as 192.0.2.0/24, zeros at its end')
    return network
  }

  ip(text: string, path: Path): number {
    const address = parseIpv4(text)
    if (address === undefined) throw this.error(path, `'${text}' is no IPv4 address`)
    return address
  }

  ip6(text: string, path: Path): bigint {
    const address = parseIpv6(text)
    if (address === undefined) throw this.error(path, `'${text}' is no IPv6 address`)
    return address
  }

  /** Line of what is at `path`, or of the nearest thing around it that has one. */
  line(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const start = this.#start(path.slice(0, length))
      if (start !== undefined) return this.#lines.linePos(start).line
    }
    return 1
  }

  /** Offset of the key at `path` (a value may begin lines below its key), or of the element. */
  #start(path: Path): number | undefined {
    const parent = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true)
    const last = path[path.length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
      return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
    }
    const node = this.#document.getIn(path, true)
    return isNode(node) ? node.range?.[0] : undefined
  }
}
