/** A counterexample as a case of a conformance suite in the run folder, and the command that runs it. */
import type { Counterexample } from '../../result/index.js'

export interface ConformedNf {
  /** As it was named. */
  readonly nf: string
  readonly binary: string | undefined
  /** `name=value`. */
  readonly config: readonly string[]
  readonly portCount: number
}

/** `suite`: the name of its folder. Why it is no case, where `vigil conform` could not show it. */
export function conformCase(
  { violation }: Pick<Counterexample, 'violation'>,
  { nf, binary, config, portCount }: ConformedNf,
  { suite, breaksSpecification }: { readonly suite: string; readonly breaksSpecification: boolean },
): Counterexample['conform'] {
  if (violation.kind === 'memory') {
    return { why: 'what is accessed outside of the packet is seen by the proof alone, not by what runs a case' }
  }
  if (!breaksSpecification) {
    return { why: 'cases are judged by the specification, and these packets break the property alone' }
  }
  const options = binary === undefined ? [] : ['--binary', binary]
  return { suite, config, portCount, command: ['vigil', 'conform', nf, ...options, '--suite', suite] }
}
