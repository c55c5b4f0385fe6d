import { fileURLToPath } from 'node:url'

import { inQemu } from './machine.js'

const packetio = fileURLToPath(new URL('../../../src/packetio/index.js', import.meta.url))

/** Frames of all lengths both ways, 16 at a time, each looked at. */
const BOTH_WAYS = `
import { Burst, openDpdk, startDpdk } from ${JSON.stringify(packetio)}
import { setTimeout } from 'node:timers/promises'

startDpdk({ memory: 'huge', megabytes: 128 })
const ports = ['0000:00:04.0', '00:05.0'].map((device) => openDpdk(device))
for (let n = 0; n < 100 && !ports.every((port) => port.link().isUp); n++) await setTimeout(100)
const [sent, got] = [new Burst(16, 2048), new Burst(64, 2048)]
let right = 0
for (let n = 0; n < 200; n++) {
  const [from, to] = n % 2 === 0 ? ports : [...ports].reverse()
  for (let i = 0; i < 16; i++) {
    const length = 60 + ((16 * n + i) % 1455)
    sent.bytes.fill(n + i, sent.start(i), sent.start(i) + length)
    sent.set(i, sent.start(i), length)
  }
  for (let done = 0; done < 16; ) done += from.send(sent, done, 16 - done)
  let received = 0
  for (let wait = 0; received < 16 && wait < 500; wait++) {
    const count = to.receive(got)
    for (let i = 0; i < count; i++) {
      const frame = got.frame(i)
      const k = received + i
      if (frame.length === 60 + ((16 * n + k) % 1455) && frame.every((byte) => byte === ((n + k) & 255))) right += 1
    }
    received += count
    if (count === 0) await setTimeout(2)
  }
}
console.log(JSON.stringify({ right, driver: ports[0].device.driver, link: ports[0].link(), counts: ports.map((port) => port.counts()) }))
for (const port of ports) port.close()
`

inQemu('network cards on a PCI bus carry frames of every length both ways, and count them', async (t, boot) => {
  const { code, output } = await boot(`exec ${process.execPath} both-ways.mjs`, { 'both-ways.mjs': BOTH_WAYS })
  t.is(code, 0, output)
  const { right, driver, link, counts } = JSON.parse(output)
  t.is(right, 3200, output)
  t.is(driver, 'net_e1000_em')
  t.deepEqual(link, { isUp: true, megabits: 1000 })
  for (const { sent, received, lost } of counts) t.deepEqual([sent, received, lost], [1600, 1600, 0])
})
