/** What is looked at, and what was found. */

/** `missing`: something that the named work needs is not there. `absent`: something optional is not. */
export type CheckState = 'ok' | 'missing' | 'absent'

export interface Finding {
  readonly name: string
  readonly state: CheckState
  /** What was seen, in a few words. */
  readonly detail: string
  /** What to do about it. */
  readonly hint?: string
}

export interface Section {
  readonly title: string
  /** Whether all that the title names can be done here. */
  readonly isReady: boolean
  readonly findings: readonly Finding[]
}

export function section(title: string, findings: readonly Finding[]): Section {
  return { title, isReady: findings.every(({ state }) => state !== 'missing'), findings }
}

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail }
}

export function missing(name: string, detail: string, hint: string): Finding {
  return { name, state: 'missing', detail, hint }
}

export function absent(name: string, detail: string, hint: string): Finding {
  return { name, state: 'absent', detail, hint }
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
