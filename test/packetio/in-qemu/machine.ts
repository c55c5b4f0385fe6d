/**
 * A machine that QEMU emulates, with network cards on a PCI bus that DPDK's own drivers drive, and a kernel that has more than
 * this one may have. Its files are those of this machine, read only. Its kernel is one of Debian's, under `VIGIL_KERNEL` or this machine's root: `boot` and `lib/modules`.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

import { NetworkNamespace, setOffloads } from '../../../src/packetio/index.js'
import { temporary } from '../../temporary.js'
import { absent, type Obstacle, register } from '../rooted.js'
import { obstacle as noDpdk } from '../with-dpdk.js'

const PROGRAMS = ['qemu-system-x86_64', 'busybox', 'cpio', 'gzip', 'ip', 'bridge']
/** In the order in which each finds what it needs; what is not there as a file is in the kernel itself. */
const MODULES = [
  'drivers/virtio/virtio_ring',
  'drivers/virtio/virtio',
  'drivers/virtio/virtio_pci_legacy_dev',
  'drivers/virtio/virtio_pci_modern_dev',
  'drivers/virtio/virtio_pci',
  'fs/netfs/netfs',
  'fs/fscache/fscache',
  'net/9p/9pnet',
  'net/9p/9pnet_virtio',
  'fs/9p/9p',
  'drivers/uio/uio',
  'drivers/uio/uio_pci_generic',
  'net/llc/llc',
  'net/802/stp',
  'net/bridge/bridge',
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/net/virtio_net',
]
const NEEDED = ['drivers/uio/uio_pci_generic', 'net/bridge/bridge', 'drivers/net/virtio_net']
const TAPS = '/dev/net/tun'
/** Milliseconds, of a machine without a processor's help. */
const PATIENCE = 300_000
const root = process.env.VIGIL_KERNEL ?? '/'
const init = fileURLToPath(new URL('../../../../test/packetio/in-qemu/init.sh', import.meta.url))

interface Kernel {
  readonly image: string
  readonly modules: string
}

function findKernel(): Kernel | undefined {
  const boot = join(root, 'boot')
  const versions = existsSync(boot) ? readdirSync(boot).flatMap((name) => /^vmlinuz-(.+)$/.exec(name)?.[1] ?? []) : []
  for (const version of versions.sort().reverse()) {
    const modules = join(root, 'lib/modules', version, 'kernel')
    if (NEEDED.every((module) => existsSync(join(modules, `${module}.ko`))))
      return { image: join(boot, `vmlinuz-${version}`), modules }
  }
  return undefined
}

export interface Ended {
  /** Undefined where the machine did not come so far. */
  readonly code: number | undefined
  readonly output: string
  /** What failed on this machine meanwhile. */
  readonly failed: unknown
}

/** What is run there, one after the other, each with an output of its own. */
export interface Part {
  readonly script: () => Promise<string>
  /** They are there in /mnt, where the script runs. */
  readonly files: Readonly<Record<string, string>>
  /** What this machine does each time that the script says READY, which gets a line when it is done. */
  readonly meanwhile?: readonly (() => Promise<void>)[]
}

/** Interfaces of this machine that are cabled to eth0, eth1 and so on of the emulated one. */
export const CABLED = [0, 1, 2, 3].map((port) => `vigil-${process.pid}-${port}`)

type Run = (t: ExecutionContext, ended: Ended) => void

/** A test for each part, of one boot: it takes longer than most of them. Two cards are each other's cable: 0000:00:04.0 and :05.0. */
export function inQemu(parts: Readonly<Record<string, Part & { readonly run: Run }>>): void {
  const kernel = findKernel()
  const noKernel =
    kernel === undefined
      ? { why: `there is no kernel of Debian in ${root}, with its modules`, isOfKernel: false }
      : undefined
  const obstacle =
    absent(PROGRAMS) ?? noKernel ?? noTaps() ?? (noDpdk === undefined ? undefined : { why: noDpdk, isOfKernel: false })
  const all = Object.values(parts)
  let booted: Promise<readonly Ended[]> | undefined
  for (const [at, [title, { run }]] of Object.entries(parts).entries()) {
    register(
      title,
      async (t) => {
        if (kernel === undefined) throw new Error('no kernel')
        t.timeout(PATIENCE + 10_000)
        booted ??= cabled(() => boot(kernel, all))
        run(t, (await booted)[at] ?? { code: undefined, output: '', failed: undefined })
      },
      obstacle,
    )
  }
}

