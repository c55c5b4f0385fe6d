import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'

import { openCapture } from '../../src/capture/index.js'
import { profile, writeTrace } from '../../src/generate/index.js'
import { createVeth, freeHugePages, NetworkNamespace } from '../../src/packetio/index.js'
import type { NfResult, RunResult, StressedNf } from '../../src/result/index.js'
import { readAll } from '../capture/build.js'
import { vigilHere } from '../cli/here.js'
import { bin, isOneLine, type Ran, vigil } from '../cli/vigil.js'
import { leftBehind } from '../packetio/left-behind.js'
import { withDpdk, withRootedDpdk } from '../packetio/with-dpdk.js'
import { temporary } from '../temporary.js'
import { reportIn } from './device.js'

/** A topology of one network function with two ports on these devices. */
function topologyIn(cwd: string, name: string, devices: readonly [string, string], more = ''): void {
  const text = [
    'title: two devices',
    'ports:',
    '  kind: dpdk',
    '  devices:',
    `    dut.0: ${devices[0]}`,
    `    dut.1: ${devices[1]}`,
    ...(more === '' ? [] : [more]),
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    'inputs: { left: dut.0, right: dut.1 }',
    '',
  ]
  writeFileSync(join(cwd, name), text.join('\n'))
}

withDpdk('a network function runs between captures', async (t) => {
  const cwd = temporary()
  const trace = resolve('traces/nat-web.pcap')
  const outputs = [join(cwd, 'left.pcap'), join(cwd, 'right.pcap')] as const
  topologyIn(cwd, 'captures.yaml', [`net_pcap0,rx_pcap=${trace},tx_pcap=${outputs[0]}`, `net_null0,no-rx=1`])
  const ran = await vigil(['run', 'nop', '--topology', 'captures.yaml', '--duration', '1', '--json'], cwd)
  t.is(ran.code, 0, ran.stderr)
  const { counts, ports, notExercised } = reportIn(ran)
  const { frames } = await readAll(openCapture(trace))
  t.like(counts, { processed: frames.length, forwarded: frames.length, unsent: 0 })
  t.like(ports[0], { interface: 'net_pcap0', backend: 'dpdk', received: frames.length, sent: 0, lost: 0 })
  t.like(ports[1], { interface: 'net_null0', sent: frames.length })
  t.deepEqual(notExercised, [])
})

/** `vigil run` with these words, once it runs. */
async function running(t: ExecutionContext, words: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [bin, 'run', ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  const ended = new Promise<Ran>((done) => child.on('close', (code) => done({ code, ...texts })))
  await new Promise<void>((started, failed) => {
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (part: Buffer) => {
        texts[stream] += part.toString()
        if (texts[stream].includes('running on')) started()
      })
    }
    child.on('close', () => failed(new Error(texts.stdout + texts.stderr)))
  })
  return { child, ended }
}

/** Two pairs of devices that are each other's wire, of two processes. */
function memif(cwd: string): void {
  const devices = (role: string): readonly [string, string] => {
    const words = `role=${role},socket=vigil-test-${process.pid}`
    return [`net_memif0,${words},id=0`, `net_memif1,${words},id=1`]
  }
  topologyIn(cwd, 'device.yaml', devices('server'))
  topologyIn(cwd, 'tester.yaml', devices('client'), 'device: { kind: external }')
}

withDpdk('what one process runs, another one tests over shared memory, as often as it likes', async (t) => {
  const cwd = temporary()
  memif(cwd)
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 300 })
  const { child, ended } = await running(t, ['nop', '--topology', 'device.yaml', '--json'], cwd)
  for (let i = 0; i < 2; i++) {
    const words = ['replay', 'trace.pcap', '--nf', 'nop', '--topology', 'tester.yaml', '--speed', 'max', '--json']
    const ran = await vigil(words, cwd)
    t.is(ran.code, 0, ran.stderr)
    const result: RunResult<NfResult> = JSON.parse(ran.stdout)
    t.deepEqual(result.replay?.real?.lost, { before: 0, after: 0, excusedBefore: 0, excusedAfter: 0 })
    t.like(result.replay?.real, { device: 'external', notExercised: [] })
    t.true((result.nfs[0]?.packetsChecked ?? 0) > 290)
  }
  const gentle = ['--rate-cap', '2000', '--duration', '0.1', '--repeat', '1', '--flows', '20', '--sizes', '64']
  const words = ['stress', 'nop', '--topology', 'tester.yaml', '--test', 'frame-loss', ...gentle, '--json']
  const ran = await vigil(words, cwd)
  t.is(ran.code, 0, ran.stderr)
  const result: RunResult<StressedNf> = JSON.parse(ran.stdout)
  t.true((result.nfs[0]?.tests[0]?.trials[0]?.received ?? 0) > 0)
  child.kill('SIGTERM')
  const report = reportIn(await ended)
  t.true(report.counts.processed > 600)
  t.deepEqual(leftBehind(child.pid), [])
})

withDpdk('a peer that ends is told, and what was judged until then is kept', async (t) => {
  const cwd = temporary()
  memif(cwd)
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 4000 })
  const { child, ended } = await running(t, ['nop', '--topology', 'device.yaml'], cwd)
  const words = ['replay', 'trace.pcap', '--nf', 'nop', '--topology', 'tester.yaml', '--pps', '100', '--json']
  const replaying = spawn(process.execPath, [bin, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => replaying.kill('SIGKILL'))
  let stdout = ''
  replaying.stdout.on('data', (part: Buffer) => {
    stdout += part.toString()
  })
  // Its plan, before it starts DPDK.
  await once(replaying.stderr, 'data')
  await setTimeout(4000)
  const closed = once(replaying, 'close')
  child.kill('SIGKILL')
  await ended
  t.deepEqual(leftBehind(child.pid), [])
  const [code] = await closed
  t.is(code, 3)
  const result: RunResult<NfResult> = JSON.parse(stdout)
  t.regex(result.cause ?? '', /the link at port \d was lost: net_memif\d is down/)
  t.true((result.nfs[0]?.packetsChecked ?? 0) > 0)
})

