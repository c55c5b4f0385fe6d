/**
 * A machine that QEMU emulates, with network cards on a PCI bus that DPDK's own drivers drive. Its files are those of this
 * machine, read only. Its kernel is one of Debian's, under `VIGIL_KERNEL` or this machine's root: `boot` and `lib/modules`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

import { temporary } from '../../temporary.js'
import { absent, register } from '../rooted.js'
import { obstacle as noDpdk } from '../with-dpdk.js'

const PROGRAMS = ['qemu-system-x86_64', 'busybox', 'cpio', 'gzip']
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
]
/** Milliseconds, of a machine without a processor's help. */
const PATIENCE = 240_000
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
    if (existsSync(join(modules, 'drivers/uio/uio_pci_generic.ko')))
      return { image: join(boot, `vmlinuz-${version}`), modules }
  }
  return undefined
}

export interface Ended {
  /** Of the script; undefined where the machine did not come so far. */
  readonly code: number | undefined
  readonly output: string
}

type Run = (
  t: ExecutionContext,
  boot: (script: string, files?: Readonly<Record<string, string>>) => Promise<Ended>,
) => Promise<void>

/** A test that boots such a machine, with two cards that are each other's cable: 0000:00:04.0 and 0000:00:05.0. */
export function inQemu(title: string, run: Run): void {
  const kernel = findKernel()
  const noKernel =
    kernel === undefined ? { why: `there is no kernel of Debian in ${root}`, isOfKernel: false } : undefined
  const obstacle =
    absent(PROGRAMS) ?? noKernel ?? (noDpdk === undefined ? undefined : { why: noDpdk, isOfKernel: false })
  register(
    title,
    async (t) => {
      if (kernel === undefined) throw new Error('no kernel')
      t.timeout(PATIENCE + 10_000)
      await run(t, (script, files = {}) => boot(t, kernel, script, files))
    },
    obstacle,
  )
}

/** `files` are there in /mnt, where the script runs. */
async function boot(
  t: ExecutionContext,
  { image, modules }: Kernel,
  script: string,
  files: Readonly<Record<string, string>>,
): Promise<Ended> {
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
  writeFileSync(join(disk, 'script'), script)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(disk, 'files', name), text)
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
  ]
  const machine = spawn('qemu-system-x86_64', words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  })
  t.teardown(() => machine.kill('SIGKILL'))
  let text = ''
  for (const stream of [machine.stdout, machine.stderr]) {
    stream.on('data', (part: Buffer) => {
      text += part.toString()
    })
  }
  await once(machine, 'close')
  const [, output = text, code] = /BEGIN\r?\n([\s\S]*)END (\d+)\r?\n/.exec(text) ?? []
  return { code: code === undefined ? undefined : Number(code), output: output.replaceAll('\r', '') }
}
