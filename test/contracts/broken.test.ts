/** The driver can fail: each fault is reported, in a run that the whole libVig passes. */
import test from 'ava'
import type { Device } from './device.js'
import { ContractViolation, type Driver } from './driver.js'
import { type Fault, faults } from './faults.js'
import { Random } from './random.js'
import { libvigSubject, type Subject } from './subject.js'

/** The right libVig but for one operation. */
function breaking({ operation, wrong }: Fault): (whole: Device) => Device {
  return (whole) => ({
    ...whole,
    call: (name, passed) => (name === operation ? wrong(whole, passed) : whole.call(name, passed)),
  })
}

let subject: Subject

test.before(async () => {
  subject = await libvigSubject(2 << 20)
})

function use(driver: Driver, scenario: Fault['scenario'], seed: number): void {
  const used = scenario(driver)
  const random = new Random(seed)
  for (let n = 0; n < 2000; n++) used.step(random)
  used.sweep()
}

for (const fault of faults) {
  test.serial(`reported: ${fault.operation} ${fault.what}`, (t) => {
    const violation = t.throws(() => use(subject.driver(breaking(fault)), fault.scenario, 1), {
      instanceOf: ContractViolation,
    })
    t.regex(violation?.message ?? '', /^[a-z0-9_]+: .+/)
    t.notThrows(() => use(subject.driver(), fault.scenario, 1), 'the whole libVig passes the same run')
  })
}
