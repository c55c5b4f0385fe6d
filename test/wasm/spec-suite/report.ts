import type { Tally } from './runner.js'

export interface FileTally extends Tally {
  readonly file: string
}

/** A line for each file, each failure, a line in total, and what is not supported with how many commands. */
export function report(files: readonly FileTally[]): string[] {
  const lines: string[] = []
  const unsupported = new Map<string, number>()
  let passed = 0
  let failed = 0
  for (const file of files) {
    lines.push(`${file.file}: ${counts(file.passed, file.failures.length, sum(file.unsupported))}`)
    for (const { line, command, reason } of file.failures) lines.push(`  line ${line}: ${command}: ${reason}`)
    for (const [cause, count] of file.unsupported) unsupported.set(cause, (unsupported.get(cause) ?? 0) + count)
    passed += file.passed
    failed += file.failures.length
  }
  lines.push(`total: ${counts(passed, failed, sum(unsupported))}`)
  for (const [cause, count] of [...unsupported].sort()) lines.push(`not judged: ${cause}: ${count}`)
  return lines
}

function counts(passed: number, failed: number, notJudged: number): string {
  return `${passed} passed, ${failed} failed${notJudged === 0 ? '' : `, ${notJudged} not judged`}`
}

function sum(counted: ReadonlyMap<string, number>): number {
  return [...counted.values()].reduce((total, count) => total + count, 0)
}