function noTaps(): Obstacle | undefined {
  return existsSync(TAPS) ? undefined : { why: `there is no ${TAPS}`, isOfKernel: false }
}

/** With those interfaces there, which say nothing by themselves. */
async function cabled<T>(run: () => Promise<T>): Promise<T> {
  try {
    for (const name of CABLED) {
      execFileSync('ip', ['tuntap', 'add', 'dev', name, 'mode', 'tap'])
      writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1')
      execFileSync('ip', ['link', 'set', name, 'up'])
      setOffloads(NetworkNamespace.present, name, [])
    }
    return await run()
  } finally {
    for (const name of CABLED) spawnSync('ip', ['link', 'del', name])
  }
}

async function boot({ image, modules }: Kernel, parts: readonly Part[]): Promise<readonly Ended[]> {
  const folder = temporary('qemu')
  const disk = join(folder, 'disk')
  for (const name of ['bin', 'modules', 'files', 'host', 'proc', 'sys', 'dev'])
    mkdirSync(join(disk, name), { recursive: true })
  copyFileSync('/bin/busybox', join(disk, 'bin/busybox'))
  copyFileSync(init, join(disk, 'init'))
  chmodSync(join(disk, 'init'), 0o755)
  for (const [i, module] of MODULES.entries()) {
    const file = join(modules, `${module}.ko`)
    if (existsSync(file)) copyFileSync(file, join(disk, 'modules', `${String(i).padStart(2, '0')}.ko`))
  }
  for (const [at, { script, files }] of parts.entries()) {
    writeFileSync(join(disk, 'files', `part-${at}`), await script())
    for (const [name, text] of Object.entries(files)) writeFileSync(join(disk, 'files', name), text)
  }
  const each = parts.map((_, at) => `echo BEGIN; sh ./part-${at}; echo "END $?"`)
  writeFileSync(join(disk, 'script'), each.join('\n'))
  const packed = spawnSync('sh', ['-c', 'find . | cpio -o -H newc --quiet | gzip -1 >../disk.gz'], { cwd: disk })
  if (packed.status !== 0) throw new Error(packed.stderr.toString())
  const cards = [4, 5].flatMap((slot) => [
    ...['-netdev', `hubport,id=card${slot},hubid=0`],
    ...['-device', `e1000e,netdev=card${slot},addr=${slot},romfile=`],
  ])
  const words = [
    ...['-machine', 'q35', '-cpu', 'max', '-smp', '1', '-m', '2048', '-nographic', '-no-reboot', '-nic', 'none'],
    ...['-kernel', image, '-initrd', join(folder, 'disk.gz'), '-append', 'console=ttyS0 quiet panic=-1'],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
    ...cards,
    ...CABLED.flatMap((name, port) => [
      ...['-netdev', `tap,id=cable${port},ifname=${name},script=no,downscript=no`],
      ...['-device', `virtio-net-pci,netdev=cable${port},addr=${port + 6},romfile=`],
    ]),
  ]
  const machine = spawn('qemu-system-x86_64', words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  })
  const asked = parts.flatMap(({ meanwhile = [] }) => meanwhile)
  let failed: unknown
  const answer = async (): Promise<void> => {
    try {
      await asked.shift()?.()
    } catch (error) {
      failed ??= error
    }
    machine.stdin.write('\n')
  }
  let text = ''
  for (const stream of [machine.stdout, machine.stderr]) {
    stream.on('data', (part: Buffer) => {
      const before = text.split('READY').length
      text += part.toString()
      if (text.split('READY').length > before) void answer()
    })
  }
  await once(machine, 'close')
  const said = text
    .replaceAll('\r', '')
    .split(/BEGIN\n/)
    .slice(1)
  return parts.map((_, at) => {
    const [, output = said[at] ?? text, code] = /^([\s\S]*)END (\d+)\n/.exec(said[at] ?? '') ?? []
    return {
      code: code === undefined ? undefined : Number(code),
      output,
      failed: parts[at]?.meanwhile === undefined ? undefined : failed,
    }
  })
}
