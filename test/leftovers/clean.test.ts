import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'

import { profile, writeTrace } from '../../src/generate/index.js'
import { isGone, leftovers, processId } from '../../src/leftovers/index.js'
import { bin } from '../cli/vigil.js'
import { rooted } from '../packetio/rooted.js'
import { withDpdk } from '../packetio/with-dpdk.js'
import { temporary } from '../temporary.js'

/** A folder in which all is that a run keeps of itself. */
function place(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  const cwd = temporary()
  return { cwd, env: { ...process.env, TMPDIR: cwd, XDG_RUNTIME_DIR: cwd } }
}

interface Removed {
  readonly kind: string
  readonly what: string
}

/** What `vigil doctor --clean` has removed. */
function cleaned(t: ExecutionContext, env: NodeJS.ProcessEnv): readonly Removed[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'doctor', '--clean', '--json'], {
    env,
    encoding: 'utf8',
  })
  t.is(status, 0, stderr)
  const said: { readonly cleaned: readonly Removed[] } = JSON.parse(stdout)
  return said.cleaned
}

/** A command until it has said something, and then for so many milliseconds; it is killed. */
async function killed(words: readonly string[], options: ReturnType<typeof place>, patience: number): Promise<void> {
  const child = spawn(process.execPath, [bin, ...words], { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await setTimeout(patience)
  child.kill('SIGKILL')
  await once(child, 'close')
}

test('a process is known by its number and its start', (t) => {
  const own = processId() ?? ''
  t.regex(own, new RegExp(`^${process.pid}-\\d+$`))
  t.false(isGone(own))
  t.true(isGone(`${process.pid}-1`))
  t.is(processId(spawnSync('true').pid), undefined)
})

test('folders of DPDK are removed where their process is gone, and no others', (t) => {
  const { cwd, env } = place()
  const gone = `vigil-${spawnSync('true').pid}-1`
  const kept = [`vigil-${processId()}`, 'rte', 'vigil-', 'vigil-12', `x${gone}`]
  for (const name of [gone, ...kept]) mkdirSync(join(cwd, 'dpdk', name), { recursive: true })
  writeFileSync(join(cwd, 'dpdk', gone, 'config'), '')
  const folder = join(cwd, 'dpdk', gone)
  t.deepEqual(
    cleaned(t, env).filter(({ what }) => what.startsWith(cwd)),
    [{ kind: 'folder', what: folder }],
  )
  t.deepEqual(readdirSync(join(cwd, 'dpdk')).sort(), kept.sort())
})

test('a journal that was cut in mid-write is removed, and nothing else', (t) => {
  const { cwd, env } = place()
  const folder = join(cwd, `vigil-journal-${process.getuid?.()}`)
  mkdirSync(folder, { mode: 0o700 })
  const gone = `${spawnSync('true').pid}-1`
  const socket = join(cwd, 'memif.sock')
  writeFileSync(socket, 'no socket')
  writeFileSync(join(folder, gone), JSON.stringify([socket]))
  writeFileSync(join(folder, `${gone}.new`), '["/nowh')
  writeFileSync(join(folder, processId() ?? ''), JSON.stringify([socket]))
  t.deepEqual(
    cleaned(t, env).map(({ kind }) => kind),
    ['socket', 'socket'],
  )
  t.deepEqual(readdirSync(folder), [processId()])
  t.true(existsSync(socket))
})

withDpdk('a socket of memif is removed once its run was killed, and not before', async (t) => {
  const options = place()
  const socket = join(options.cwd, 'memif.sock')
  const text = [
    'title: a socket that is a file',
    'ports:',
    '  kind: dpdk',
    '  devices:',
    `    dut.0: net_memif0,role=server,socket=${socket},socket-abstract=no`,
    '    dut.1: net_null0,no-rx=1',
    'nodes: { dut: { nf: nop, ports: 2 } }',
    'inputs: { left: dut.0 }',
  ]
  writeFileSync(join(options.cwd, 'socket.yaml'), text.join('\n'))
  const mine = (removed: readonly Removed[]): readonly Removed[] =>
    removed.filter(({ what }) => what.includes(options.cwd))
  const words = ['run', '--topology', 'socket.yaml']
  const child = spawn(process.execPath, [bin, ...words], { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  t.true(existsSync(socket))
  t.deepEqual(mine(cleaned(t, options.env)), [])
  child.kill('SIGKILL')
  await once(child, 'close')
  t.true(existsSync(socket))
  t.deepEqual(mine(cleaned(t, options.env)), [{ kind: 'socket', what: socket }])
  t.false(existsSync(socket))
  t.deepEqual(mine(cleaned(t, options.env)), [])
  // One that ends in order has nothing to be cleaned.
  const { status } = spawnSync(process.execPath, [bin, ...words, '--duration', '0.2'], options)
  t.is(status, 0)
  t.false(existsSync(socket))
  t.deepEqual(mine(cleaned(t, options.env)), [])
})

rooted(
  'what a device of commands has started is ended once its run was killed',
  async (t) => {
    const options = place()
    const mark = `9${process.pid}`
    const text = [
      'title: a program',
      'ports: { kind: veth }',
      `device: { kind: command, run: sleep ${mark} }`,
      'nodes: { dut: { nf: nop, ports: 2 } }',
      'inputs: { left: dut.0, right: dut.1 }',
    ]
    writeFileSync(join(options.cwd, 'program.yaml'), text.join('\n'))
    writeTrace(join(options.cwd, 'trace.pcap'), { ...profile('nop'), packets: 4000 })
    const isMine = ({ what }: Removed): boolean => what.includes(`sleep ${mark}`)
    await killed(['replay', 'trace.pcap', '--topology', 'program.yaml', '--pps', '100'], options, 2000)
    t.true(leftovers().some(isMine))
    t.true(cleaned(t, options.env).some(isMine))
    // A process that is killed may be there for a moment.
    for (let i = 0; i < 50 && leftovers().some(isMine); i++) await setTimeout(20)
    t.false(leftovers().some(isMine))
  },
  ['nsenter'],
)
