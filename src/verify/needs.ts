/** Whether a configuration has what a property needs to say anything. */
import { bindConfig } from '../domains/concrete/config.js'
import { SpecError } from '../spec/error.js'
import { placeOf } from '../spec/load/index.js'
import type { LoadedProperty } from '../spec/load/properties.js'
import type { SpecConfig } from '../spec/values.js'
import { LONGEST_FRAME } from './machine/index.js'

/**
 * True where a property says nothing of what it needs. `longest`: bytes of the longest frame.
 * @throws SpecError where the property fails at it, or asks for configuration that there is none of.
 */
export function hasNeeds({ property, file }: LoadedProperty, config: SpecConfig, longest = LONGEST_FRAME): boolean {
  const { needs, of } = property
  if (needs === undefined) return true
  const values = bindConfig(of.config, config, file)
  try {
    return needs.isMet({
      config: values,
      portCount: config.portCount,
      longestFrame: longest,
      rows: (name) => rowsOf(config, name),
    })
  } catch (error) {
    if (error instanceof SpecError) throw error
    const what = error instanceof Error ? error.message : String(error)
    throw new SpecError(`what the property needs cannot be told: ${what}`, placeOf(error, file), { cause: error })
  }
}

function rowsOf({ values }: SpecConfig, name: string): number {
  const value = values.get(name)
  // A name that is misspelt would have its property passed over for ever.
  if (value === undefined) throw new RangeError(`there is no ${name} in the configuration`)
  if (value instanceof Map) return value.size
  return Array.isArray(value) ? value.length : 0
}
