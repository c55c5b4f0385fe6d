/** Where a command writes. Nothing else of src/cli touches the process's streams. */

export interface Terminal {
  /** Standard output: what was asked for. */
  out(text: string): void
  /** Standard error: everything else. */
  err(text: string): void
  /** Whether standard error is a terminal that a person watches. */
  readonly interactive: boolean
  /** Columns of that terminal. */
  readonly columns: number
}

/** The streams of this process. A reader that goes away (`vigil ... | head`) ends no run. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
  }
}

/** Resolves once everything written so far is with the reader, or the reader is gone. */
export async function flushed(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => (stream.writable ? stream.write('', () => resolve()) : resolve())),
    ),
  )
}
