import { Random } from '../../../src/generate/random.js'
import { ModuleError } from '../../../src/wasm/index.js'
import { type Comparison, compare, Difference } from './compare.js'
import { generateModule } from './generate.js'

export interface Total {
  readonly modules: number
  readonly calls: number
  readonly traps: number
  readonly steps: number
  readonly opcodes: ReadonlySet<number>
  readonly abandoned: number
  /** Modules with instructions that are not supported: binaryen makes some of typed references, whatever its flags. */
  readonly unsupported: number
}

/** Runs modules of consecutive seeds; a Difference names the seed that `npm run wasm:random -- 1 SEED` repeats. */
export function runModules(count: number, firstSeed: number): Total {
  const opcodes = new Set<number>()
  let [calls, traps, steps, abandoned, unsupported] = [0, 0, 0, 0, 0]
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const found = runModule(seed)
    if (found === undefined) {
      unsupported++
      continue
    }
    calls += found.calls
    traps += found.traps
    steps += found.steps
    if (found.abandoned) abandoned++
    for (const opcode of found.opcodes) opcodes.add(opcode)
  }
  return { modules: count, calls, traps, steps, opcodes, abandoned, unsupported }
}

function runModule(seed: number): Comparison | undefined {
  const random = new Random(seed)
  try {
    return compare(generateModule(random), random)
  } catch (error) {
    if (error instanceof ModuleError && error.refusal === 'unsupported') return undefined
    if (!(error instanceof Difference)) throw error
    throw new Difference(`seed ${seed}: ${error.message}`, { cause: error })
  }
}
