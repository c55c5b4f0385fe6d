/**
 * Which properties a network function breaks on some packets, and which its specification would have it break: the same
 * packets again, with what the specification expects of the last one in place of what was seen.
 */
import { egressOf } from '../../nf/index.js'
import { Oracle } from '../../oracle/index.js'
import type { LoadedProperty } from '../../spec/load/properties.js'
import type { Finding } from '../../verify/counterexample/judged-runs.js'
import { PropertyJudge } from '../../verify/counterexample/property-judge.js'
import type { Subject } from '../../verify/index.js'

export interface Broken {
  readonly property: LoadedProperty
  readonly by: 'network function' | 'specification' | 'both'
}

/** Those that either breaks. */
export function brokenProperties(subject: Subject, finding: Finding, properties: readonly LoadedProperty[]): Broken[] {
  const { expected, actual } = finding.detail
  return properties.flatMap((property): Broken[] => {
    const isBy = (outcome: Outcome): boolean => breaks(subject, finding, property, outcome)
    const [nf, spec] = [isBy(actual), isBy(expected)]
    if (!nf && !spec) return []
    return [{ property, by: nf && spec ? 'both' : nf ? 'network function' : 'specification' }]
  })
}

interface Outcome {
  readonly ports: readonly number[]
  readonly frame: Uint8Array | undefined
}

/** Of the last packet; all before it are as the binary does. */
function breaks(subject: Subject, { packets, device }: Finding, property: LoadedProperty, last: Outcome): boolean {
  const { nf, fast, portCount } = subject
  const { name } = nf.manifest
  const oracle = new Oracle({ nf: name, instance: name, spec: fast, config: device.config, watched: true })
  const judge = new PropertyJudge(oracle, property)
  device.real.restart()
  for (const [at, { bytes, port, now }] of packets.entries()) {
    const isLast = at === packets.length - 1
    const seen = isLast ? undefined : device.real.process(bytes, port, now)
    if (seen !== undefined && seen.outcome.kind !== 'returned') return false
    const answer = seen?.outcome.kind === 'returned' ? Number(seen.outcome.values[0]) : undefined
    const egress = answer === undefined ? maskOf(last.ports) : egressOf(answer, port, portCount)
    const output = seen?.bytes ?? last.frame ?? bytes
    const judged = oracle.judge(port, now, bytes, 0, bytes.length, egress, output, 0, output.length)
    const violation = judge.violation(judged)
    if (isLast) return violation !== undefined
  }
  return false
}

function maskOf(ports: readonly number[]): number {
  return ports.reduce((mask, port) => mask | (1 << port), 0)
}
