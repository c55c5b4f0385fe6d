/** Proves libVig's operations against their contracts, several at a time, each in a process of its own. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

import { contracts } from '../../contracts/index.js'
import { InputError } from '../../errors.js'
import { compileLibvig } from '../../nf/index.js'
import {
  combineExitCodes,
  environment,
  exitCodeOf,
  packageVersion,
  type RunResult,
  type SourcePlace,
  type VerifiedOperation,
  type VerifiedScope,
  verdictOfCode,
} from '../../result/index.js'
import { type BackendStatistics, requireBackends } from '../../smt/index.js'
import { readSourceMap } from '../../wasm/index.js'
import type { LibvigProof } from '../libvig/proof.js'
import { type ScopedOperation, scopesOfAnyCapacity, scopesUpTo, scopeText } from '../libvig/scopes.js'
import { LibvigProver } from './libvig-prover.js'
import type { SolverName } from './options.js'

export interface VerifyLibvigOptions {
  /** Names of exports. Default: all. */
  readonly operations?: readonly string[]
  /** Most entries of a structure, 1 to 8. Default: 4, and fewer where that takes long. */
  readonly capacity?: number
  /** Another binary of libVig. */
  readonly binary?: string
  /** Asked in this order until one answers. Default: the embedded Z3. */
  readonly solvers?: readonly SolverName[]
  /** Processes. Default: the number of processors. */
  readonly jobs?: number
  readonly command?: readonly string[]
  /** Ends the run at once: what is proved is kept, the rest is undecided. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly what: string; readonly done: number; readonly total: number }) => void
}

const MOST = 8
/** What is proved for any capacity takes as long as a larger small scope. */
const WEIGHT_OF_ANY = 5

/** @throws InputError where there is no such operation or capacity, MachineError where a solver is missing. */
export async function verifyLibvig(options: VerifyLibvigOptions = {}): Promise<RunResult> {
  const startedAt = new Date()
  const begun = performance.now()
  const { capacity, solvers = ['z3-embedded'], binary } = options
  if (capacity !== undefined && (!Number.isInteger(capacity) || capacity < 1 || capacity > MOST)) {
    throw new InputError(`a capacity of ${capacity}`, { hint: `from 1 to ${MOST}` })
  }
  const operations = options.operations ?? [...contracts.keys()]
  for (const name of operations) {
    if (!contracts.has(name)) {
      throw new InputError(`libVig has no operation ${name}`, { hint: [...contracts.keys()].join(', ') })
    }
  }
  requireBackends(solvers)
  const { wasm, placeOf } = await subject(binary)
  const asked = [...scopesOfAnyCapacity(operations), ...scopesUpTo(capacity, operations)]
  const { proofs, statistics } = await proved(asked, { ...options, solvers })
  const entries = operations.map((operation) => entryOf(operation, asked, proofs, placeOf))
  const exitCode = combineExitCodes(entries.map(codeOf))
  const verdict = verdictOfCode(exitCode)
  const first = entries.find((entry) => codeOf(entry) === exitCode)
  const cause = first === undefined ? undefined : `${first.operation}: ${first.cause ?? 'no cause given'}`
  const why = verdict === 'undecided' || verdict === 'error' ? cause : undefined
  return {
    tool: 'vigil',
    version: packageVersion(),
    command: options.command ?? [],
    startedAt: startedAt.toISOString(),
    durationSeconds: (performance.now() - begun) / 1000,
    seed: 0,
    environment: environment(),
    verdict,
    ...(why === undefined ? {} : { cause: why }),
    exitCode,
    nfs: [],
    libvig: {
      verdict,
      ...(cause === undefined || verdict === 'holds' ? {} : { cause }),
      sha256: createHash('sha256').update(wasm).digest('hex'),
      ...(capacity === undefined ? {} : { capacity }),
      operations: entries,
      seconds: (performance.now() - begun) / 1000,
      solver: {
        name: solvers.join(', '),
        queries: statistics.reduce((sum, { sat, unsat, unknown }) => sum + sat + unsat + unknown, 0),
        seconds: statistics.reduce((sum, { seconds }) => sum + seconds, 0),
      },
    },
  }
}

type PlaceOf = (proof: LibvigProof) => SourcePlace | undefined

/** The binary, and where its instructions come from. */
async function subject(binary: string | undefined): Promise<{ readonly wasm: Uint8Array; readonly placeOf: PlaceOf }> {
  const compiled = binary === undefined ? await compileLibvig() : undefined
  const wasm = compiled?.wasm ?? read(binary ?? '')
  const map = compiled?.sourceMap === undefined ? undefined : readSourceMap(compiled.sourceMap, 'libvig.wasm')
  const placeOf: PlaceOf = ({ place }) => {
    if (place?.kind !== 'binary') return undefined
    const position = map?.near(place.offset, place.offset)
    if (position !== undefined) return { file: position.file, line: position.line }
    return { file: binary ?? 'libvig.wasm', offset: place.offset }
  }
  return { wasm, placeOf }
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new InputError('cannot be read', { file, hint: 'name a module of libVig (.wasm)' }, { cause })
  }
}

