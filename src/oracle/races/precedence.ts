import type { Inputs } from './inputs.js'

/** Whether the device took `one` before `other` in any case. */
export function mustPrecede(inputs: Inputs, one: number, other: number): boolean {
  if (inputs.takenBy(one) < inputs.sentAt(other)) return true
  if (inputs.port(one) === inputs.port(other)) return inputs.number(one) < inputs.number(other)
  for (let rest = inputs.egress(one) & inputs.egress(other); rest !== 0; rest &= rest - 1) {
    const port = 31 - Math.clz32(rest & -rest)
    if (((inputs.order(one, port) - inputs.order(other, port)) | 0) < 0) return true
  }
  return false
}
