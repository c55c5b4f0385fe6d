/**
 * What the result of `nf_process` means: a port, -1 drop, -2 flood, or -(16 + mask) for a set of ports. A port may be
 * the one the packet came in by; the empty set drops; anything that names an absent port is a violation.
 */

export const DROP = -1
export const FLOOD = -2
const SET = -16

/** No egress mask: the result has no meaning. */
export const BAD_VERDICT = -1

/** The set of egress ports, bit i for port i (0: dropped), or BAD_VERDICT. */
export function egressOf(result: number, ingress: number, portCount: number): number {
  if (result >= 0) return result < portCount ? 1 << result : BAD_VERDICT
  if (result === DROP) return 0
  const all = (1 << portCount) - 1
  if (result === FLOOD) return all & ~(1 << ingress)
  if (result > SET) return BAD_VERDICT
  const mask = SET - result
  return (mask & ~all) === 0 ? mask : BAD_VERDICT
}

/** One line for a person: what the network function answered. */
export function describeResult(result: number, portCount: number): string {
  if (result >= 0)
    return result < portCount ? `port ${result}` : `${result}: there is no port ${result} (${portCount} ports)`
  if (result === DROP) return 'drop'
  if (result === FLOOD) return 'flood'
  if (result > SET) return `${result}: results from -15 to -3 mean nothing`
  const ports: number[] = []
  const mask = SET - result
  for (let port = 0; port < 31; port++) if ((mask & (1 << port)) !== 0) ports.push(port)
  if (ports.length === 0) return 'drop (the empty set)'
  const absent = ports.filter((port) => port >= portCount)
  const set = `ports ${ports.join(', ')}`
  return absent.length === 0 ? set : `${set}: there is no port ${absent.join(', ')} (${portCount} ports)`
}
