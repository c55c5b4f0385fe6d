/** What proofs and the simulator need: no root, no network card. */
import { loadNf } from '../nf/index.js'
import { bitVecSort, openSolver, Terms } from '../smt/index.js'
import { type Finding, missing, ok, reason, type Section, section } from './check.js'

/** `engines` of package.json. */
const LEAST_NODE = [20, 11] as const

export async function basics(): Promise<Section> {
  return section('Proofs, and replay in the simulator', [nodeJs(), await networkFunction(), await embeddedSolver()])
}

function nodeJs(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  const detail = process.version
  return isEnough ? ok('Node.js', detail) : missing('Node.js', detail, `needs ${LEAST_NODE.join('.')} or newer`)
}

/** One of our own, started as every replay starts it. */
async function networkFunction(): Promise<Finding> {
  const name = 'network functions'
  try {
    const nf = await loadNf('nop')
    const instance = nf.instantiate()
    return ok(name, `nop runs, with ${instance.portCount} ports`)
  } catch (error) {
    return missing(name, reason(error), 'npm ci, then npm run build')
  }
}

/** Asked something, since an instance that starts may still not answer. */
async function embeddedSolver(): Promise<Finding> {
  const name = 'z3-embedded'
  try {
    const solver = await openSolver({ backends: ['z3-embedded'] })
    try {
      // No square is 3 modulo 8; nothing of it is told without a solver.
      const terms = new Terms()
      const x = terms.variable('x', bitVecSort(8))
      const { status } = await solver.check([terms.eq(terms.mul(x, x), terms.bv(3, 8))])
      return status === 'unsat' ? ok(name, 'answers') : missing(name, `${status} of what is impossible`, 'npm ci')
    } finally {
      await solver.close()
    }
  } catch (error) {
    return missing(name, reason(error), 'npm ci')
  }
}
