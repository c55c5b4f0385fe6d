import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'

import { type Judgement, OK, type Oracle, UNDECIDED, VIOLATION } from '../../src/oracle/index.js'
import { attempt, judge, type Passed, ready, subjects } from './recorded.js'

/** All that can be seen of an oracle. */
function seen(oracle: Oracle): unknown {
  const { outcomes, coverage, left, searches } = oracle.tally
  return { outcomes, coverage, left, searches, sizes: oracle.reading.sizes() }
}

function concede(oracle: Oracle, said: typeof VIOLATION | typeof UNDECIDED, packet: Passed): Judgement {
  const { ingress, now, input, egress, output } = packet
  const { length } = input
  return oracle.concede(said, undefined, ingress, now, input, 0, length, egress, output, 0, output.length)
}

/** The packet as a device with a fault would have passed it, for some of the numbers. */
function spoilt(packet: Passed, fault: number): Passed {
  if (fault > 2) return packet
  if (fault === 0 || packet.egress === 0) return { ...packet, egress: packet.egress ^ 2 }
  const output = packet.output.slice()
  output[fault % output.length] = (output[fault % output.length] ?? 0) ^ 1
  return { ...packet, output }
}

const faults = fc.infiniteStream(fc.nat(60))

for (const subject of subjects) {
  test(`${subject.name}: attempts that are committed are judged and counted as packets that are judged`, async (t) => {
    const { run, oracle } = await ready(subject)
    const traffic = subject.traffic({ minLength: 1, maxLength: 150 })
    fc.assert(
      fc.property(traffic, faults, fc.oneof(fc.constant(0), fc.nat(40)), (entering, fault, lag) => {
        const plain = oracle()
        const lagging = oracle()
        for (const right of run(entering)) {
          // Where several are kept their order is in doubt, and a violation may be undecided.
          const packet = lag === 0 ? spoilt(right, fault.next().value) : right
          const judged = judge(plain, packet)
          const attempted = attempt(lagging, packet)
          assert.equal(attempted, judged)
          if (attempted !== OK) assert.equal(concede(lagging, VIOLATION, packet), judged)
          if (judged === VIOLATION) assert.deepEqual(lagging.violation(), plain.violation())
          assert.deepEqual(lagging.reading.sizes(), plain.reading.sizes())
          if (lagging.attempts > lag) lagging.commit(lagging.attempts - (lag >> 1))
        }
        lagging.commit(lagging.attempts)
        assert.deepEqual(seen(lagging), seen(plain))
      }),
      { numRuns: 4, endOnFailure: true },
    )
    t.pass()
  })

  test(`${subject.name}: what is taken back leaves nothing behind`, async (t) => {
    const { run, oracle } = await ready(subject)
    const traffic = subject.traffic({ minLength: 1, maxLength: 150 })
    const detours = fc.infiniteStream(
      fc.record({ start: fc.nat(9), length: fc.nat(12), shift: fc.nat(200), kept: fc.nat(6) }),
    )
    fc.assert(
      fc.property(traffic, faults, detours, (entering, fault, detour) => {
        const plain = oracle()
        const wandering = oracle()
        const packets = run(entering)
        for (const [i, right] of packets.entries()) {
          const { start, length, shift, kept } = detour.next().value
          // Other packets first, of another time and not always right: each of them is taken back.
          for (let n = 0; start === 0 && n < length; n++) {
            const other = packets[(i + shift + n * 7) % packets.length] ?? right
            const packet = spoilt({ ...other, now: other.now + BigInt(shift) - 100n }, fault.next().value)
            const before = wandering.attempts
            if (n % 3 === 0) concede(wandering, n % 2 === 0 ? VIOLATION : UNDECIDED, packet)
            else if (n % 7 === 1) wandering.follow(packet.ingress, packet.now, packet.input, 0, packet.input.length)
            else {
              const judgement = attempt(wandering, packet)
              assert.equal(wandering.attempts - before, judgement === OK ? 1 : 0)
            }
            if (n % 4 === 3 && wandering.attempts > plain.attempts) wandering.takeBack()
          }
          while (wandering.attempts > plain.attempts) wandering.takeBack()
          const packet = spoilt(right, fault.next().value)
          for (const each of [plain, wandering]) if (attempt(each, packet) !== OK) concede(each, VIOLATION, packet)
          assert.deepEqual(seen(wandering), seen(plain))
          if (plain.attempts > kept * 5) for (const each of [plain, wandering]) each.commit(each.attempts - kept)
        }
        for (const each of [plain, wandering]) each.commit(each.attempts)
        assert.deepEqual(seen(wandering), seen(plain))
      }),
      { numRuns: 4, endOnFailure: true },
    )
    t.pass()
  })
}
