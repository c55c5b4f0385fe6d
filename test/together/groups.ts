/**
 * Which test files run in one process. To start one, to load ava and what is tested, and to warm up takes longer than
 * most of them; and what is kept in memory, as a suite that was derived, is made once.
 */

/** A folder (with those in it) or one file, by its path in `test`, without ending. */
type Place = string

export interface Table {
  /** By name. A file that several take is in the first. */
  readonly groups: Readonly<Record<string, readonly Place[]>>
  /** Groups whose tests run one by one: each has a solver, and much in memory. */
  readonly oneByOne?: readonly string[]
  /** What has a process of its own although a group would take it. */
  readonly alone: readonly Place[]
}

/** What no group takes has a process of its own: so has a test that is new, until its folder is listed. */
export const table: Table = {
  groups: {
    // These wait for most of their time, so that others have room beside them: first.
    real: ['conform/real'],
    loaded: [
      ...['directions', 'external', 'raw-ip', 'router', 'stress'].map((file) => `stress/run/${file}`),
      'stress/tests',
    ],
    cabled: ['black-box', 'raw-ip', 'raw-ip-6', 'router'].map((file) => `live/${file}`),
    suites: ['conform/conform', 'conform/origin'],
    derive: ['derive'],
    nfs: ['nfs'],
    cli: ['cli'],
    oracle: ['oracle', 'testbed'],
    replay: ['replay', 'result', 'report', 'catalog'],
    terms: ['smt'],
    contracts: ['contracts'],
    language: ['domains', 'spec'],
    machine: [
      ...['machine', 'exploration', 'obligations', 'candidates', 'causes', 'crew/shift'].map(
        (file) => `verify/${file}`,
      ),
      ...['describe-condition', 'lent-memory', 'needs', 'run/folded', 'weeding'].map((file) => `verify/${file}`),
    ],
    proofs: [
      ...['balancer', 'policer', 'prove', 'router', 'routes', 'vigor'].map((file) => `verify/${file}`),
      ...['bug-classes', 'header-checksums', 'invariant', 'stored'].map((file) => `verify/${file}`),
    ],
    properties: [
      ...['properties', 'equivalence', 'equivalence-of-tables', 'restart', 'lock', 'layout-check'].map(
        (file) => `verify/${file}`,
      ),
      ...['specifications', 'witnesses'].map((file) => `verify/${file}`),
    ],
    configurations: ['verify/configuration'],
    counterexamples: ['verify/counterexample'],
    structures: [
      ...['any-capacity', 'casewise', 'geometry', 'model-with-hashes'].map((file) => `verify/libvig/${file}`),
      ...['operations', 'shapes', 'snapshot'].map((file) => `verify/libvig/${file}`),
    ],
    judged: [
      ...['answer-time', 'conversations', 'lane', 'losses', 'outstanding'].map((file) => `live/${file}`),
      ...['pace', 'queued', 'signature', 'watch', 'window'].map((file) => `live/${file}`),
      ...['back-to-back', 'frames', 'procedures', 'search', 'statistics', 'tag'].map((file) => `stress/${file}`),
      ...['arrivals', 'flood', 'frame-check', 'load'].map((file) => `stress/rig/${file}`),
      ...['compare', 'profile', 'spec-judge'].map((file) => `stress/run/${file}`),
      'conform/classes',
    ],
    nf: ['nf'],
    packets: ['packet', 'capture', 'generate', 'hosts', 'histogram', 'demo/traces', 'validator'],
    wasm: ['wasm', 'mutants', 'libvig', ...['lines', 'same-in-scope', 'traffic'].map((file) => `mutation/${file}`)],
  },
  oneByOne: ['proofs', 'properties', 'configurations', 'counterexamples', 'structures', 'suites'],
  alone: [
    // They change the environment or the working folder, which all tests of a process share.
    ...['nf/build', 'nf/c'],
    // They look at threads, clocks or memory of their process, or at solvers that it starts.
    ...['smt/z3-threads', 'smt/z3-clock', 'smt/z3-calls', 'smt/race', 'smt/doors'],
    // Where a stack overflows, and so the place that is named, depends on what ran before.
    ...['spec/instrumented/refusals'],
    // So long that a start is nothing beside it: they run beside others.
    ...['smt/rules', 'wasm/spec-suite', 'wasm/random-modules', 'wasm/nfs'],
  ],
}

export interface Grouped {
  /** By the name of the group. */
  readonly together: ReadonlyMap<string, readonly string[]>
  readonly oneByOne: readonly string[]
  readonly alone: readonly string[]
}

/** Every file is in one group or alone. A place that no file is in is refused: it was mistyped, or its file moved. */
export function grouped(files: readonly string[], { groups, oneByOne = [], alone }: Table = table): Grouped {
  const idle = [...alone, ...Object.values(groups).flat()].filter((place) => !files.some((file) => isIn(file, place)))
  if (idle.length > 0) throw new Error(`test/together/groups.ts: no test file is in ${idle.join(', ')}`)
  const together = new Map<string, readonly string[]>()
  let left = files.filter((file) => !alone.some((place) => isIn(file, place)))
  for (const [name, places] of Object.entries(groups)) {
    const taken = left.filter((file) => places.some((place) => isIn(file, place)))
    if (taken.length > 0) together.set(name, taken)
    left = left.filter((file) => !taken.includes(file))
  }
  const shared = new Set([...together.values()].flat())
  return { together, oneByOne, alone: files.filter((file) => !shared.has(file)) }
}

function isIn(file: string, place: Place): boolean {
  return file === place || file.startsWith(`${place}/`)
}
