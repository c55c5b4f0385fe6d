/** Writes the folder of a run: result.json, report.html, junit.xml and violations.pcapng, all of them or none. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { writeCounterexampleSuite } from '../derive/suite/counterexample-suite.js'
import { MachineError } from '../errors.js'
import {
  counterexamplesOf,
  createRunFolder,
  hasSarif,
  isRunFile,
  junitXml,
  type RunFolderOptions,
  type RunResult,
  sarif,
  verifiedOf,
  writeCounterexample,
  writeViolations,
} from '../result/index.js'
import { runPage } from './run-page.js'

export type WriteRunOptions = Pick<RunFolderOptions, 'verb' | 'out' | 'root'> & {
  /** For the folder's name. Default: the names of the network functions. */
  readonly subject?: string
}

/** The text of result.json, and of `--json`. */
export function resultText(result: RunResult): string {
  return `${JSON.stringify(result, undefined, 2)}\n`
}

/**
 * @returns The folder's path, absolute.
 * @throws VigilError where it cannot be written; nothing is left then.
 */
export function writeRun(result: RunResult, options: WriteRunOptions): string {
  const names = result.nfs.map(({ nf }) => nf).join('-')
  const subject = options.subject ?? names
  const folder = createRunFolder({ ...options, subject, startedAt: new Date(result.startedAt) })
  try {
    const file = (name: string) => join(folder.directory, name)
    writeFileSync(file('result.json'), resultText(result))
    writeFileSync(file('report.html'), runPage(result))
    writeFileSync(file('junit.xml'), junitXml(result))
    if (result.nfs.some(hasSarif)) writeFileSync(file('results.sarif'), sarif(result))
    const application = `Vigil ${result.version}`
    writeViolations(file('violations.pcapng'), result.nfs, application)
    for (const nf of verifiedOf(result.nfs)) {
      for (const found of counterexamplesOf(nf)) {
        if (found.capture !== undefined) writeCounterexample(file(ownName(found.capture)), found, application)
        if ('suite' in found.conform)
          writeCounterexampleSuite(file(ownName(found.conform.suite)), nf, found, found.conform)
      }
    }
    for (const failing of result.conform?.failing ?? []) {
      writeFileSync(file(ownName(failing.file)), failing.text)
    }
    folder.publish()
  } catch (error) {
    folder.discard()
    throw machineFault(error, folder.path)
  }
  return folder.path
}

/** A name that a run folder may have, and nowhere else. */
function ownName(name: string): string {
  if (!isRunFile(name)) throw new RangeError(`no name of a file of a run: ${name}`)
  return name
}

/** A file system that is full or fails is the machine's fault. */
function machineFault(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error
  return new MachineError(`cannot write the run folder: ${error.message}`, { file }, { cause: error })
}
