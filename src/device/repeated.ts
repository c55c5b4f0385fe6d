/** A command that is run again and again by one shell: starting a process from here each time would take many times as long. */
import { type ChildProcess, spawn } from 'node:child_process'

/** What the shell says when the command has ended, before its exit code. */
const ENDED = 'vigil-command-ended'
const LOOP = `while read -r _; do sh -ec "$VIGIL_REPEATED" </dev/null 2>&1; echo "${ENDED} $?"; done`

export class RepeatedCommand {
  readonly #child: ChildProcess
  #lines: string[] = []
  #rest = ''
  #resolve: ((end: { readonly code: number; readonly said: readonly string[] }) => void) | undefined

  /** `program` with `words` is what a shell is started by, in the environment `env`. */
  constructor(program: string, words: readonly string[], env: NodeJS.ProcessEnv, text: string) {
    this.#child = spawn(program, [...words, 'sh', '-c', LOOP], {
      env: { ...env, VIGIL_REPEATED: text },
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#child.stdout?.on('data', (part: Buffer) => this.#hear(part.toString()))
    this.#child.on('close', () => this.#end(-1))
    // Who has ended is seen by that no answer comes.
    this.#child.stdin?.on('error', () => this.#end(-1))
  }

  /** Once more, to its end; one at a time. */
  run(): Promise<{ readonly code: number; readonly said: readonly string[] }> {
    return new Promise((resolve) => {
      this.#lines = []
      this.#resolve = resolve
      if (this.#child.exitCode !== null) this.#end(-1)
      else this.#child.stdin?.write('\n')
    })
  }

  stop(): void {
    this.#child.stdin?.end()
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith(ENDED)) this.#end(Number(line.slice(ENDED.length)))
      else this.#lines.push(line)
    }
  }

  #end(code: number): void {
    this.#resolve?.({ code, said: this.#lines.filter(Boolean) })
    this.#resolve = undefined
  }
}
