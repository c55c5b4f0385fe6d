import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { InputError } from '../../src/errors.js'
import { generate, profile } from '../../src/generate/index.js'
import { loadNf } from '../../src/nf/index.js'
import { loadSpec, OK, Oracle } from '../../src/oracle/index.js'
import { changeLink, setOffloads } from '../../src/packetio/index.js'
import { runNf } from '../../src/run/index.js'
import { mine, specOf, wasmThatDoes } from '../cli/fixtures.js'
import { vigilHere } from '../cli/here.js'
import { bin, isOneLine, type Ran } from '../cli/vigil.js'
import { rooted } from '../packetio/rooted.js'
import { type Device, device, reportIn, seen, send, start, topologyOf } from './device.js'

/** Of a type that nobody takes for his own. */
function plain(length: number, fill = 1): Uint8Array {
  const frame = new Uint8Array(length).fill(fill)
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5])
  return frame
}

/** An IPv4 packet without options, back to where it came from; sums over it stay right. */
function answerOf(frame: Uint8Array): Uint8Array {
  const answer = frame.slice()
  for (const [one, other, length] of [
    [26, 30, 4],
    [34, 36, 2],
  ] as const) {
    answer.set(frame.subarray(one, one + length), other)
    answer.set(frame.subarray(other, other + length), one)
  }
  return answer
}

/** Milliseconds after which a frame that must come does not any more. */
const PATIENCE = 5000

const needed = ['nsenter']

rooted(
  'a NAT on interfaces does what its specification says, packet for packet',
  async (t) => {
    const dut = device(t)
    const { manifest, config } = await loadNf('nat')
    const spec = await loadSpec(manifest.spec ?? '')
    const oracle = new Oracle({ nf: 'nat', instance: 'dut', spec, config })
    const running = start(t, dut, ['nat', '--topology', 'wired.yaml', '--json'])
    await running.started
    const judge = (port: number, bytes: Uint8Array, now: bigint, output: Uint8Array | undefined): void => {
      const egress = output === undefined ? 0 : 1 << (1 - port)
      const verdict = oracle.judge(port, now, bytes, 0, bytes.length, egress, output ?? bytes, 0, output?.length ?? 0)
      if (verdict !== OK) t.fail(oracle.violation().violation.summary)
    }
    const ports = [dut.ports[0], dut.ports[1], dut.ports[0]] as const
    const both = (port: 0 | 1, frames: readonly Uint8Array[], most: number): Uint8Array[] => {
      for (const frame of frames) send(ports[port], frame)
      return seen(ports[port === 0 ? 1 : 2], PATIENCE, most)
    }
    // One that always passes, and its answer: what leaves before them, or does not, is of the packet before them.
    const [first] = generate({ ...profile('nat'), seed: 99, udp: 1, packets: 1 })
    if (first === undefined) return t.fail()
    const begun = process.hrtime.bigint()
    const [outside] = both(0, [first.bytes], 1)
    if (outside === undefined) return t.fail('nothing passes')
    judge(0, first.bytes, begun, outside)
    const answer = answerOf(outside)
    const before = process.hrtime.bigint()
    const [inside] = both(1, [answer], 1)
    judge(1, answer, before, inside)
    const sentinels = [
      { sent: first.bytes, seen: outside },
      { sent: answer, seen: inside },
    ] as const
    let judged = 2
    for (const { bytes, port } of generate({ ...profile('nat'), packets: 300 })) {
      // Neither a packet socket nor the link carries others.
      if (bytes.length < 14 || bytes.length > 1514) continue
      const from = port === 0 ? 0 : 1
      const sentinel = sentinels[from]
      const now = process.hrtime.bigint()
      const [one, other] = [...both(from, [bytes, sentinel.sent], 1), undefined]
      const isDropped = one !== undefined && sentinel.seen !== undefined && Buffer.compare(one, sentinel.seen) === 0
      const last = isDropped ? one : seen(ports[from === 0 ? 1 : 2], PATIENCE)[0]
      judge(from, bytes, now, isDropped ? other : one)
      judge(from, sentinel.sent, now, last)
      judged += 2
    }
    t.true(oracle.tally.rewritten > 50 && oracle.tally.dropped > 5)
    running.child.kill('SIGTERM')
    const ended = await running.ended
    t.is(ended.code, 0, ended.stderr)
    t.like(reportIn(ended), {
      nf: 'nat',
      exitCode: 0,
      counts: { processed: judged, forwarded: oracle.tally.rewritten, dropped: oracle.tally.dropped, meaningless: 0 },
    })
  },
  needed,
)

