import type { ResolvedConfig } from './config.js'

/** MAC addresses by port, 48 bits each, where the configuration has such a list: `deviceMac`, `nextHopMac`. */
export function macsOf({ entries }: ResolvedConfig, name: string): readonly number[] | undefined {
  const raw = entries.get(name)?.raw
  return Array.isArray(raw) ? raw.map(Number) : undefined
}
