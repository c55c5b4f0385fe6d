/** Small programs that pretend to be solvers: what they print to `(check-sat)` and `(get-value ...)` is up to the test. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ProgramProfile } from '../../src/smt/index.js'
import { temporary } from '../temporary.js'

export interface Behaviour {
  readonly name?: string
  /** Shell commands run at `(check-sat)`. */
  readonly check: string
  /** Shell commands run at `(get-value ...)`. */
  readonly values?: string
}

/** A profile of such a program; `note` in its commands appends a word to the file of that name. */
export function fakeSolver({
  name = 'fake',
  check,
  values = ':',
}: Behaviour): ProgramProfile & { readonly folder: string } {
  const folder = temporary('fake-solver')
  const program = join(folder, 'solver.sh')
  const script = `#!/bin/sh
cd ${folder}
if [ "$1" = --version ]; then echo fake 1.0; exit 0; fi
echo start >> starts
while read -r line; do
  case "$line" in
    "(check-sat)") ${check} ;;
    "(get-value"*) ${values} ;;
    "(echo"*) echo '$end' ;;
  esac
done
`
  writeFileSync(program, script, { mode: 0o755 })
  return {
    name,
    program,
    args: [],
    versionArgs: ['--version'],
    prelude: () => '',
    limit: () => '',
    checks: () => ['(check-sat)\n'],
    folder,
  }
}
