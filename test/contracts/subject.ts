import { type Device, libvigDevice } from './device.js'
import { Driver } from './driver.js'

const HEAP_START = 19 << 20

/** One libVig for a whole test file, and fresh drivers over it. */
export interface Subject {
  readonly device: Device
  /** A driver over the device, all its structures forgotten; `broken` may stand between them. */
  driver(broken?: (device: Device) => Device): Driver
}

export async function libvigSubject(heapBytes: number): Promise<Subject> {
  const device = await libvigDevice(heapBytes, HEAP_START)
  return {
    device,
    driver(broken = (whole) => whole) {
      device.call('libvig_reset', [HEAP_START, HEAP_START + heapBytes])
      return new Driver(broken(device), heapBytes)
    },
  }
}
