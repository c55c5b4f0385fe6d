import type { FailureOrigin } from './conformed.js'

/** Where a failure comes from, in lines: the first says it, the others what speaks for it. */
export function originLines({ kind, reason, likelier, evidence }: FailureOrigin): readonly string[] {
  const first = kind === 'difference' ? reason : `${kind}: ${reason}`
  return [first, ...(likelier === undefined ? [] : [`likelier wrong: the ${likelier}`]), ...evidence]
}
