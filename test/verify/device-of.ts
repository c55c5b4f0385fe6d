import { Model, Terms } from '../../src/smt/index.js'
import { type Device, Devices } from '../../src/verify/devices.js'
import type { Subject } from '../../src/verify/index.js'

/** The real binary of a subject, as it is configured. */
export function deviceOf(subject: Subject): Device {
  const device = new Devices(subject, new Terms()).in(new Model())
  if (device === undefined) throw new Error('the configuration is not allowed')
  return device
}
