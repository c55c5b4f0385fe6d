/** The exit codes of every command: the one table. docs/exit-codes.md is printed from it. */

import type { RunVerdict } from './types.js'

export interface ExitCode {
  readonly code: number
  readonly name: string
  readonly meaning: string
  readonly example: string
}

/** By precedence: where several apply, the first one counts. */
export const exitCodes = [
  {
    code: 1,
    name: 'violation',
    meaning: 'A violation was found: what was observed is not among what the specification allows.',
    example: 'a NAT that forgets to update a checksum',
  },
  {
    code: 70,
    name: 'own error',
    meaning: "Vigil's own error. Nothing is said about the network function; run again with `--debug` and report it.",
    example: 'an assertion inside Vigil failed',
  },
  {
    code: 2,
    name: 'bad input',
    meaning: 'Bad usage or bad input. One line says what is wrong, where, and what to do; results so far are kept.',
    example: 'a truncated capture, an unknown option, a configuration out of bounds',
  },
  {
    code: 3,
    name: 'machine cannot',
    meaning: 'This machine cannot: a privilege, a device, a tool or space on the disk is missing.',
    example: 'the disk is full',
  },
  {
    code: 4,
    name: 'undecided',
    meaning: 'Undecided, with the cause. A run that judged nothing (vacuous) or was interrupted is undecided.',
    example: 'no packet of the trace could be forwarded',
  },
  { code: 0, name: 'holds', meaning: 'All holds: every packet that was judged is as specified.', example: '' },
] as const satisfies readonly ExitCode[]

/** The code that counts where several apply; 0 for none. Codes outside the table count as 70. */
export function combineExitCodes(codes: Iterable<number>): number {
  const rank = (code: number) => exitCodes.findIndex((known) => known.code === code)
  let best = exitCodes.length - 1
  for (const code of codes) best = Math.min(best, rank(code) >= 0 ? rank(code) : rank(70))
  return exitCodes[best]?.code ?? 70
}

const ofVerdict = { holds: 0, violated: 1, undecided: 4, error: 70 } as const satisfies Record<RunVerdict, number>

/** The exit code of a verdict alone; an `error` whose cause is bad input has 2 or 3 instead of 70. */
export function exitCodeOf(verdict: RunVerdict): number {
  return ofVerdict[verdict]
}

/** The verdict of a run that ends with this code. */
export function verdictOfCode(code: number): RunVerdict {
  if (code === 0) return 'holds'
  if (code === 1) return 'violated'
  return code === 4 ? 'undecided' : 'error'
}

/** docs/exit-codes.md. */
export function exitCodesPage(): string {
  const rows = [...exitCodes]
    .sort((a, b) => a.code - b.code)
    .map(({ code, name, meaning, example }) => `| **${code}** | ${name} | ${meaning} | ${example} |`)
  return [
    '# Exit codes',
    '',
    'Every command of `vigil` ends with one of these. This page is printed from `src/result/exit-codes.ts`.',
    '',
    '| code | name | meaning | for example |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Where several apply, the first of this order counts: ${exitCodes.map(({ code }) => code).join(', ')}.`,
    '',
  ].join('\n')
}
