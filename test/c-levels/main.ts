/** `npm run c-levels -- NF...`: builds network functions in C at four levels of optimisation, and proves each binary. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { VigilError } from '../../src/errors.js'
import { compileCNf } from '../../src/nf/build-c.js'
import { codeFile, findNf, readManifest } from '../../src/nf/index.js'
import { openSyncSolver } from '../../src/smt/index.js'
import { loadSubject, prove } from '../../src/verify/index.js'

const levels = ['-O1', '-O2', '-O3', '-Os'] as const

async function main(names: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-levels-'))
  const solver = await openSyncSolver({ backends: ['z3-embedded'] })
  let exitCode = 0
  try {
    for (const name of names) {
      const manifest = readManifest(findNf(name))
      const sources = [codeFile(manifest), ...(manifest.code?.others ?? [])]
      for (const level of levels) {
        const { wasm } = compileCNf(sources, { optimisation: level, api: manifest.code?.api ?? 'vigil' })
        const binary = join(folder, `${name}${level}.wasm`)
        writeFileSync(binary, wasm)
        const { verdict, paths, seconds } = prove(await loadSubject(name, { binary }), { solver })
        const size = `${wasm.length} bytes`.padStart(12)
        console.log(`${name.padEnd(12)} ${level}  ${size}  ${verdict}  ${paths} paths  ${seconds.toPrecision(3)} s`)
        if (verdict !== 'proved') exitCode = verdict === 'refuted' ? 1 : exitCode || 4
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await solver.close()
  }
  return exitCode
}

const names = process.argv.slice(2)
process.exitCode = await main(names.length > 0 ? names : ['policer-c']).catch((error: unknown) => {
  if (!(error instanceof VigilError)) throw error
  console.error(error.message)
  return error.exitCode
})
