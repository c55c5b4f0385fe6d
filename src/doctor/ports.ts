/** What real ports need: shown by a frame that goes from one to another, in namespaces that are gone afterwards. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

import { addonFile, Burst, createVeth, NetworkNamespace, openAfPacket, waitForFrames } from '../packetio/index.js'
import { absent, type Finding, missing, ok, reason, type Section, section } from './check.js'

const TITLE = 'Ports of this machine (af_packet, for vigil run)'
/** The shortest frame, without its check sequence. */
const LEAST = 60

export function ports(): Section {
  if (process.platform !== 'linux') return section(TITLE, [missing('Linux', process.platform, 'ports are Linux only')])
  if (!existsSync(addonFile)) {
    const hint = 'Debian: apt install gcc libc6-dev, then npm run build'
    return section(TITLE, [missing('addon', 'not built', hint), userNamespaces()])
  }
  return section(TITLE, [ok('addon', 'built'), frameOnWire(), userNamespaces()])
}

function frameOnWire(): Finding {
  const name = 'veth pair'
  try {
    return isCarried()
      ? ok(name, 'carries a frame from one namespace to another')
      : missing(name, 'a frame that was sent did not arrive', 'please report it, with the kernel that uname -r tells')
  } catch (error) {
    return missing(name, reason(error), 'run vigil as root')
  }
}

function isCarried(): boolean {
  const ends = ['a', 'b'].map((name) => ({ name, namespace: NetworkNamespace.create() }))
  const [one, other] = ends
  if (one === undefined || other === undefined) return false
  try {
    createVeth(one, other)
    const [from, to] = [one, other].map(({ name, namespace }) => openAfPacket(name, { namespace, ringBytes: 1 << 19 }))
    if (from === undefined || to === undefined) return false
    try {
      const burst = new Burst(1, LEAST)
      burst.bytes.fill(0xff, 0, 6)
      burst.set(0, 0, LEAST)
      return from.send(burst, 0, 1) === 1 && waitForFrames([to], 1000) === 1 && to.receive(burst) === 1
    } finally {
      from.close()
      to.close()
    }
  } finally {
    for (const { namespace } of ends) namespace.close()
  }
}

/** Namespaces without root: a user namespace in which one is root. */
function userNamespaces(): Finding {
  const name = 'user namespaces'
  const { status, error } = spawnSync('unshare', ['--user', '--map-root-user', '--net', 'true'], { stdio: 'ignore' })
  if (status === 0) return ok(name, 'an unprivileged user may make network namespaces')
  const seen = error === undefined ? 'refused' : 'there is no program unshare'
  return absent(name, seen, 'sysctl kernel.unprivileged_userns_clone and user.max_user_namespaces say why')
}
