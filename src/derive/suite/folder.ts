/**
 * A suite as a folder: `suite.json`, `cases/NAME.yaml` and `cases/NAME.pcapng` for each case, and `coverage.html`. It is
 * written whole or not at all; what is there under the name goes only where it is a suite.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'

import { createPcapngWriter, linkType, writeAll } from '../../capture/index.js'
import { InputError, MachineError } from '../../errors.js'
import { packageVersion } from '../../result/version.js'
import { caseText, readCase } from './case-file.js'
import { coveragePage } from './coverage-page.js'
import type { Suite, SuiteCase } from './suite.js'

export const FORMAT = 1

/** What of a suite its cases need to be run. */
export type ReadSuite = Pick<Suite, 'nf' | 'config' | 'portCount' | 'seed' | 'isComplete' | 'cases'> & {
  readonly sha256: string
}

/** The object of suite.json. */
export function suiteObject(suite: Suite): object {
  const { nf, spec, config, portCount, seed, maxPackets, covering, isComplete, coverage, cases } = suite
  return {
    tool: 'vigil',
    version: packageVersion(),
    format: FORMAT,
    nf,
    spec: { file: shownFrom(spec.file), title: spec.title, sha256: spec.sha256 },
    config,
    portCount,
    seed,
    maxPackets,
    ...(covering === undefined ? {} : { covering }),
    isComplete,
    packets: cases.reduce((sum, { packets }) => sum + packets.reduce((all, { times }) => all + times, 0), 0),
    cases: cases.map(({ name, title, clause }) => ({ name, title, ...(clause === '' ? {} : { clause }) })),
    coverage,
  }
}

/** @throws InputError where there is something else under the name. */
export function checkSuiteFolder(folder: string): void {
  const status = statSync(folder, { throwIfNoEntry: false })
  if (status === undefined) return
  const hint = 'name a new directory for -o'
  if (!status.isDirectory()) throw new InputError('this is not a directory', { file: folder, hint })
  const names = readdirSync(folder)
  if (names.length > 0 && !names.includes('suite.json')) {
    throw new InputError(`not the folder of a suite: it holds ${JSON.stringify(names[0])}`, { file: folder, hint })
  }
}

/** @throws InputError, MachineError where it cannot be written. */
export function writeSuite(suite: Suite, folder: string): void {
  checkSuiteFolder(folder)
  const path = resolve(folder)
  const part = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
  try {
    mkdirSync(join(part, 'cases'), { recursive: true })
    writeFileSync(join(part, 'suite.json'), `${JSON.stringify(suiteObject(suite), undefined, 2)}\n`)
    writeFileSync(join(part, 'coverage.html'), coveragePage(suite))
    for (const made of suite.cases) writeCase(made, join(part, 'cases'), suite.portCount)
    if (existsSync(path)) rmSync(path, { recursive: true })
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new MachineError(`cannot write the suite: ${error.message}`, { file: folder }, { cause: error })
  }
}

/** `NAME.yaml` and `NAME.pcapng` in a folder. What is filled in as a case runs is in the capture as on the reference device. */
export function writeCase(made: SuiteCase, folder: string, portCount: number): void {
  writeFileSync(join(folder, `${made.name}.yaml`), caseText(made))
  const writer = createPcapngWriter(join(folder, `${made.name}.pcapng`), {
    application: `Vigil ${packageVersion()}`,
    interfaces: Array.from({ length: portCount }, (_, port) => ({ name: `port ${port}`, linkType: linkType.ethernet })),
  })
  let time = 0n
  writeAll(
    writer,
    made.packets.flatMap(({ bytes, port, wait, times, note }) =>
      Array.from({ length: times }, () => {
        time += wait
        return { bytes, time, interfaceId: port, ...(note === undefined ? {} : { comment: note }) }
      }),
    ),
  )
}

/** @throws InputError where it is no suite that can be run. */
export function readSuite(folder: string): ReadSuite {
  const file = join(folder, 'suite.json')
  const about = parsed(file)
  const { format, nf, spec, config, portCount, seed, isComplete = true, cases } = about
  if (format !== FORMAT) {
    throw new InputError(`is a suite of format ${String(format)}, and this is read: ${FORMAT}`, {
      file,
      hint: 'derive it again',
    })
  }
  const sha256 = isRecord(spec) ? spec.sha256 : undefined
  const isWhole =
    typeof nf === 'string' &&
    typeof sha256 === 'string' &&
    isTexts(config) &&
    typeof portCount === 'number' &&
    typeof seed === 'number' &&
    typeof isComplete === 'boolean' &&
    Array.isArray(cases)
  if (!isWhole) throw new InputError('is not the suite.json of a suite', { file, hint: 'derive it again' })
  const names = cases.map((each: unknown) => (isRecord(each) ? String(each.name) : ''))
  return { nf, sha256, config, portCount, seed, isComplete, cases: names.map((name) => caseIn(folder, name)) }
}

function caseIn(folder: string, name: string): SuiteCase {
  const file = join(folder, 'cases', `${basename(name)}.yaml`)
  return readCase(textOf(file), file)
}

function parsed(file: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(textOf(file))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new InputError(`is not JSON: ${error.message}`, { file })
  }
  if (isRecord(value)) return value
  throw new InputError('is not the suite.json of a suite', { file })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'is this the folder of a suite?' }, { cause })
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** As seen from here, so that suites made in two places are the same. */
export function shownFrom(file: string): string {
  const path = relative('.', file)
  return path.startsWith('..') ? `${basename(dirname(file))}/${basename(file)}` : path
}
