/** Where failures of our network functions on real ports come from: a link that loses frames, and a binary that is wrong there too. */

import { spawnSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { conform } from '../../../src/conform/conform.js'
import { rooted } from '../../packetio/rooted.js'
import { temporary } from '../../temporary.js'
import { catalogue } from '../../wrong-builds/catalogue.js'
import { writeSource } from '../../wrong-builds/wrong-build.js'
import { caseFile, datagram, MS, packet } from './cases.js'

const long = datagram('10.0.0.5', 4000, '203.0.113.5', 53, { payload: 1200 })
const short = datagram('10.0.0.5', 4000, '203.0.113.5', 53)
const NAT = { nf: 'nat', topology: 'two-port-veth', config: ['maxFlows=2', 'expiration=3s'], lanes: 1 }

/** Makes the link of an interface that this process has in some namespace shorter, as soon as it is there. */
async function shorten(name: string, mtu: number): Promise<void> {
  for (let times = 0; times < 500; times++) {
    for (const fd of readdirSync('/proc/self/fd')) {
      if (!isNamespace(fd)) continue
      const words = [`--net=/proc/${process.pid}/fd/${fd}`, 'ip', 'link', 'set', name, 'mtu', String(mtu)]
      if (spawnSync('nsenter', words).status === 0) return
    }
    await sleep(20)
  }
  throw new Error(`there is no interface ${name}`)
}

function isNamespace(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('net:')
  } catch {
    // It is closed by now.
    return false
  }
}

rooted(
  'frames that a link loses: the network function is as specified in the simulator, so it is the wire',
  async (t) => {
    const cases = [caseFile('lost', [packet(0, short), packet(0, long, 1500n * MS)])]
    const [result] = await Promise.all([conform({ ...NAT, cases }), shorten('test1', 700)])
    const [failing] = result.conform?.failing ?? []
    t.regex(failing?.summary ?? '', /^expected the packet to leave on port 1, but it was dropped/)
    t.is(failing?.origin?.kind, 'wire', JSON.stringify(failing?.origin))
    t.is(result.exitCode, 1)
  },
  ['ip', 'nsenter'],
)

rooted('what a wrong binary does on ports it does in the simulator too: both lines are named', async (t) => {
  const wrong = catalogue.nat?.find(({ name }) => name === 'udp-checksum-not-updated')
  if (wrong === undefined) throw new Error('there is no such wrong build')
  const binary = writeSource(temporary(), 'nat', wrong)
  const result = await conform({ ...NAT, binary, cases: [caseFile('sum', [packet(0, short)])] })
  const [failing] = result.conform?.failing ?? []
  t.like(failing?.origin, { kind: 'difference', likelier: 'network function' })
  t.regex(failing?.origin?.reason ?? '', /nf\.ts:\d+ \(.*\) and .*spec\.ts:\d+/)
})

rooted(
  'a binary that is wrong only when its clock has gone for long is wrong at that time in the simulator',
  async (t) => {
    const binary = writeSource(temporary(), 'nat', {
      name: 'ends-after-ten-seconds',
      why: '',
      find: '  expiring_map_expire(flows, now - expiration)\n',
      replace: '  if (now > 10000000000) return DROP\n  expiring_map_expire(flows, now - expiration)\n',
    })
    const result = await conform({ ...NAT, binary, cases: [caseFile('late', [packet(0, short)])] })
    const [failing] = result.conform?.failing ?? []
    t.is(failing?.origin?.kind, 'difference', JSON.stringify(failing?.origin))
  },
)
