/** The NF's imports from libVig: each is carried out by its contract, or asked of libVig itself what it costs. */
import { contracts, libvigSignatures } from '../../contracts/index.js'
import { exactUnsigned } from '../../domains/symbolic/exact.js'
import { Undecidable } from '../../domains/symbolic/path.js'
import type { Term } from '../../smt/index.js'
import type { External, FunctionType } from '../../wasm/index.js'
import { LibvigCall } from './libvig-call.js'
import type { Machine } from './machine.js'
import { bitsOf, type MachineValue } from './value.js'

/** Everything that an NF may import from `libvig`. */
export function libvigImports(machine: Machine): ReadonlyMap<string, External<MachineValue>> {
  const imports = new Map<string, External<MachineValue>>()
  for (const [name, { parameters, results }] of Object.entries(libvigSignatures)) {
    const type: FunctionType = { params: parameters, results }
    const contract = contracts.get(name)
    const call =
      contract === undefined
        ? (args: readonly MachineValue[]) => [costOf(machine, name, args)]
        : (args: readonly MachineValue[]) => new LibvigCall(machine, contract, args).perform()
    imports.set(name, { kind: 'host', type, call })
  }
  return imports
}

/** `<structure>_cost` */
function costOf({ path, scope, costs }: Machine, name: string, args: readonly MachineValue[]): Term {
  const { integers } = scope
  const sizes = args.map((arg) => exactUnsigned(integers, bitsOf(arg, name)))
  for (const { structure } of [...contracts.values()].flatMap(({ outcomes }) =>
    outcomes.flatMap((o) => o.creates ?? []),
  )) {
    if (`${structure}_cost` === name) return integers.bits(costs.costOn(path, structure, sizes), 64)
  }
  throw new Undecidable(`${name}, for which there is no structure`)
}
