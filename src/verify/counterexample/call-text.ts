/** A call of libVig as it was made, in a line for people: `expiring_map_get(flows 1, key 0a00..., out) = 1, out 7`. */
import { contracts, type Parameter } from '../../contracts/index.js'
import type { Structure } from '../machine/index.js'
import type { RealCall } from '../real-nf.js'

/** `handles`: those of the structures, by their names. */
export function callText(
  { name, args, bytes, results, out }: RealCall,
  structures: readonly Structure[],
  handles: ReadonlyMap<string, number>,
): string {
  const contract = contracts.get(name)
  if (contract === undefined) return `${name}(${args.join(', ')})`
  const passed = Object.entries(contract.parameters).filter(([, { kind }]) => kind !== 'ambient' && kind !== 'lent')
  const structure = structures.find((each) => handles.get(each.name) === args[0])
  const shown = passed.map(([label, parameter], at) => {
    const value = args[at] ?? 0
    const size = sizeOf(parameter, structure, new Map(passed.map(([each], i) => [each, args[i] ?? 0])))
    if (parameter.kind === 'handle') return structure?.name ?? String(value)
    if (parameter.kind === 'out') return label
    if (size !== undefined) return `${label} ${Buffer.from(bytes[at]?.subarray(0, size) ?? []).toString('hex')}`
    return `${label} ${parameter.kind === 'u32' ? Number(value) >>> 0 : value}`
  })
  const answer = results.length === 0 ? '' : ` = ${results.join(', ')}`
  const hasOut = passed.some(([, { kind }]) => kind === 'out')
  return `${name}(${shown.join(', ')})${answer}${hasOut && results[0] !== 0 ? `, out ${out}` : ''}`
}

/** Bytes that an argument points at; undefined for one that is a number. */
function sizeOf(
  parameter: Parameter,
  structure: Structure | undefined,
  passed: ReadonlyMap<string, number | bigint>,
): number | undefined {
  if (parameter.kind === 'key') return Number(structure?.sizes[0]?.constant ?? 0n)
  if (parameter.kind === 'ipHeader') return 20
  if (parameter.kind !== 'bytes') return undefined
  return typeof parameter.length === 'number' ? parameter.length : Number(passed.get(parameter.length) ?? 0)
}
