import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'

import { profile, writeTrace } from '../../src/generate/index.js'
import { processId } from '../../src/leftovers/index.js'
import { createVeth, NetworkNamespace } from '../../src/packetio/index.js'
import type { NfResult, RunResult } from '../../src/result/index.js'
import { bin, type Ran } from '../cli/vigil.js'
import { rooted } from '../packetio/rooted.js'
import { temporary } from '../temporary.js'

/** Two namespaces in place of two machines, eth1 and eth2 of one cabled to those of the other. */
function machines(t: ExecutionContext): readonly [NetworkNamespace, NetworkNamespace] {
  const both = [NetworkNamespace.create(), NetworkNamespace.create()] as const
  t.teardown(() => {
    for (const each of both) each.close()
  })
  for (const name of ['eth1', 'eth2']) {
    createVeth({ namespace: both[0], name }, { namespace: both[1], name })
  }
  return both
}

/** A folder with a trace, and a program `ssh` that runs its command on the device, where `vigil` is a program too. */
function place(device: NetworkNamespace): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  const cwd = temporary()
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nat'), packets: 300 })
  const programs = join(cwd, 'bin')
  mkdirSync(programs)
  const write = (name: string, text: string): void => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(programs, name), 0o755)
  }
  write('vigil', `exec '${process.execPath}' '${bin}' "$@"`)
  write('ssh', `exec nsenter --net=${device.path} sh -c "$2"`)
  return { cwd, env: { ...process.env, PATH: `${programs}:${process.env.PATH}` } }
}

function replayed(
  t: ExecutionContext,
  tester: NetworkNamespace,
  topology: string,
  options: ReturnType<typeof place>,
): Promise<Ran> {
  const words = ['replay', 'trace.pcap', '--nf', 'nat', '--topology', topology, '--speed', 'max', '--json']
  const child = spawn('nsenter', [`--net=${tester.path}`, 'vigil', ...words], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (part: Buffer) => {
      texts[stream] += part.toString()
    })
  }
  return new Promise((done) => child.on('close', (code) => done({ code, ...texts })))
}

function holds(t: ExecutionContext, ran: Ran, device: 'external' | 'command'): void {
  t.is(ran.code, 0, ran.stderr)
  const result: RunResult<NfResult> = JSON.parse(ran.stdout)
  t.true((result.nfs[0]?.packetsChecked ?? 0) > 290)
  t.is(result.replay?.real?.device, device)
  t.deepEqual(result.replay?.real?.notExercised, [
    'network cards: interfaces were tried as veth pairs only',
    'a device on another machine',
  ])
}

rooted(
  'one machine tests what another one runs',
  async (t) => {
    const [device, tester] = machines(t)
    const options = place(device)
    const words = [`--net=${device.path}`, 'vigil', 'run', 'nat', '--topology', 'two-nics']
    const running = spawn('nsenter', words, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => running.kill('SIGKILL'))
    await new Promise((said) => running.stdout.once('data', said))
    holds(t, await replayed(t, tester, 'two-machines', options), 'external')
    running.kill('SIGTERM')
  },
  ['nsenter'],
)

rooted(
  'the commands that the topology tells start a device over ssh, and end it',
  async (t) => {
    const [device, tester] = machines(t)
    const options = place(device)
    // As a reader would: the commented lines in place of the device.
    const lines = readFileSync('topologies/two-machines.yaml', 'utf8').split('\n')
    const [from, to] = [lines.indexOf('#   kind: command'), lines.findIndex((line) => line.startsWith('title:'))]
    const commands = lines.slice(from, to).map((line) => line.slice(2))
    const text = lines.map((line) => (line.startsWith('device:') ? ['device:', ...commands].join('\n') : line))
    writeFileSync(join(options.cwd, 'over-ssh.yaml'), text.join('\n'))
    holds(t, await replayed(t, tester, 'over-ssh.yaml', options), 'command')
    const pid = Number(readFileSync(join(options.cwd, 'run.pid'), 'utf8'))
    for (let i = 0; i < 100 && processId(pid) !== undefined; i++) await setTimeout(50)
    t.is(processId(pid), undefined)
    t.regex(readFileSync(join(options.cwd, 'run.log'), 'utf8'), /nat: \d+ frames/)
  },
  ['nsenter'],
)
