/** `npm run wasm:random -- [COUNT [SEED]]`: random modules in the stepper and in Node's engine. Exit code 1 on a difference. */
import { Difference } from './compare.js'
import { runModules } from './run.js'

const [count = 100, seed = Date.now()] = process.argv.slice(2).map(Number)

try {
  const { modules, calls, traps, steps, opcodes, abandoned, unsupported } = runModules(count, seed)
  console.log(
    `${modules} modules from seed ${seed}: ${calls} calls, ${traps} of them trapped, ${steps} steps, no difference`,
  )
  console.log(`${opcodes.size} different instructions ran; ${abandoned} modules were left when a stack was exhausted`)
  console.log(`${unsupported} modules were not run, since they have instructions that are not supported`)
} catch (error) {
  if (!(error instanceof Difference)) throw error
  console.error(error.message)
  process.exitCode = 1
}