interface Proved {
  /** By number of what was asked; those that were not reached are missing. */
  readonly proofs: ReadonlyMap<number, LibvigProof>
  readonly statistics: readonly BackendStatistics[]
}

/** What takes longest comes last of what an operation is asked for, so it is begun with. */
async function proved(
  asked: readonly ScopedOperation[],
  {
    solvers,
    binary,
    jobs = availableParallelism(),
    signal,
    onProgress,
  }: VerifyLibvigOptions & { readonly solvers: readonly SolverName[] },
): Promise<Proved> {
  const proofs = new Map<number, LibvigProof>()
  const provers = Array.from({ length: Math.max(1, Math.min(jobs, asked.length)) }, () => new LibvigProver())
  const stop = (): void => {
    for (const prover of provers) prover.stop()
  }
  signal?.addEventListener('abort', stop, { once: true })
  const order = asked.map((_, at) => at).sort((a, b) => weight(asked[b]) - weight(asked[a]))
  const work = async (prover: LibvigProver): Promise<void> => {
    await prover.begin({ kind: 'begin', solvers, binary })
    for (let at = order.shift(); at !== undefined && signal?.aborted !== true; at = order.shift()) {
      const next = asked[at]
      if (next === undefined) return
      onProgress?.({ what: `${next.operation}, ${scopeText(next.scope)}`, done: proofs.size, total: asked.length })
      const proof = await prover.prove(next)
      if (proof !== undefined) proofs.set(at, proof)
    }
  }
  try {
    if (signal?.aborted !== true) await Promise.all(provers.map(work))
  } catch (error) {
    if (signal?.aborted !== true) throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
  return { proofs, statistics: provers.flatMap(({ statistics }) => statistics) }
}

/** How much work it is, roughly: entries, several structures counting more. */
function weight(asked: ScopedOperation | undefined): number {
  if (asked?.scope.anyCapacity !== undefined) return WEIGHT_OF_ANY
  const sizes = Object.values(asked?.scope.structures ?? {}).map((each) => each.sizes.at(-1) ?? 0)
  return sizes.reduce((product, size) => product * (1 + size), 1)
}

function entryOf(
  operation: string,
  asked: readonly ScopedOperation[],
  proofs: ReadonlyMap<number, LibvigProof>,
  placeOf: PlaceOf,
): VerifiedOperation {
  const scopes = asked.flatMap((each, at) =>
    each.operation === operation ? [scopeEntry(each, proofs.get(at), placeOf)] : [],
  )
  if (scopes.length === 0) {
    return { operation, heldBy: 'tests', verdict: 'undecided', cause: 'held to its contract by tests only', scopes }
  }
  const isAny = asked.some(
    (each, at) =>
      each.operation === operation && each.scope.anyCapacity !== undefined && proofs.get(at)?.verdict === 'proved',
  )
  const heldBy = isAny ? 'any capacity' : 'small scope'
  const worst = (['refuted', 'error', 'undecided'] as const).find((verdict) =>
    scopes.some((each) => each.verdict === verdict),
  )
  const found = scopes.find(({ verdict }) => verdict === worst)
  const missing = contracts
    .get(operation)
    ?.outcomes.find(({ name }) => !scopes.some((each) => each.outcomes.includes(name)))
  if (worst === undefined && missing !== undefined) {
    // A proof that never comes there says less than it seems to.
    const cause = `no state and arguments were found that lead to the outcome ${JSON.stringify(missing.name)}`
    return { operation, heldBy, verdict: 'undecided', cause, scopes }
  }
  const cause = found?.cause === undefined ? {} : { cause: `${found.scope}: ${found.cause}` }
  return { operation, heldBy, verdict: worst ?? 'proved', ...cause, scopes }
}

function scopeEntry({ scope }: ScopedOperation, proof: LibvigProof | undefined, placeOf: PlaceOf): VerifiedScope {
  const none = { outcomes: [], paths: 0, obligations: 0, seconds: 0 }
  if (proof === undefined) return { scope: scopeText(scope), verdict: 'undecided', cause: 'interrupted', ...none }
  const { verdict, cause, outcomes, paths, obligations, seconds } = proof
  const place = placeOf(proof)
  return {
    scope: proof.scope,
    verdict,
    ...(cause === undefined ? {} : { cause }),
    ...(place === undefined ? {} : { place }),
    outcomes,
    paths,
    obligations,
    seconds,
  }
}

function codeOf({ verdict }: VerifiedOperation): number {
  if (verdict === 'error') return 70
  return exitCodeOf(verdict === 'proved' ? 'holds' : verdict === 'refuted' ? 'violated' : 'undecided')
}
