import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

import { InputError } from '../../src/errors.js'
import { openAfPacket, type PacketPort } from '../../src/packetio/index.js'
import { offeredEnds } from '../../src/wires/index.js'
import { bin, isOneLine, type Ran, vigil } from '../cli/vigil.js'
import { inUserNamespace, rooted, withAfXdp } from '../packetio/rooted.js'
import { temporary } from '../temporary.js'
import { reportIn, seen, send } from './device.js'

interface Started {
  readonly child: ChildProcess
  readonly pid: number
  readonly ended: Promise<Ran>
}

/** `vigil run` with these words, once it offers its ports. */
function started(t: ExecutionContext, words: readonly string[], before: readonly string[] = []): Promise<Started> {
  const cwd = temporary()
  chmodSync(cwd, 0o777)
  const [program = '', ...line] = [...before, process.execPath, bin, 'run', ...words]
  const child = spawn(program, line, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, ...texts })))
  return new Promise((resolve, reject) => {
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (part: Buffer) => {
        texts[stream] += part.toString()
        const pid = /--attach (\d+)\n/.exec(texts[stream])?.[1]
        if (pid !== undefined) resolve({ child, pid: Number(pid), ended })
      })
    }
    child.on('close', () => reject(new Error(texts.stdout + texts.stderr)))
  })
}

async function portsOf(t: ExecutionContext, pid: number): Promise<readonly PacketPort[]> {
  const ends = await offeredEnds(pid)
  const ports = ends.map(({ name, namespace }) => openAfPacket(name, { namespace }))
  t.teardown(() => {
    for (const port of ports) port.close()
    ends[0]?.namespace.close()
  })
  return ports
}

/** 60 bytes of a type that is nobody's. */
function frame(): Uint8Array {
  const made = new Uint8Array(60).fill(7)
  made.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5])
  return made
}

/** Network namespaces that a process holds open besides that it is in. */
function heldBy(pid: number): ReadonlySet<string> {
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
  const own = readlinkSync(`/proc/${pid}/ns/net`)
  return new Set(targets.filter((target) => target.startsWith('net:') && target !== own))
}

rooted('a network function on pairs of its own forwards what comes in at their other ends', async (t) => {
  const { child, pid, ended } = await started(t, ['nop', '--topology', 'two-port-veth'])
  const [left, right] = await portsOf(t, pid)
  if (left === undefined || right === undefined) return t.fail('two ports are offered')
  send(left, frame())
  t.deepEqual(seen(right, 5000), [frame()])
  send(right, frame())
  t.deepEqual(seen(left, 5000), [frame()])
  child.kill('SIGINT')
  t.is((await ended).code, 0)
  const error = await t.throwsAsync(offeredEnds(pid), { instanceOf: InputError })
  t.regex(error.message, /^process \d+ offers no ports/)
})

withAfXdp('a topology says by what back-end the network function has its ports', async (t) => {
  const topology = join(temporary(), 'xdp.yaml')
  const lines = [
    'title: two pairs',
    'ports: { kind: veth, backend: af_xdp }',
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    'inputs: { left: dut.0, right: dut.1 }',
  ]
  writeFileSync(topology, lines.join('\n'))
  const { child, pid, ended } = await started(t, ['nop', '--topology', topology, '--json'])
  const [left, right] = await portsOf(t, pid)
  if (left === undefined || right === undefined) return t.fail('two ports are offered')
  send(left, frame())
  t.deepEqual(seen(right, 5000), [frame()])
  child.kill('SIGINT')
  const { ports } = reportIn(await ended)
  t.deepEqual(
    ports.map(({ backend }) => backend),
    ['af_xdp', 'af_xdp'],
  )
})

for (const [how, signal] of [
  ['killed', 'SIGKILL'],
  ['told to end', 'SIGTERM'],
] as const) {
  rooted(`no namespace is left of a run that is ${how}`, async (t) => {
    const { child, pid, ended } = await started(t, ['nop', '--topology', 'two-port-veth'])
    const held = heldBy(pid)
    t.true(held.size >= 2, 'one for the device, one for the testers')
    child.kill(signal)
    await ended
    // They have no name, so that they are gone with whoever holds them.
    t.false(existsSync(`/proc/${pid}`))
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    t.deepEqual(
      [...held].filter((each) => mounts.includes(each)),
      [],
    )
  })
}

inUserNamespace('who is not root runs it in a user namespace', async (t) => {
  // Somebody without privileges who may read these files, wherever they are.
  const somebody = ['unshare', '--user', '--map-user=1000', '--map-group=1000']
  const { child, pid, ended } = await started(t, ['nop', '--topology', 'two-port-veth'], somebody)
  t.not(
    readlinkSync(`/proc/${pid}/ns/user`),
    readlinkSync('/proc/self/ns/user'),
    'the process that runs it is in one of its own',
  )
  child.kill('SIGTERM')
  t.is((await ended).code, 0)
  t.false(existsSync(`/proc/${pid}`))
})

inUserNamespace('a run in a user namespace ends with the command that started it', async (t) => {
  const { child, pid } = await started(t, ['nop', '--topology', 'two-port-veth', '--rootless'])
  t.not(child.pid, pid)
  child.kill('SIGKILL')
  for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 500; tries++) await new Promise((r) => setTimeout(r, 20))
  t.false(existsSync(`/proc/${pid}`))
})

rooted('a device that is no network function is not run, and what attaches to nothing says so', async (t) => {
  const linux = await vigil(['run', 'bridge', '--topology', 'bridge-linux'])
  t.is(linux.code, 2)
  t.regex(linux.stderr, /bridge-linux\.yaml:6: what is under test here is not a network function/)
  t.true(isOneLine(linux.stderr))
})