rooted(
  'every frame of a long burst is processed once, waiting or polling, and counted at each port',
  async (t) => {
    for (const poll of ['wait', 'busy']) {
      const dut = device(t)
      const running = start(t, dut, ['nop', '--topology', 'wired.yaml', '--poll', poll, '--json'])
      await running.started
      const total = 5000
      let got = 0
      for (let sent = 0; sent < total; ) {
        for (let i = 0; i < 100; i++, sent++) send(dut.ports[0], plain(60, sent))
        got += seen(dut.ports[1], PATIENCE, 100).length
      }
      t.is(got, total)
      running.child.kill('SIGINT')
      const ended = await running.ended
      t.is(ended.code, 0, ended.stderr)
      t.like(reportIn(ended), {
        polling: poll,
        counts: { processed: total, forwarded: total, flooded: 0, unsent: 0 },
        ports: [
          { interface: 'eth1', backend: 'af_packet', received: total, sent: 0, lost: 0 },
          { interface: 'eth2', backend: 'af_packet', received: 0, sent: total, lost: 0 },
        ],
      })
    }
  },
  needed,
)

rooted(
  'a run ends when its time is over, and says what was done',
  async (t) => {
    const dut = device(t)
    const ended = await start(t, dut, ['nop', '--topology', 'wired.yaml', '--duration', '0.3']).ended
    t.is(ended.code, 0, ended.stderr)
    t.regex(ended.stdout, /^running on eth1, eth2\nnop: 0 frames in 0\.3\d* s: forwarded 0, flooded 0, dropped 0\n/)
    t.regex(ended.stdout, /^ {2}port 1 {2}eth2 {2}received 0 {2}sent 0 {2}lost 0$/m)
  },
  needed,
)

rooted(
  'frames that are too long for the link they should leave by are left out and counted; others go on',
  async (t) => {
    const dut = device(t, [1500, 1000])
    const running = start(t, dut, ['nop', '--topology', 'wired.yaml', '--json'])
    await running.started
    for (const length of [200, 1200, 201]) send(dut.ports[0], plain(length))
    t.deepEqual(
      seen(dut.ports[1], PATIENCE, 2).map(({ length }) => length),
      [200, 201],
    )
    running.child.kill('SIGINT')
    t.like(reportIn(await running.ended), { exitCode: 0, counts: { processed: 3, forwarded: 3, tooLong: 1 } })
  },
  needed,
)

/** `nfs/mine` answers as the module does. */
async function runMine(dut: Device, run: (words: readonly string[]) => ReturnType<typeof start>): Promise<Ran> {
  const running = run(['mine', '--topology', 'wired.yaml', '--json', '--duration', '3'])
  await running.started
  send(dut.ports[0], plain(60))
  return running.ended
}

rooted(
  'a network function that traps ends the run with what it said and what was done before',
  async (t) => {
    const dut = device(t)
    mine(dut.cwd, specOf('return drop()'), wasmThatDoes('trap'))
    const ended = await runMine(dut, (words) => start(t, dut, words))
    t.is(ended.code, 1)
    t.regex(ended.stderr, /^vigil: mine trapped: unreachable$/m)
    t.like(reportIn(ended), {
      exitCode: 1,
      cause: 'mine trapped: unreachable',
      ports: [{ received: 1 }, { received: 0 }],
    })
  },
  needed,
)

rooted(
  'answers that name no port are counted, and are a violation',
  async (t) => {
    const dut = device(t)
    mine(dut.cwd, specOf('return drop()'), wasmThatDoes('sink'))
    const ended = await runMine(dut, (words) => start(t, dut, words))
    t.is(ended.code, 1)
    t.like(reportIn(ended), { counts: { processed: 1, forwarded: 0, meaningless: 1 } })
    t.regex(ended.stderr, /^ {2}1 answers without a meaning$/m)
  },
  needed,
)

for (const poll of ['wait', 'busy']) {
  rooted(
    `a link that is lost ends the run with exit code 3 and what was done before (${poll})`,
    async (t) => {
      const dut = device(t)
      const words = ['nop', '--topology', 'wired.yaml', '--json', '--poll', poll, '--duration', '15']
      const running = start(t, dut, words)
      await running.started
      send(dut.ports[0], plain(60))
      t.is(seen(dut.ports[1], PATIENCE).length, 1)
      changeLink(dut.namespace, 'eth1', { isUp: false })
      const ended = await running.ended
      t.is(ended.code, 3)
      t.regex(ended.stderr, /^vigil: waiting for a port: Network is down/m)
      t.like(reportIn(ended), { exitCode: 3, counts: { processed: 1 } })
    },
    needed,
  )
}

