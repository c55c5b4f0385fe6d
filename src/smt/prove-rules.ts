/**
 * `npm run smt:rules [-- file...]`: proves every rewriting rule at every instance of the built-in catalogue, and of the
 * logs that are named (see rewrite/rule-file.ts). Exit code 0 if all are proved, 70 if a rule is wrong, 4 if no solver
 * decides one: such an instance must not be used in a verdict.
 */
import { openEngines } from './open.js'
import { catalogueTheorems } from './rewrite/catalogue.js'
import { Prover } from './rewrite/prove.js'
import { readTheorems } from './rewrite/rule-file.js'
import type { Theorem } from './rewrite/theorem.js'

async function main(files: readonly string[]): Promise<number> {
  const theorems = new Map<string, Theorem>()
  for (const theorem of [...catalogueTheorems(), ...files.flatMap(readTheorems)]) theorems.set(theorem.query, theorem)
  const engines = await openEngines()
  const prover = new Prover(engines)
  const counts = { proved: 0, refuted: 0, undecided: 0 }
  const rules = new Set<string>()
  for (const theorem of theorems.values()) {
    const { status, by } = await prover.prove(theorem)
    counts[status]++
    rules.add(theorem.rule)
    if (status !== 'proved') console.log(`${status}: ${theorem.rule} (${by})\n${theorem.query}`)
  }
  await Promise.all(engines.map((engine) => engine.close()))
  const { proved, refuted, undecided } = counts
  console.log(
    `${rules.size} rules, ${theorems.size} instances: ${proved} proved, ${refuted} wrong, ${undecided} undecided`,
  )
  return refuted > 0 ? 70 : undecided > 0 ? 4 : 0
}

process.exitCode = await main(process.argv.slice(2))
