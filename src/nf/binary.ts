/**
 * Admits a network function's module: it exports what the runner calls, with the right types, imports nothing else than
 * memory, its configuration and libVig, and keeps its data where the memory map has room for it.
 */
import { createHash } from 'node:crypto'

import { InputError } from '../errors.js'
import { compileForLong } from '../wasm-tiers.js'
import { wasmTypeOf } from './config-types.js'
import { DEBUG_MODULE, debugSignatures } from './debug.js'
import type { NfManifest } from './manifest.js'
import type { ConfigEntry } from './manifest-config.js'
import { NF_DATA_START, NF_STACK_START, PAGE } from './memory-map.js'
import { type ModuleImport, type ModuleInterface, readInterface, type Signature } from './module-interface.js'

/** A module as it was checked, ready to instantiate. */
export interface CheckedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sha256: string
  readonly module: WebAssembly.Module
  readonly interface: ModuleInterface
}

/** Compiles and describes any module; `file` is for complaints. */
export function openModule(bytes: Uint8Array<ArrayBuffer>, file: string): CheckedModule {
  let module: WebAssembly.Module
  try {
    module = compileForLong(bytes)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^WebAssembly\.Module\(\): /, '') : ''
    throw new InputError(`is not a WebAssembly module: ${why}`, { file }, { cause })
  }
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), module, interface: readInterface(bytes) }
}

const exports: readonly (readonly [string, Signature])[] = [
  ['nf_init', '() -> (i32)'],
  ['nf_process', '(i32, i32, i32, i64) -> (i32)'],
]

/** Throws an InputError at the first thing that a network function must not be. */
export function checkNf(nf: CheckedModule, libvig: ModuleInterface, manifest: NfManifest, file: string): void {
  const refuse = (what: string, hint?: string): InputError =>
    new InputError(what, { file, hint: hint ?? 'see docs/nf-binary.md' })
  const { functions, imports, hasMemory, hasStart, data } = nf.interface
  for (const [name, signature] of exports) {
    const found = functions.get(name)
    if (found === undefined) throw refuse(`does not export the function ${name} ${signature}`)
    if (found !== signature) throw refuse(`exports ${name} as ${found}, not ${signature}`)
  }
  if (hasMemory)
    throw refuse('has a memory of its own', 'import env.memory: asc --importMemory, wasm-ld --import-memory')
  if (hasStart) throw refuse('has a start function', 'what must happen first belongs in nf_init')
  for (const wanted of imports) checkImport(wanted, libvig, manifest, refuse)
  for (const { address, length } of data) {
    if (address === undefined) throw refuse('has a data segment whose address is not a constant')
    // Linkers may put data above a stack that comes first, so both regions are open to it.
    if (length > 0 && (address < NF_DATA_START || address + length > NF_STACK_START)) {
      const range = `${hex(address)} to ${hex(address + length)}`
      throw refuse(`has data at ${range}, outside ${hex(NF_DATA_START)} to ${hex(NF_STACK_START)}`)
    }
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}

type Refuse = (what: string, hint?: string) => InputError

function checkImport(wanted: ModuleImport, libvig: ModuleInterface, manifest: NfManifest, refuse: Refuse): void {
  const name = `${wanted.module}.${wanted.name}`
  if (name === 'env.memory' && wanted.kind === 'memory') {
    checkMemory(wanted, manifest, refuse)
    return
  }
  const signature = signatureOf(wanted, libvig, manifest, refuse)
  if (signature === undefined || wanted.kind !== 'function') {
    throw refuse(
      `imports ${name}, which does not exist`,
      'a network function imports env.memory, config.* and libvig.*',
    )
  }
  if (wanted.signature !== signature) throw refuse(`imports ${name} as ${wanted.signature}, but it is ${signature}`)
}

function checkMemory({ limits }: ModuleImport, manifest: NfManifest, refuse: Refuse): void {
  const pages = manifest.memory / PAGE
  if (limits === undefined) return
  if (limits.shared) throw refuse('imports a shared memory; it must not be shared')
  if (limits.least > pages || (limits.most !== undefined && limits.most < pages)) {
    const most = limits.most === undefined ? '' : ` and at most ${limits.most}`
    throw refuse(`imports a memory of at least ${limits.least}${most} pages of 64 KiB, but it has ${pages}`)
  }
}

function signatureOf(
  { module, name }: ModuleImport,
  libvig: ModuleInterface,
  manifest: NfManifest,
  refuse: Refuse,
): Signature | undefined {
  // What starts with libvig_ is the host's.
  if (module === 'libvig') return name.startsWith('libvig_') ? undefined : libvig.functions.get(name)
  if (module === DEBUG_MODULE) return debugSignatures.get(name)
  if (module !== 'config') return undefined
  const signature = configSignature(name, manifest.config)
  if (signature === undefined) throw refuse(`imports config.${name}, which ${manifest.file} does not declare`)
  return signature
}

/** The type of `config.<name>`; undefined where nf.yaml has no such value. */
export function configSignature(name: string, config: ReadonlyMap<string, ConfigEntry>): Signature | undefined {
  if (name === 'portCount') return '() -> (i32)'
  const entry = config.get(name)
  if (entry !== undefined) {
    if (entry.shape === 'table' || entry.shape === 'prefixes') return '() -> (i32)'
    return `(${entry.shape === 'scalar' ? '' : 'i32'}) -> (${wasmTypeOf(entry.type)})`
  }
  const list = name.endsWith('Count') ? config.get(name.slice(0, -'Count'.length)) : undefined
  return list?.shape === 'list' ? '() -> (i32)' : undefined
}
