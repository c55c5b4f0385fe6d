import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

import { createVeth, NetworkNamespace } from '../../../src/packetio/index.js'
import type { RunResult, StressedNf } from '../../../src/result/index.js'
import { bin, type Ran } from '../../cli/vigil.js'
import { rooted, inside as said } from '../../packetio/rooted.js'
import { topologyOf } from '../../run/device.js'
import { temporary } from '../../temporary.js'

/** A command in a network namespace, once it says something that matches. */
function inside(t: ExecutionContext, { path }: NetworkNamespace, words: readonly string[], cwd: string) {
  const child = spawn('nsenter', [`--net=${path}`, process.execPath, bin, ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  const said = new Promise<void>((resolve) => {
    child.stdout.on('data', (part: Buffer) => {
      texts.stdout += part.toString()
      resolve()
    })
  })
  child.stderr.on('data', (part: Buffer) => {
    texts.stderr += part.toString()
  })
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, ...texts })))
  return { child, said, ended }
}

rooted(
  'a device that is cabled to interfaces of this machine is loaded through them',
  async (t) => {
    const [device, testers] = [NetworkNamespace.create(), NetworkNamespace.create()]
    t.teardown(() => {
      for (const each of [device, testers]) each.close()
    })
    for (const i of [1, 2]) {
      createVeth({ namespace: testers, name: `t${i}` }, { namespace: device, name: `eth${i}` })
    }
    const cwd = temporary()
    writeFileSync(join(cwd, 'device.yaml'), topologyOf('{ dut.0: eth1, dut.1: eth2 }'))
    const cabled = topologyOf('{ dut.0: t1, dut.1: t2 }')
    writeFileSync(join(cwd, 'tester.yaml'), `${cabled}device: { kind: external }\n`)
    const running = inside(t, device, ['run', 'nat', '--topology', 'device.yaml'], cwd)
    await running.said
    const words = [
      'stress',
      'nat',
      '--topology',
      'tester.yaml',
      '--test',
      'frame-loss,capacity',
      '--sizes',
      '64',
      '--json',
    ]
    const gentle = ['--rate-cap', '2000', '--duration', '0.1', '--repeat', '1', '--flows', '20']
    const { code, stdout, stderr } = await inside(t, testers, [...words, ...gentle], cwd).ended
    running.child.kill('SIGTERM')
    // Its table cannot be emptied from here.
    t.is(code, 4, stderr)
    const result: RunResult<StressedNf> = JSON.parse(stdout)
    const [loss, capacity] = result.nfs[0]?.tests ?? []
    t.true(loss?.isComplete)
    t.true((loss?.trials[0]?.received ?? 0) > 0)
    t.regex(capacity?.cause ?? '', /cannot be emptied/)
    t.like(result.nfs[0], { device: 'external', framesCorrupt: 0, framesMisdirected: 0 })
    t.deepEqual(
      result.nfs[0]?.ports.map((port) => port.interface),
      ['t1', 't2'],
    )
  },
  ['nsenter'],
)

rooted(
  'a router is loaded by raw IP through interfaces that have addresses, once the topology allows them',
  async (t) => {
    const [device, testers] = [NetworkNamespace.create(), NetworkNamespace.create()]
    t.teardown(() => {
      for (const each of [device, testers]) each.close()
    })
    device.write('/proc/sys/net/ipv4/ip_forward', '1')
    testers.write('/proc/sys/net/ipv4/ip_forward', '0')
    for (const i of [1, 2]) {
      createVeth({ namespace: testers, name: `t${i}` }, { namespace: device, name: `eth${i}` })
      said(device, 'ip', 'addr', 'add', `10.0.${i}.1/30`, 'dev', `eth${i}`)
      said(device, 'ip', 'route', 'add', `198.${17 + i}.0.0/16`, 'via', `10.0.${i}.2`)
      said(testers, 'ip', 'addr', 'add', `10.0.${i}.2/30`, 'dev', `t${i}`)
      said(testers, 'ip', 'route', 'add', `198.${20 - i}.0.0/16`, 'via', `10.0.${i}.1`)
    }
    const cwd = temporary()
    const text = topologyOf('{ dut.0: t1, dut.1: t2 }').replace(
      'kind: interfaces',
      'kind: interfaces\n  backend: raw_ip',
    )
    writeFileSync(join(cwd, 'refused.yaml'), `${text}device: { kind: external }\n`)
    const allowed = text.replace('raw_ip', 'raw_ip\n  allow: [t1, t2]')
    writeFileSync(join(cwd, 'tester.yaml'), `${allowed}device: { kind: external }\n`)
    const words = (topology: string): string[] => [
      ...['stress', 'nop', '--topology', topology, '--no-judge', '--test', 'frame-loss', '--sizes', '64', '--json'],
      ...['--rate-cap', '2000', '--duration', '0.1', '--repeat', '1', '--flows', '20'],
    ]
    const refused = await inside(t, testers, words('refused.yaml'), cwd).ended
    t.is(refused.code, 2)
    t.regex(refused.stderr, /interface t1 carries the address 10\.0\.1\.2 \(name it under ports\.allow/)
    const { code, stdout, stderr } = await inside(t, testers, words('tester.yaml'), cwd).ended
    t.is(code, 0, stderr)
    const result: RunResult<StressedNf> = JSON.parse(stdout)
    const [trial] = result.nfs[0]?.tests[0]?.trials ?? []
    t.true((trial?.sent ?? 0) > 0)
    t.is(trial?.received, trial?.sent)
    t.deepEqual(
      result.nfs[0]?.ports.map((port) => [port.interface, port.backend]),
      [
        ['t1', 'raw_ip'],
        ['t2', 'raw_ip'],
      ],
    )
  },
  ['nsenter', 'ip'],
)
