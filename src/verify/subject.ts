/** What a proof is about: one binary, one specification, one configuration. */
import { SymbolicReading } from '../domains/symbolic/reading.js'
import { InputError } from '../errors.js'
import { compileLibvig } from '../nf/build.js'
import { type LoadedNf, type LoadOptions, loadNf } from '../nf/index.js'
import { type LoadedSpec, loadInstrumentedSpec, loadSpec } from '../spec/load/index.js'
import { type SymbolicNf, symbolicNf } from './machine/nf.js'

export interface Subject {
  readonly nf: LoadedNf
  readonly spec: LoadedSpec
  /** The same specification, to be run as it is. */
  readonly fast: LoadedSpec
  /** The real libVig. */
  readonly libvig: Uint8Array
  readonly machine: SymbolicNf
  readonly reading: SymbolicReading
  readonly portCount: number
}

/** Loads a network function with its specification. Throws InputError where it has none. */
export async function loadSubject(name: string, options: LoadOptions = {}): Promise<Subject> {
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
  const machine = symbolicNf({
    name: manifest.name,
    wasm: nf.wasm,
    libvig: libvig.wasm,
    config,
    memory: manifest.memory,
  })
  const reading = new SymbolicReading(spec.spec, config, spec.file)
  return { nf, spec, fast, libvig: libvig.wasm, machine, reading, portCount: config.portCount }
}
