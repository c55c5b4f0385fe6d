/** Which external fits an import (core 2.0, section 3.4). */
import { InputError } from '../errors.js'
import type { Value } from './domain.js'
import type { External } from './instance.js'
import type { Import, ImportType } from './module.js'
import { type Limits, sameFunctionType } from './types.js'

/** An import has nothing that fits it. */
export class LinkError extends InputError {
  readonly wanted: Import

  constructor(wanted: Import, reason: string) {
    super(`${reason}: ${wanted.what.kind} ${wanted.module}.${wanted.name}`)
    this.wanted = wanted
  }
}

export function matches<V extends Value>(wanted: ImportType, found: External<V>): boolean {
  switch (wanted.kind) {
    case 'function':
      return (found.kind === 'host' || found.kind === 'wasm') && sameFunctionType(found.type, wanted.type)
    case 'table':
      return (
        found.kind === 'table' &&
        found.element === wanted.type.element &&
        fits(wanted.type.limits, found.elements.length, found.most)
      )
    case 'memory':
      return found.kind === 'memory' && fits(wanted.type, found.memory.pages, found.memory.most)
    case 'global':
      return (
        found.kind === 'global' &&
        found.type.type === wanted.type.type &&
        found.type.isMutable === wanted.type.isMutable
      )
  }
}

/** Large enough now, and never larger than asked. */
function fits({ least, most }: Limits, now: number, foundMost: number | undefined): boolean {
  return now >= least && (most === undefined || (foundMost !== undefined && foundMost <= most))
}
