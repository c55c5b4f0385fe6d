/** Which network functions have properties that are asked for by name. */
import { InputError, VigilError } from '../../errors.js'
import { findNf } from '../../nf/find.js'
import { readManifest } from '../../nf/manifest.js'

/**
 * The network functions that have one of the properties. One whose files are wrong is among them: its own proof says so.
 * @throws InputError where a property is nobody's.
 */
export async function havingProperties(nfs: readonly string[], asked: readonly string[]): Promise<readonly string[]> {
  if (asked.length === 0) throw new InputError('no property is named')
  const known = new Map<string, readonly string[] | undefined>()
  for (const nf of nfs) known.set(nf, await propertiesOf(nf))
  const all = [...known]
  const areKnown = all.every(([, names]) => names !== undefined)
  const missing = asked.find((name) => !all.some(([, names]) => names?.includes(name)))
  if (missing !== undefined && areKnown) {
    const lists = all.map(([nf, names = []]) => `${nf} has ${names.length === 0 ? 'none' : names.join(', ')}`)
    throw new InputError(`there is no property ${missing}`, { hint: lists.join('; ') })
  }
  return all.flatMap(([nf, names]) => (names === undefined || asked.some((name) => names.includes(name)) ? [nf] : []))
}

/** By name; undefined where they cannot be loaded. */
async function propertiesOf(nf: string): Promise<readonly string[] | undefined> {
  try {
    const { spec } = readManifest(findNf(nf))
    if (spec === undefined) return undefined
    const { loadPropertiesOf } = await import('../../spec/load/properties.js')
    return (await loadPropertiesOf(spec)).map(({ name }) => name)
  } catch (error) {
    if (error instanceof VigilError) return undefined
    throw error
  }
}
