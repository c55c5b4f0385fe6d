import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { MachineError } from '../../src/errors.js'
import { changeLink, createVeth, linkOf, offloadsOf, setOffloads } from '../../src/packetio/index.js'
import { temporary } from '../temporary.js'
import { rooted, wire } from './rooted.js'

const packetio = fileURLToPath(new URL('../../src/packetio/index.js', import.meta.url))

/** Who has a file open: process numbers. */
function holders(target: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && opens(name, target))
}

function opens(pid: string, target: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === target)
  } catch {
    return false
  }
}

rooted('a veth pair is up, without offloads, and says nothing by itself', (t) => {
  const { ends, ports } = wire(t, { mtu: 2000 })
  for (const { namespace, name } of ends) {
    t.like(linkOf(namespace, name), { name, kind: 'veth', isUp: true, hasCarrier: true, mtu: 2000, isEnslaved: false })
    t.deepEqual(offloadsOf(namespace, name), [])
  }
  t.is(ports[0].counts().received, 0)
  t.is(ports[1].counts().received, 0)
})

rooted('offloads that are turned on are read back', (t) => {
  const [{ namespace, name }] = wire(t).ends
  t.deepEqual(setOffloads(namespace, name, ['tx-checksum']), ['tx-checksum'])
  t.deepEqual(offloadsOf(namespace, name), ['tx-checksum'])
  t.deepEqual(setOffloads(namespace, name, []), [])
})

rooted('addresses and sizes of links are set and read, and no link is made twice', (t) => {
  const { ends } = wire(t)
  const [{ namespace, name }] = ends
  changeLink(namespace, name, { mac: 0x02_aa_bb_cc_dd_ee, mtu: 9000 })
  t.like(linkOf(namespace, name), { mac: 0x02_aa_bb_cc_dd_ee, mtu: 9000, isUp: true })
  t.throws(() => createVeth({ namespace, name }, { namespace, name: 'new' }), {
    instanceOf: MachineError,
    message: /making a veth pair left: File exists/,
  })
})

rooted(
  'programs find a namespace by its path, and this thread stays in its own',
  (t) => {
    const before = readlinkSync('/proc/thread-self/ns/net')
    const [{ namespace }] = wire(t).ends
    const seen = execFileSync('nsenter', [`--net=${namespace.path}`, 'readlink', '/proc/self/ns/net'], {
      encoding: 'utf8',
    })
    t.is(seen.trim(), readlinkSync(namespace.path))
    t.not(seen.trim(), before)
    t.is(readlinkSync('/proc/thread-self/ns/net'), before)
  },
  ['nsenter'],
)

rooted('a namespace goes with the process that made it, also one that is killed', async (t) => {
  const script = join(temporary(), 'holder.mjs')
  writeFileSync(
    script,
    `import { createVeth, NetworkNamespace } from ${JSON.stringify(packetio)}
     import { readlinkSync } from 'node:fs'
     const [one, other] = [NetworkNamespace.create(), NetworkNamespace.create()]
     createVeth({ namespace: one, name: 'a' }, { namespace: other, name: 'b' })
     console.log(readlinkSync(one.path))
     setInterval(() => {}, 1000)`,
  )
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text]: unknown[] = await once(child.stdout, 'data')
  const target = String(text).trim()
  t.deepEqual(holders(target), [String(child.pid)])
  child.kill('SIGKILL')
  await once(child, 'close')
  t.deepEqual(holders(target), [])
})
