/**
 * The embedded Z3 with calls that stay in WebAssembly (src/smt/z3-calls.ts), against npm's `z3-solver` as it comes:
 * the queries of a proof, each asked of both in turns. Fails where one of them is answered otherwise.
 *
 * `node build/bench/solver.js [rounds]`
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { init } from 'z3-solver'

import { Z3Instance } from '../src/smt/z3-instance.js'
import { verify } from '../src/verify/run/index.js'

const NFS = ['nat', 'firewall']

/** Every query of the proofs, whole; none of them is so hard that only time ends it. */
async function queries(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-solver-'))
  try {
    await verify({ nfs: NFS, dump: folder, jobs: 1 })
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.smt2'))
    return files.sort().map((name) => readFileSync(join(folder, name), 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Asks in a context that has seen nothing. */
type Ask = (script: string) => string

async function asItComes(): Promise<Ask> {
  const { em } = await init({ printErr: () => {} })
  let context = 0
  return (script) => {
    if (context !== 0) em._Z3_del_context(context)
    const config = em._Z3_mk_config()
    context = em._Z3_mk_context(config)
    em._Z3_del_config(config)
    em._set_noop_error_handler(context)
    const bytes = new TextEncoder().encode(`${script}\0`)
    const address = em._malloc(bytes.length)
    em.HEAPU8.set(bytes, address)
    const text: string = em.UTF8ToString(em._Z3_eval_smtlib2_string(context, address))
    em._free(address)
    return text
  }
}

async function ours(): Promise<Ask> {
  const instance = await Z3Instance.start()
  return (script) => {
    instance.reset()
    return instance.evaluate(script)
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

const rounds = Number(process.argv[2] ?? 5)
const scripts = await queries()
const ways = [await asItComes(), await ours()]
const seconds: number[][] = [[], []]
let differing = 0
for (let round = 0; round < rounds; round++) {
  const spent = [0, 0]
  for (const script of scripts) {
    const texts = ways.map((ask, way) => {
      const begun = performance.now()
      const text = ask(script)
      spent[way] = (spent[way] ?? 0) + (performance.now() - begun) / 1000
      return text
    })
    if (texts[0] !== texts[1]) differing += 1
  }
  for (const [way, each] of spent.entries()) seconds[way]?.push(each)
}
const [plain = 0, fast = 0] = seconds.map(median)
console.log(`${scripts.length} queries of ${NFS.join(', ')}; medians of ${rounds} rounds, in turns`)
console.log(`z3-solver as it comes  ${plain.toFixed(2)} s`)
console.log(`calls in WebAssembly   ${fast.toFixed(2)} s`)
console.log(`ratio                  ${(plain / fast).toFixed(2)}`)
if (differing > 0) console.log(`${differing} answers differ`)
process.exit(differing > 0 ? 1 : 0)
