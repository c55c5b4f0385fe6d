/** The read-only tables of a configuration, made in libVig's heap before `nf_init` runs. */
import { InputError } from '../errors.js'
import type { LinkedConfig, LinkedEntry } from './config-module.js'
import { exportedFunction, type WasmCall } from './exports.js'
import { HOST_SCRATCH } from './memory-map.js'

/** libVig, and the host's scratch: the handle of a new structure at 0, a key at `KEY`. */
interface Host {
  readonly scratch: DataView
  readonly call: (name: string) => WasmCall
}

const KEY = 8

/** The handle of each table and each set of prefixes, by name. `nf` is named where memory is short. */
export function fillTables(
  nf: string,
  config: LinkedConfig,
  libvig: WebAssembly.Instance,
  memory: WebAssembly.Memory,
): ReadonlyMap<string, number> {
  const scratch = new DataView(memory.buffer, HOST_SCRATCH)
  const host: Host = { scratch, call: (name) => exportedFunction(libvig, name) }
  const handles = new Map<string, number>()
  for (const [name, resolved] of config.entries) {
    if (resolved.kind === 'scalars') continue
    const handle = resolved.kind === 'table' ? fillMap(host, resolved) : fillLpm(host, resolved)
    if (handle === undefined) {
      throw new InputError(`${nf}: the memory is too small for the table ${name}`, { hint: 'more memory in nf.yaml' })
    }
    handles.set(name, handle)
  }
  return handles
}

/** Keys as they stand in packets; undefined where memory is short. */
function fillMap({ scratch, call }: Host, { entry, raw }: Extract<LinkedEntry, { kind: 'table' }>): number | undefined {
  const allocate = call('map_allocate')
  const put = call('map_put')
  if (allocate(entry.key === 'mac' ? 6 : 4, Math.max(1, raw.size), HOST_SCRATCH) !== 1) return undefined
  const handle = scratch.getInt32(0, true)
  for (const [key, value] of raw) {
    if (entry.key === 'mac') {
      scratch.setUint16(KEY, Number(key >> 32n))
      scratch.setUint32(KEY + 2, Number(key & 0xffffffffn))
    } else scratch.setUint32(KEY, Number(key))
    put(handle, HOST_SCRATCH + KEY, Number(value) | 0)
  }
  return handle
}

/** Addresses as numbers; undefined where memory is short. */
function fillLpm(
  { scratch, call }: Host,
  { raw: { prefixes } }: Extract<LinkedEntry, { kind: 'prefixes' }>,
): number | undefined {
  const allocate = call('lpm_allocate')
  const update = call('lpm_update_elem')
  if (allocate(Math.max(1, prefixes.length), HOST_SCRATCH) !== 1) return undefined
  const handle = scratch.getInt32(0, true)
  for (const { prefix, length, value } of prefixes) update(handle, prefix | 0, length, value | 0)
  return handle
}
