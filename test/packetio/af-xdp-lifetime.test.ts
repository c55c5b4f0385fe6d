import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { InputError } from '../../src/errors.js'
import type { LinkEnd } from '../../src/packetio/index.js'
import { temporary } from '../temporary.js'
import { carried, frameOf } from './frames.js'
import { inside, openXdp, withAfXdp, xdpWire } from './rooted.js'

const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))

/** Whether an XDP program is on a link, as `ip` sees it. */
function hasProgram({ namespace, name }: LinkEnd): boolean {
  const text = inside(namespace, 'ip', '-details', 'link', 'show', 'dev', name)
  return /\bxdp(generic)?\b.*\bid \d/s.test(text)
}

withAfXdp(
  'while a port is open its program is on the link, no other is put in its place, and once it is closed none is left',
  (t) => {
    const { ends, ports } = xdpWire(t)
    t.true(hasProgram(ends[1]))
    t.throws(() => openXdp(ends[1]), {
      instanceOf: InputError,
      message:
        'interface right is used by another XDP program (end what put it there; ip -details link show right names it)',
    })
    t.is(ports[1].mode, 'copy, driver XDP')
    ports[1].close()
    t.false(hasProgram(ends[1]))
    const again = openXdp(ends[1])
    t.teardown(() => again.close())
    t.deepEqual(carried(ports[0], again, [frameOf(60, 1)]), [frameOf(60, 1)])
  },
  ['ip', 'nsenter'],
)

withAfXdp(
  'a port whose process is killed leaves no program, and the interface is free for the next',
  async (t) => {
    const { ends, ports } = xdpWire(t)
    ports[1].close()
    const script = join(temporary(), 'holder.mjs')
    writeFileSync(
      script,
      `import { openAfXdp } from ${JSON.stringify(packetio)}
       const port = openAfXdp('right')
       console.log(port.mode)
       setInterval(() => port.counts(), 1000)`,
    )
    const child = spawn('nsenter', [`--net=${ends[1].namespace.path}`, process.execPath, script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    t.true(hasProgram(ends[1]))
    child.kill('SIGKILL')
    await once(child, 'close')
    t.false(hasProgram(ends[1]))
    const again = openXdp(ends[1])
    t.teardown(() => again.close())
    t.deepEqual(carried(ports[0], again, [frameOf(60, 1)]), [frameOf(60, 1)])
  },
  ['ip', 'nsenter'],
)

withAfXdp('a program that was started meanwhile does not hold a port open', async (t) => {
  const { ends, ports } = xdpWire(t)
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  ports[1].close()
  const again = openXdp(ends[1])
  t.teardown(() => again.close())
  t.deepEqual(carried(ports[0], again, [frameOf(60, 1)]), [frameOf(60, 1)])
})
