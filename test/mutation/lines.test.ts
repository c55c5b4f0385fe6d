/** Mutants are told with the line of the source that they are in. */
import { readFileSync } from 'node:fs'
import { mutantsOf } from '../../src/mutants/index.js'
import { linesOf } from '../../src/mutation/lines.js'
import { loadNf } from '../../src/nf/index.js'
import { withClang } from '../nf/c/with-clang.js'

withClang('each mutant of a binary of C has its line, and what it breaks stands there', async (t) => {
  const nf = await loadNf('policer-c')
  const lineOf = linesOf(nf)
  const mutants = mutantsOf(nf.wasm)
  const lines = readFileSync('nfs/policer-c/nf.c', 'utf8').split('\n')
  t.deepEqual(
    mutants.filter(({ offset }) => !/^(nf\.c|bytes\.h|packet\.h|memory\.c):\d+$/.test(lineOf(offset) ?? '')),
    [],
  )
  const calls = mutants.filter(({ what }) => what.startsWith('the call of expiring_map_insert'))
  t.true(calls.length > 0)
  for (const { offset } of calls) {
    const [file, line] = (lineOf(offset) ?? '').split(':')
    t.is(file, 'nf.c')
    t.regex(lines[Number(line) - 1] ?? '', /expiring_map_insert\(/)
  }
})
