/** Where in its source an instrumented specification is now; its hooks say so as it runs. */
import { SpecError } from '../error.js'

export interface SourcePlace {
  readonly kind: 'source'
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based. */
  readonly column: number
}

let current: SourcePlace | undefined

export function moveTo(place: SourcePlace | undefined): void {
  current = place
}

/** The operator, call or statement that runs now; undefined where no instrumented specification runs. */
export function currentPlace(): SourcePlace | undefined {
  return current
}

/** An error of the specification at the place that runs now. */
export function errorHere(what: string, hint?: string, cause?: unknown): SpecError {
  const { file, line, column } = current ?? {}
  const where = {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(hint === undefined ? {} : { hint }),
  }
  return new SpecError(what, where, cause === undefined ? undefined : { cause })
}
