/**
 * What this machine can do for Vigil, each found by doing it, with what to install or change where it cannot: the
 * `doctor` verb.
 */
import { type Environment, environment, packageVersion } from '../result/index.js'
import { basics } from './basics.js'
import type { Section } from './check.js'
import { compilers } from './compilers.js'
import { dpdk } from './dpdk.js'
import { left } from './left.js'
import { ports } from './ports.js'
import { otherSolvers } from './solvers.js'

export type { CheckState, Finding, Section } from './check.js'
export { clean } from './left.js'

export interface Diagnosis {
  readonly tool: 'vigil'
  readonly version: string
  /** 0, or 3 where proofs and the simulator do not work. */
  readonly exitCode: number
  readonly environment: Environment
  readonly sections: readonly Section[]
}

export async function diagnose(): Promise<Diagnosis> {
  const needed = await basics()
  return {
    tool: 'vigil',
    version: packageVersion(),
    exitCode: needed.isReady ? 0 : 3,
    environment: environment(),
    sections: [needed, compilers(), otherSolvers(), ports(), dpdk(), left()],
  }
}