rooted(
  'what this machine uses itself, what is used already and what is not fit is refused in one line with its place',
  async (t) => {
    const dut = device(t)
    const inside = (...words: string[]): void => {
      execFileSync('nsenter', [`--net=${dut.namespace.path}`, ...words])
    }
    const refused = async (topology: string, message: RegExp, code = 2): Promise<void> => {
      writeFileSync(join(dut.cwd, 'other.yaml'), topology)
      const ended = await start(t, dut, ['nop', '--topology', 'other.yaml', '--duration', '0.2']).ended
      t.is(ended.code, code, ended.stdout)
      t.true(isOneLine(ended.stderr), ended.stderr)
      t.regex(ended.stderr, message)
      t.is(ended.stdout, '')
    }
    /** By what the topology says alone, wherever its interfaces are. */
    const refusedHere = async (topology: string, message: RegExp): Promise<void> => {
      writeFileSync(join(dut.cwd, 'other.yaml'), topology)
      const ended = await vigilHere(['run', 'nop', '--topology', 'other.yaml', '--duration', '0.2'], dut.cwd)
      t.is(ended.code, 2, ended.stdout)
      t.true(isOneLine(ended.stderr), ended.stderr)
      t.regex(ended.stderr, message)
      t.is(ended.stdout, '')
    }
    const both = topologyOf('{ dut.0: eth1, dut.1: eth2 }')
    await refused(topologyOf('{ dut.0: eth1, dut.1: eth9 }'), /other\.yaml:4: .*eth9: No such device/)
    await refused(topologyOf('{ dut.0: eth1, dut.1: lo }'), /other\.yaml:4: interface lo is the loopback/)
    await refusedHere(topologyOf('{ dut.0: eth1, dut.1: eth1 }'), /other\.yaml:4: interface 'eth1' is two ports/)
    await refusedHere(topologyOf('{ dut.0: eth1 }'), /other\.yaml:4: 'dut\.1' has no interface/)
    await refusedHere(topologyOf('{ dut.0: eth1, dut.1: eth2, dut.2: eth3 }'), /there is no port dut\.2: it has 2/)
    await refusedHere(topologyOf('{ dut.0: eth1, dus.1: eth2 }'), /other\.yaml:4: there is no node 'dus'/)
    setOffloads(dut.namespace, 'eth2', ['generic-receive'])
    await refused(both, /other\.yaml:4: interface eth2 joins segments \(ethtool -K eth2 gro off\)/)
    setOffloads(dut.namespace, 'eth2', [])
    inside('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'eth1')
    await refused(both, /other\.yaml:4: interface eth1 carries the address 192\.0\.2\.1 \(name it under ports\.allow/)
    writeFileSync(join(dut.cwd, 'other.yaml'), topologyOf('{ dut.0: eth1, dut.1: eth2 }', 'allow: [eth1]'))
    t.is((await start(t, dut, ['nop', '--topology', 'other.yaml', '--duration', '0.1']).ended).code, 0)
    inside('ip', 'address', 'flush', 'dev', 'eth1')
    inside('ip', 'route', 'add', 'default', 'dev', 'eth1')
    await refused(both, /interface eth1 has the default route/)
    inside('ip', 'route', 'flush', 'dev', 'eth1')
    const running = start(t, dut, ['nop', '--topology', 'wired.yaml'])
    await running.started
    await refused(both, /other\.yaml:4: interface eth1 is used by another run/)
    running.child.kill('SIGKILL')
    await running.ended
    t.is(
      (await start(t, dut, ['nop', '--topology', 'wired.yaml', '--duration', '0.1']).ended).code,
      0,
      'the lock is gone',
    )
    changeLink(dut.namespace, 'eth2', { isUp: false })
    await refused(both, /interface eth2 is down \(ip link set eth2 up\)/)
  },
  ['nsenter', 'ip'],
)

rooted(
  'what cannot be run is refused in one line',
  async (t) => {
    const dut = device(t)
    mkdirSync(join(dut.cwd, 'empty'))
    const lines: readonly (readonly [readonly string[], RegExp])[] = [
      [['nop', '--topology', 'two-port'], /two-port\.yaml: the ports of topology two-port are simulated/],
      [['--topology', 'wired.yaml'], /leaves the network function open/],
      [['nop'], /required option '--topology <file>'/],
      [['nop', '--topology', 'wired.yaml', '--duration', 'soon'], /--duration "soon" \(such as 10, 10s or 5m\)/],
      [['nop', '--topology', 'wired.yaml', '--duration', '0'], /--duration "0"/],
      [['nop', '--topology', 'wired.yaml', '--poll', 'never'], /--poll "never" \(wait or busy\)/],
      [['nop', '--topology', 'wired.yaml', '--burst', '257'], /--burst "257"/],
    ]
    for (const [words, message] of lines) {
      const ended = await vigilHere(['run', ...words], dut.cwd)
      t.is(ended.code, 2, ended.stdout)
      t.true(isOneLine(ended.stderr), ended.stderr)
      t.regex(ended.stderr, message)
    }
  },
  needed,
)

rooted(
  'without privileges, what was refused and what it takes is said, with exit code 3',
  (t) => {
    const dut = device(t)
    const words = ['run', 'nop', '--topology', 'wired.yaml', '--duration', '0.1']
    const powerless = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all', process.execPath, bin, ...words]
    const ended = spawnSync('nsenter', [`--net=${dut.namespace.path}`, ...powerless], {
      cwd: dut.cwd,
      encoding: 'utf8',
    })
    t.is(ended.status, 3, ended.stderr)
    t.true(isOneLine(ended.stderr), ended.stderr)
    t.regex(
      ended.stderr,
      /^vigil: \S+wired\.yaml:4: opening a packet socket: Operation not permitted \(needs CAP_NET_ADMIN/,
    )
  },
  ['nsenter', 'setpriv'],
)

rooted('a burst that no network function can be given is refused', async (t) => {
  for (const burst of [0, 257, 1.5]) {
    await t.throwsAsync(runNf({ topology: 'two-nics', nf: 'nop', burst }), { instanceOf: InputError, message: /burst/ })
  }
})
