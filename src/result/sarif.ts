/**
 * results.sarif: a run as SARIF 2.1.0, as code hosts show it at the lines concerned. A rule is a kind of guarantee or a
 * property; a result is a counterexample (error), or what keeps something from being proved (warning).
 */
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { counterexampleText } from './counterexample-text.js'
import type { RunNf, RunResult } from './run.js'
import type { Counterexample, ProofCause, SourcePlace, VerifiedNf, VerifiedProperty } from './verified.js'

interface Result {
  readonly ruleId: string
  readonly level: 'error' | 'warning'
  readonly message: { readonly text: string }
  readonly locations: readonly unknown[]
}

/** The file's text. */
export function sarif(result: RunResult): string {
  const results = result.nfs.flatMap(resultsOf)
  const driver = {
    name: 'Vigil',
    version: result.version,
    rules: [...new Set(results.map(({ ruleId }) => ruleId))].map((id) => ({
      id,
      shortDescription: { text: descriptions[id] ?? id },
    })),
  }
  const invocation = {
    executionSuccessful: result.verdict !== 'error',
    exitCode: result.exitCode,
    startTimeUtc: result.startedAt,
    commandLine: result.command.join(' '),
  }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, invocations: [invocation], columnKind: 'utf16CodeUnits', results }],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

const descriptions: Readonly<Record<string, string>> = {
  'no trap': 'No instruction traps',
  memory: 'Every access stays where the network function may be',
  precondition: 'libVig is called as its contract asks',
  verdict: 'A packet leaves by the ports that the specification says',
  bytes: 'Every byte is as the specification says',
  state: 'Tables are left as the specification says',
  specification: 'The specification never leaves its own numbers and tables',
  isolation: 'Nothing depends on memory that an earlier packet left',
  'not followed': 'Every path can be followed',
  unfinished: 'A proof comes to an end',
}

function resultsOf(nf: RunNf): readonly Result[] {
  if (nf.kind === 'unfinished') {
    const level = nf.verdict === 'error' ? 'error' : 'warning'
    return [{ ruleId: 'unfinished', level, message: { text: `${nf.nf}: ${nf.cause}` }, locations: [] }]
  }
  return nf.kind === 'verified'
    ? [...proofResults(nf), ...nf.properties.flatMap((each) => propertyResults(nf, each))]
    : []
}

function proofResults(nf: VerifiedNf): readonly Result[] {
  const refuted = nf.counterexamples.map((found) => counterexampleResult(found.guarantee, nf, found))
  return [...refuted, ...nf.causes.map((cause) => causeResult(nf, cause))]
}

function propertyResults(nf: VerifiedNf, property: VerifiedProperty): readonly Result[] {
  const { name, title, verdict, cause, place, counterexamples } = property
  if (verdict === 'proved') return []
  const ruleId = `property ${name}`
  if (counterexamples.length > 0) return counterexamples.map((found) => counterexampleResult(ruleId, nf, found))
  const level = verdict === 'refuted' ? 'error' : 'warning'
  return [
    { ruleId, level, message: { text: `${nf.nf}: ${title}: ${cause ?? verdict}` }, locations: [locationOf(place)] },
  ]
}

/** At the last line of the way through the source, else at the line of the specification. */
function counterexampleResult(ruleId: string, nf: VerifiedNf, found: Counterexample): Result {
  const place = found.path.findLast(({ line }) => line !== undefined) ?? found.violation.site
  return {
    ruleId,
    level: 'error',
    message: { text: `${nf.nf}: ${counterexampleText(found)}` },
    locations: [locationOf(place ?? { file: nf.spec.file })],
  }
}

function causeResult(nf: VerifiedNf, { what, guarantee, place, paths }: ProofCause): Result {
  return {
    ruleId: guarantee ?? 'not followed',
    level: 'warning',
    message: { text: `${nf.nf}: ${what} (${paths} ${paths === 1 ? 'path' : 'paths'})` },
    locations: [locationOf(place ?? { file: nf.spec.file })],
  }
}

function locationOf({ file, line, offset }: SourcePlace): unknown {
  const region =
    line !== undefined
      ? { region: { startLine: line } }
      : offset !== undefined
        ? { region: { byteOffset: offset } }
        : {}
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }
}

/** Relative where the file is in the working directory, as code hosts expect it. */
function uriOf(file: string): string {
  const short = relative('.', resolve(file))
  if (short.startsWith('..')) return pathToFileURL(resolve(file)).href
  return short.split('/').map(encodeURIComponent).join('/')
}
