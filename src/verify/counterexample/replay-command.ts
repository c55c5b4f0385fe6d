/** The command that shows a counterexample in the simulator. */
import type { Counterexample } from '../../result/index.js'

export interface ReplayedNf {
  /** As it was named. */
  readonly nf: string
  readonly binary: string | undefined
  /** `name=value`, or files. */
  readonly config: readonly string[]
  /** The same without files: `name=value` each. */
  readonly settings: readonly string[]
  /** Bytes of the longest packet, where it is not the usual one. */
  readonly longest: number | undefined
}

/** Digits of the shortest frame that replay takes from a capture: an Ethernet header. */
const LEAST_DIGITS = 2 * 14

/** The counterexample with the name of its capture, and the words of the command; the capture is in the run folder. Without, where it cannot be replayed. */
export function withReplay(found: Counterexample, of: ReplayedNf, capture: string): Counterexample {
  if (found.packets.some(({ hex }) => hex.length < LEAST_DIGITS)) return found
  const ports = [...new Set(found.packets.map(({ ingress }) => ingress))].sort((a, b) => a - b)
  const option = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value])
  const replay = [
    'vigil',
    'replay',
    capture,
    '--nf',
    of.nf,
    '--as-is',
    ...option('--binary', of.binary),
    ...of.config.flatMap((text) => option('--config', text)),
    ...option('--max-frame', of.longest === undefined ? undefined : String(of.longest)),
    ...ports.flatMap((port, index) => option('--port-rule', `interface=${index}@${port}`)),
  ]
  return { ...found, capture, replay }
}
