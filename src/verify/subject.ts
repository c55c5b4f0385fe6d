/** What a proof is about: one binary, one specification, and one configuration or every one. */
import { SymbolicReading } from '../domains/symbolic/reading.js'
import { InputError } from '../errors.js'
import { compileLibvig } from '../nf/build.js'
import {
  type ConfigOverride,
  type LoadedNf,
  type LoadOptions,
  loadNf,
  type ResolvedConfig,
  readOverrides,
  resolveConfig,
} from '../nf/index.js'
import type { Model, Terms } from '../smt/index.js'
import { type LoadedSpec, loadInstrumentedSpec, loadSpec } from '../spec/load/index.js'
import { casesOf } from './configuration/cases.js'
import { wordsIn } from './configuration/in-model.js'
import type { OpenConfig } from './configuration/open-config.js'
import { type SymbolicNf, symbolicNf } from './machine/nf.js'

export interface Subject {
  /** As configured, also where the proof is about every configuration. */
  readonly nf: LoadedNf
  readonly spec: LoadedSpec
  /** The same specification, to be run as it is. */
  readonly fast: LoadedSpec
  /** The real libVig. */
  readonly libvig: Uint8Array
  readonly machine: SymbolicNf
  readonly reading: SymbolicReading
  readonly portCount: number
  readonly configuration: Configuration
  /** See SubjectOptions. */
  readonly mostSteps: number | undefined
}

/** Which configurations a subject stands for. */
export interface Configuration {
  /** What is covered by this and the other cases, in one line. */
  readonly text: string
  /** What tells this case from the others; empty where it is the only one. */
  readonly name: string
  /** The values that are not left open. */
  readonly config: ResolvedConfig
  /** The values that are: each stands for all that nf.yaml allows. Undefined where it is one configuration. */
  readonly open: OpenConfig | undefined
  /** What is given beside nf.yaml. */
  readonly given: readonly ConfigOverride[]
  /** What else tells the configuration from the default one, `name=value` each. */
  readonly words: readonly string[]
  /** Its place among the cases, from 0. */
  readonly number: number
  /** The other cases, at the first. */
  readonly others: readonly Subject[]
}

/** One configuration. */
export interface ConfiguredAs {
  readonly config: ResolvedConfig
  /** What tells it from what was given, `name=value` each. */
  readonly words: readonly string[]
}

export interface SubjectOptions extends LoadOptions {
  /** Every configuration that nf.yaml allows, as its `anyConfig` marks say, and not one. */
  readonly anyConfig?: boolean
  /** Instructions after which a run of the real binary is said not to end; default 200 million. */
  readonly mostSteps?: number
}

/** Loads a network function with its specification. Throws InputError where it has none. */
export async function loadSubject(name: string, options: SubjectOptions = {}): Promise<Subject> {
  const nf = await loadNf(name, options)
  const { manifest, config } = nf
  if (manifest.spec === undefined) {
    throw new InputError(`${manifest.name} has no specification`, {
      file: manifest.file,
      hint: 'name one: spec: spec.ts',
    })
  }
  const [spec, fast] = await Promise.all([loadInstrumentedSpec(manifest.spec), loadSpec(manifest.spec)])
  const libvig = await compileLibvig()
  const subject = (given: Configuration): Subject => {
    const { name, memory } = { name: manifest.name, memory: manifest.memory }
    const machine = symbolicNf({
      name,
      wasm: nf.wasm,
      libvig: libvig.wasm,
      config: given.config,
      open: given.open,
      memory,
    })
    const reading = new SymbolicReading(spec.spec, given.config, spec.file, given.open, 'shared')
    const { portCount } = given.config
    const { mostSteps } = options
    return { nf, spec, fast, libvig: libvig.wasm, machine, reading, portCount, configuration: given, mostSteps }
  }
  const fixed = { name: '', open: undefined, given: [], words: [], number: 0, others: [] }
  if (options.anyConfig !== true) {
    return subject({ ...fixed, text: configured(config), config })
  }
  const { text, cases } = casesOf(manifest, options)
  const [first, ...rest] = cases
  const others = rest.map((each, at) => subject({ ...each, text, number: at + 1, others: [] }))
  return subject({ ...first, text, number: 0, others })
}

/** Every case of a subject: only itself where it is one configuration. */
export function configurations(subject: Subject): readonly Subject[] {
  return [subject, ...subject.configuration.others]
}

/**
 * The configuration that a model of a subject's facts is about; undefined where it is none that nf.yaml allows. What the
 * model does not say is as configured.
 */
export function configuredIn({ nf, configuration }: Subject, terms: Terms, model: Model): ConfiguredAs | undefined {
  const { open, config, given, words } = configuration
  if (open === undefined) return { config, words }
  const own = wordsIn(open, terms, model)
  if (own === undefined) return undefined
  try {
    const all = [...given, ...readOverrides(own)]
    return {
      config: resolveConfig(nf.manifest, { config: all, portCount: config.portCount }),
      words: [...words, ...own],
    }
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

function configured(config: ResolvedConfig): string {
  const values = [...config.entries.keys()].map((name) => `${name} = ${config.text(name)}`)
  return ['one configuration', ...values, `ports: ${config.portCount}`].join('; ')
}
