/** The tests of a network function's wrong builds: in this process for all, by the real command for the first. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import test, { type ExecutionContext } from 'ava'
import { withClang } from '../nf/c/with-clang.js'
import { catalogue, scenesOf } from './catalogue.js'
import { inFolder, optionsOf, replayRight, replayWrong } from './run.js'
import { commandWords } from './scene.js'
import { isInC, type WrongBuild } from './wrong-build.js'

export function testWrongBuilds(nf: string): void {
  const builds = catalogue[nf] ?? []
  const declare: typeof withClang = isInC(nf) ? withClang : test.serial

  for (const scene of scenesOf(builds)) {
    declare(`${nf} as it is holds in the scene ${scene.name}`, async (t) => {
      const { exitCode, nfs } = await replayRight(scene)
      t.is(exitCode, 0, nfs[0]?.violations[0]?.summary)
      t.is(nfs[0]?.packetsChecked, scene.packets.length)
    })
  }

  for (const wrong of builds) {
    declare(`${nf}, ${wrong.name}: found out at '${wrong.at}'`, async (t) => {
      const found = await replayWrong(wrong)
      if (found === undefined) return t.fail(`not found out: ${wrong.why}`)
      t.is(found.exitCode, 1)
      t.is(found.at, wrong.at)
      t.regex(found.violation.summary, wrong.shows)
    })
  }

  for (const wrong of builds.slice(0, 1)) {
    declare(`${nf}, ${wrong.name}: the command ends with 1 and leaves its evidence`, (t) =>
      inFolder((folder) => isRefusedByCommand(t, wrong, folder)),
    )
  }
}

async function isRefusedByCommand(t: ExecutionContext, wrong: WrongBuild, folder: string): Promise<void> {
  const out = join(folder, 'run')
  const words = [...commandWords(optionsOf(wrong, folder)), '--json', '--out', out]
  const { code, stdout } = await vigil(words)
  t.is(code, 1)
  const result: unknown = JSON.parse(stdout)
  t.like(result, { verdict: 'violated', exitCode: 1, nfs: [{ nf: wrong.scene.setup.nf, verdict: 'violated' }] })
  const evidence = join(out, 'violations.pcapng')
  t.true(existsSync(evidence))
  await isReadByTshark(t, evidence)
}

/** Where there is a tshark, it shows the comments; where there is none, the log says so. */
async function isReadByTshark(t: ExecutionContext, capture: string): Promise<void> {
  try {
    const { stdout } = await promisify(execFile)('tshark', ['-r', capture, '-T', 'fields', '-e', 'frame.comment'])
    t.regex(stdout, /violation 1 of \d+: INPUT, packet \d+ of /)
    t.regex(stdout, /expected: /)
    t.regex(stdout, /actual: /)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    t.log('skipped: there is no tshark here to read violations.pcapng')
  }
}

function vigil(words: readonly string[]): Promise<{ code: number | null; stdout: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [resolve('bin/vigil.js'), ...words], { maxBuffer: 1 << 26 }, (_, stdout) =>
      done({ code: child.exitCode, stdout }),
    )
  })
}
