/** What pages show of commands, held to what the commands print. */
import type { ExecutionContext } from 'ava'

export interface Shown {
  readonly command: string
  readonly lines: readonly string[]
}

/** The commands of a block, each with the lines below it. */
export function commandsOf(block: string): Shown[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...lines] = text.trimEnd().split('\n')
      return { command, lines }
    })
}

/** What is shown has to be printed, in this order; `...` stands for any lines. */
export function isPrinted(t: ExecutionContext, lines: readonly string[], printed: string): void {
  let rest = printed.split('\n').map(scrubbed)
  for (const line of lines.filter((shown) => shown !== '...').map(scrubbed)) {
    const at = rest.indexOf(line)
    t.not(at, -1, `not in the output, or not in this order: ${line}`)
    rest = rest.slice(at + 1)
  }
}

/** Durations, memory, what a busy machine asks of a solver, and the names of run folders differ from run to run. */
function scrubbed(line: string): string {
  return line
    .replace(/ *[\d.,]+ (m?s|MB|solver calls)\b/g, ' # $1')
    .replace(/reports\/[\w-]+/g, 'reports/#')
    .trimEnd()
}