withDpdk('a peer that is not there is told', async (t) => {
  const cwd = temporary()
  memif(cwd)
  writeTrace(join(cwd, 'trace.pcap'), { ...profile('nop'), packets: 10 })
  const words = ['replay', 'trace.pcap', '--nf', 'nop', '--topology', 'tester.yaml']
  const client = await vigil(words, cwd)
  t.is(client.code, 3)
  t.true(isOneLine(client.stderr), client.stderr)
  t.regex(client.stderr, /tester\.yaml:5: opening net_memif0: .*Failed to connect socket/)
  const text = readFileSync(join(cwd, 'tester.yaml'), 'utf8')
  writeFileSync(join(cwd, 'tester.yaml'), text.replaceAll('role=client', 'role=server'))
  const server = await vigil(words, cwd)
  t.is(server.code, 3)
  t.true(isOneLine(server.stderr), server.stderr)
  t.regex(server.stderr, /tester\.yaml:5: the link of net_memif0 does not come up \(connect its cable, or start what/)
})

withRootedDpdk(
  'an interface that DPDK is to use through the kernel is one that this machine does not need',
  async (t) => {
    const cwd = temporary()
    topologyIn(cwd, 'lo.yaml', ['net_af_packet0,iface=lo', 'net_null0'])
    const ran = await vigilHere(['run', 'nop', '--topology', 'lo.yaml', '--duration', '1'], cwd)
    t.is(ran.code, 2)
    t.true(isOneLine(ran.stderr), ran.stderr)
    t.regex(ran.stderr, /lo\.yaml:5: interface lo is the loopback of this machine \(name it under ports\.allow/)
  },
)

withRootedDpdk(
  'an interface is used by one run at a time, by whatever way',
  async (t) => {
    const namespace = NetworkNamespace.create()
    t.teardown(() => namespace.close())
    createVeth({ namespace, name: 'eth1' }, { namespace, name: 'peer' })
    const cwd = temporary()
    topologyIn(cwd, 'one.yaml', ['net_af_packet0,iface=eth1', 'net_null0,no-rx=1'])
    const inside = ['nsenter', `--net=${namespace.path}`, process.execPath, bin, 'run', 'nop', '--topology', 'one.yaml']
    const [program = '', ...words] = inside
    const one = spawn(program, [...words, '--duration', '30'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    t.teardown(() => one.kill('SIGKILL'))
    await once(one.stdout, 'data')
    const other = spawn(program, [...words, '--duration', '1'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    other.stderr.on('data', (part: Buffer) => {
      said += part.toString()
    })
    const [code] = await once(other, 'close')
    t.is(code, 2)
    t.regex(said, /one\.yaml:5: interface eth1 is used by another run/)
  },
  ['nsenter'],
)

/** The address of one that the kernel drives, if this machine has any. */
function drivenCard(): string | undefined {
  const folder = '/sys/bus/pci/devices'
  const all = existsSync(folder) ? readdirSync(folder) : []
  return all.find((each) => {
    const driver = join(folder, each, 'driver')
    return existsSync(driver) && !/vfio|uio|mlx|mana/.test(basename(readlinkSync(driver)))
  })
}

/** Whether DPDK is started before: once in a process, which is then one of its own. */
type When = 'before DPDK' | 'by DPDK'

async function refused(t: ExecutionContext, when: When, device: string, more: string, exitCode: number, what: RegExp) {
  const cwd = temporary()
  topologyIn(cwd, 'wrong.yaml', [device, 'net_null0'], more)
  const words = ['run', 'nop', '--topology', 'wrong.yaml', '--duration', '1']
  const ran = await (when === 'by DPDK' ? vigil(words, cwd) : vigilHere(words, cwd))
  t.is(ran.code, exitCode, ran.stderr)
  t.true(isOneLine(ran.stderr), ran.stderr)
  t.regex(ran.stderr, what)
}

withDpdk('a device that is not there or not to be had is refused with its line', async (t) => {
  await refused(t, 'by DPDK', 'net_nothing0', '', 2, /wrong\.yaml:5: opening net_nothing0: .*failed to parse device/)
  await refused(t, 'by DPDK', 'net_pcap0,rx_pcap=/no.pcap', '', 3, /wrong\.yaml:5: opening net_pcap0: .*No such file/)
  await refused(
    t,
    'before DPDK',
    'ffff:ff:1f.7',
    '  memory: huge',
    2,
    /wrong\.yaml:5: there is no PCI device ffff:ff:1f\.7/,
  )
  await refused(
    t,
    'before DPDK',
    'net_null1',
    '  args: [--help]',
    2,
    /wrong\.yaml:2: not an option of DPDK that can be passed on: --help/,
  )
})

withDpdk('a card that the kernel drives is refused, with how to free it', async (t) => {
  const card = drivenCard()
  if (card === undefined) t.pass('this machine has none')
  else
    await refused(
      t,
      'before DPDK',
      card,
      '  memory: huge',
      3,
      /is not free for DPDK: its kernel driver is .*dpdk-devbind\.py/,
    )
})

withDpdk('huge pages that are not there are told', async (t) => {
  const wanted = Math.floor(freeHugePages()) + 64
  const more = `  memory: huge\n  megabytes: ${wanted}`
  await refused(
    t,
    'before DPDK',
    'net_null1',
    more,
    3,
    /wrong\.yaml:2: \d+ MB of huge pages are free, .*sysctl vm\.nr_hugepages=/,
  )
})
