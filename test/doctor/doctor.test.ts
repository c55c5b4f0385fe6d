import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { diagnose, type Finding } from '../../src/doctor/index.js'
import { bin, vigil } from '../cli/vigil.js'
import { rooted, withAfXdp } from '../packetio/rooted.js'
import { withDpdk } from '../packetio/with-dpdk.js'
import { temporary } from '../temporary.js'

function all(sections: readonly { readonly findings: readonly Finding[] }[]): readonly Finding[] {
  return sections.flatMap(({ findings }) => findings)
}

let sought: ReturnType<typeof diagnose> | undefined

/** Found once for all tests: each of them looks at a part of it. */
function diagnosed(): ReturnType<typeof diagnose> {
  sought ??= diagnose()
  return sought
}

test('where proofs and the simulator work, the exit code is 0 and each thing that was tried is a line', async (t) => {
  const { code, stdout, stderr } = await vigil(['doctor'])
  t.is(code, 0, stderr)
  t.regex(stdout, /^vigil \d+\.\d+\.\d+, Node v\d+/)
  t.regex(stdout, /^ {2}✓ {2}network functions +nop runs, with 2 ports$/m)
  t.regex(stdout, /^ {2}✓ {2}z3-embedded +answers$/m)
  t.regex(stdout, /^ {2}[✓-] {2}cvc5 +\S/m)
})

test('--json prints the same as data', async (t) => {
  const { code, stdout } = await vigil(['doctor', '--json'])
  const printed: unknown = JSON.parse(stdout)
  const { exitCode, sections } = await diagnosed()
  t.is(code, exitCode)
  t.like(printed, { tool: 'vigil', exitCode, sections: sections.map(({ title, isReady }) => ({ title, isReady })) })
})

test('what is missing comes with what to do about it', async (t) => {
  const { sections } = await diagnosed()
  for (const { state, hint } of all(sections)) t.is(state === 'ok', hint === undefined)
})

rooted('ports are shown to work by a frame that arrives', async (t) => {
  const found = all((await diagnosed()).sections).find(({ name }) => name === 'veth pair')
  t.like(found, { state: 'ok', detail: 'carries a frame from one namespace to another' })
})

rooted('so is raw IP, by a datagram of each version', async (t) => {
  const found = all((await diagnosed()).sections).find(({ name }) => name === 'raw IP')
  t.like(found, { state: 'ok', detail: 'carries datagrams of IPv4 and IPv6 from one namespace to another' })
})

rooted('whether bridges filter VLANs is tried', async (t) => {
  const found = all((await diagnosed()).sections).find(({ name }) => name === 'VLANs of bridges')
  const tried = spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'b', 'type', 'bridge', 'vlan_filtering', '1'])
  t.is(found?.state, tried.status === 0 ? 'ok' : 'absent')
  if (tried.status !== 0) t.regex(found?.hint ?? '', /a kernel with CONFIG_BRIDGE_VLAN_FILTERING, as Debian has/)
})

withAfXdp('so is AF_XDP, in the mode that the device has', async (t) => {
  const found = all((await diagnosed()).sections).find(({ name }) => name === 'AF_XDP')
  t.like(found, { state: 'ok', detail: 'carries a frame over a veth pair (copy, driver XDP)' })
})

withDpdk('DPDK is shown to work by a frame that arrives, and cards are not said to work', async (t) => {
  const found = all((await diagnosed()).sections)
  const named = (wanted: string): Finding | undefined => found.find(({ name }) => name === wanted)
  t.like(named('DPDK'), { state: 'ok' })
  t.like(named('rings'), { state: 'ok', detail: 'a pair of them carries a frame, without huge pages' })
  t.regex(named('huge pages')?.detail ?? '', /^(\d+ MB are free|none is free)$/)
  t.like(named('network cards'), { state: 'absent' })
})

rooted(
  'without privileges, ports are missing, with the operation that was refused, and all else is as before',
  (t) => {
    const powerless = ['--bounding-set', '-all', '--inh-caps', '-all', process.execPath, bin, 'doctor']
    // What runs leave is looked for in folders that may be another user's alone.
    const XDG_RUNTIME_DIR = temporary()
    mkdirSync(join(XDG_RUNTIME_DIR, 'dpdk'), { mode: 0o700 })
    chownSync(join(XDG_RUNTIME_DIR, 'dpdk'), 65534, 65534)
    const text = execFileSync('setpriv', powerless, { encoding: 'utf8', env: { ...process.env, XDG_RUNTIME_DIR } })
    t.regex(
      text,
      /^ {2}✗ {2}veth pair +making a network namespace: Operation not permitted \(.*\): run vigil as root$/m,
    )
    t.regex(text, /^ {2}✓ {2}z3-embedded/m)
  },
  ['setpriv'],
)
