/** The cases of a run: those of a folder, of files, or derived for it. */
import { readFileSync } from 'node:fs'

import { derive } from '../derive/derive.js'
import { readCase } from '../derive/suite/case-file.js'
import { type ReadSuite, readSuite } from '../derive/suite/folder.js'
import type { Suite } from '../derive/suite/suite.js'
import { InputError } from '../errors.js'
import type { NfManifest } from '../nf/index.js'
import type { CountedNode } from '../replay/result.js'
import type { ConformSummary } from '../result/index.js'
import { type LoadedSpec, loadSpec } from '../spec/load/index.js'
import type { ConformOptions, RanCases } from './options.js'

export interface Given {
  readonly suite: Pick<Suite | ReadSuite, 'config' | 'seed' | 'cases' | 'nf'>
  readonly coverage?: NonNullable<ConformSummary['coverage']>
  readonly isComplete?: boolean
  readonly isStale: (nf: string, sha256: string) => boolean
}

/** What a run has come to, wherever it was. */
export interface Conformed {
  readonly given: Given
  readonly node: Omit<CountedNode, 'oracle'>
  /** Of a network function of ours: how it was configured, `name=value` each, beside nf.yaml. */
  readonly words?: readonly string[]
  readonly ran: RanCases
  readonly real?: ConformSummary['real']
  readonly ending?: { readonly cause: string; readonly exitCode: number }
}

/** `config` goes before that of the options; `isRealTime` has timeouts made short. */
export async function givenCases(
  options: ConformOptions,
  {
    config: fixed = [],
    isRealTime = false,
  }: { readonly config?: readonly string[]; readonly isRealTime?: boolean } = {},
): Promise<Given> {
  const { nf, suite: folder, cases, seed, budget, signal, onProgress } = options
  const config = [...fixed, ...(options.config ?? [])]
  if (cases !== undefined) {
    const read = cases.map((file) => readCase(textOf(file), file))
    return { suite: { nf, config, seed: seed ?? 0, cases: read }, isStale: () => false }
  }
  if (folder !== undefined) {
    const read = readSuite(folder)
    return {
      suite: read,
      isComplete: read.isComplete,
      isStale: (name, sha256) => read.nf !== name || read.sha256 !== sha256,
    }
  }
  const suite = await derive({
    nf,
    config,
    isRealTime,
    signal,
    ...(seed === undefined ? {} : { seed }),
    ...(budget === undefined ? {} : { budget }),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  const { sides, boundaries, expiries } = suite.coverage
  return { suite, coverage: { sides, boundaries, expiries }, isComplete: suite.isComplete, isStale: () => false }
}

/** @throws InputError where the suite is of another specification. */
export function refuseStale({ suite, isStale }: Given, nf: string, sha256: string, file: string): void {
  if (!isStale(nf, sha256)) return
  if (suite.nf !== nf) {
    throw new InputError(`is a suite of ${suite.nf}, not of ${nf}`, { file, hint: `vigil derive ${nf} -o SUITE` })
  }
  throw new InputError(`was made of another specification of ${nf} than the one that is here`, {
    file,
    hint: `derive it again: vigil derive ${nf} -o ${file}`,
  })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'is the path of the case right?' }, { cause })
  }
}

/** @throws InputError where it names none. */
export function specOf({ spec, file }: NfManifest): Promise<LoadedSpec> {
  if (spec === undefined) throw new InputError('names no specification', { file })
  return loadSpec(spec)
}
