/** The configuration as shell commands have it: environment variables. */
import type { ResolvedConfig } from './config.js'
import { formatScalar, type ScalarType } from './config-types.js'

/**
 * `CONFIG_name` for each value or list of values, with blanks between these: addresses as people write them, anything else as
 * a number, durations in nanoseconds. Tables are left out.
 */
export function settingsOf({ entries }: ResolvedConfig): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {}
  for (const [name, { kind, entry, raw }] of entries) {
    if (kind !== 'scalars') continue
    const values = typeof raw === 'bigint' ? [raw] : raw
    settings[`CONFIG_${name}`] = values.map((value) => settingOf(entry.type, value)).join(' ')
  }
  return settings
}

function settingOf(type: ScalarType, raw: bigint): string {
  return type === 'ipv4' || type === 'mac' ? formatScalar(type, raw, []) : String(raw)
}
