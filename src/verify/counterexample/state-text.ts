/** What was in the specification's tables before the packet judged last, one line for each entry. */
import type { Oracle } from '../../oracle/index.js'
import { formatIpv4, formatIpv6, formatMac } from '../../packet/index.js'
import type { FieldTypes } from '../../spec/record.js'

/** Entries told of each table. */
const SHOWN = 8

/** `oracle` must be watched. */
export function stateBefore({ reading }: Oracle): string[] {
  const lines: string[] = []
  for (const [name, table] of reading.watched ?? []) {
    const found: string[] = []
    let count = 0
    const tell = (slot: number, what: string, time: bigint): void => {
      count += 1
      if (count <= SHOWN) found.push(`${name}[${slot}]: ${what}last used at ${time} ns`)
    }
    for (let slot = 0; slot < table.declaration.capacity; slot++) {
      if ('table' in table) {
        const entry = table.state.entryBefore(slot)
        if (entry === undefined) continue
        const { key, value } = table.declaration
        const parts = [recordText(key.fields, entry.key)]
        if (value !== undefined && entry.value !== undefined) parts.push(recordText(value.fields, entry.value))
        tell(slot, `${parts.join(' -> ')}, `, entry.time)
      } else {
        const time = table.state.timeBefore(slot)
        if (time !== undefined) tell(slot, '', time)
      }
    }
    if (count > SHOWN) found.push(`${name}: ... and ${count - SHOWN} more of ${table.declaration.capacity}`)
    lines.push(...(count === 0 ? [`${name}: empty`] : found))
  }
  return lines
}

function recordText(fields: FieldTypes, record: object): string {
  const values = new Map(Object.entries(record))
  return Object.entries(fields)
    .map(([name, { kind }]) => `${name} ${fieldText(kind, values.get(name))}`)
    .join(', ')
}

function fieldText(kind: string, value: unknown): string {
  if (kind === 'mac' && typeof value === 'number') return formatMac(value)
  if (kind === 'ipv4' && typeof value === 'number') return formatIpv4(value)
  if (kind === 'ipv6' && typeof value === 'bigint') return formatIpv6(value)
  if (kind === 'ip' && typeof value === 'bigint')
    return value < 1n << 32n ? formatIpv4(Number(value)) : formatIpv6(value)
  return String(value)
}
