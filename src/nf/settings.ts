/** The configuration as shell commands have it: environment variables. */
import { type ResolvedConfig, type ResolvedEntry, rowsOf } from './config.js'
import { formatScalar, type ScalarType } from './config-types.js'

/**
 * `CONFIG_name` for each value or list of values, with blanks between these: addresses as people write them, anything else as
 * a number, durations in nanoseconds. Rows of tables are `key=value`.
 */
export function settingsOf({ entries }: ResolvedConfig): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {}
  for (const [name, resolved] of entries) settings[`CONFIG_${name}`] = textsOf(resolved).join(' ')
  return settings
}

function textsOf(resolved: ResolvedEntry): readonly string[] {
  const { kind, entry, raw } = resolved
  if (kind !== 'scalars') return rowsOf(resolved).map(([key, value]) => `${key}=${value}`)
  const values = typeof raw === 'bigint' ? [raw] : raw
  return values.map((value) => settingOf(entry.type, value))
}

function settingOf(type: ScalarType, raw: bigint): string {
  return type === 'ipv4' || type === 'mac' ? formatScalar(type, raw, []) : String(raw)
}
