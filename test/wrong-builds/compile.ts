/**
 * Compiles all wrong builds ahead of the tests, a thread per processor, and keeps them where the tests will look. A test
 * file that compiles its own loads the compiler for itself, and that takes longer than ten builds do. Those in C have no such
 * compiler, and perhaps none at all.
 */
import { availableParallelism } from 'node:os'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

import { compileNf } from '../../src/nf/index.js'
import { catalogue } from './catalogue.js'
import { inFolder } from './run.js'
import { isInC, writeSource } from './wrong-build.js'

interface Share {
  readonly first: number
  readonly every: number
}

async function compileShare({ first, every }: Share): Promise<void> {
  const inAssemblyScript = Object.entries(catalogue).filter(([nf]) => !isInC(nf))
  const builds = inAssemblyScript.flatMap(([nf, wrong]) => wrong.map((edit) => ({ nf, edit })))
  await inFolder(async (folder) => {
    for (const [at, { nf, edit }] of builds.entries()) {
      if (at % every === first) await compileNf(writeSource(folder, nf, edit))
    }
  })
}

if (isMainThread) {
  const every = availableParallelism()
  for (let first = 0; first < every; first += 1) {
    const share: Share = { first, every }
    new Worker(new URL(import.meta.url), { workerData: share })
  }
} else {
  const share: Share = workerData
  await compileShare(share)
}
