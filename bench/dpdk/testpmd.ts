/** The peer: DPDK's own forwarder, told what to do by its console. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const PROGRAM = 'dpdk-testpmd'
/** The thread that forwards, of `-l 0,1`. */
const WORKER = 'rte-worker-1'
const LOOK = 'show port stats all\n'
/** Until its caches are warm. */
const WARM_MILLISECONDS = 1000
/** proc(5): of a second, whatever the kernel's own. */
const TICKS = 100

/**
 * `--forward-mode=macswap` between the devices. What it leaves goes to a folder. @returns Frames that left for each second of
 * its core; undefined without testpmd.
 */
export async function testpmdRate(
  devices: readonly string[],
  burst: number,
  seconds: number,
  folder: string,
): Promise<number | undefined> {
  const eal = ['--no-huge', '-m', '1024', '--no-shconf', '--no-telemetry', '--file-prefix=peer']
  const own = [
    '--interactive',
    '--forward-mode=macswap',
    `--burst=${burst}`,
    '--nb-cores=1',
    '--total-num-mbufs=180000',
  ]
  const words = [...eal, '-a', '0000:00:00.0', '-l', '0,1', ...devices.flatMap((device) => ['--vdev', device])]
  const child = spawn(PROGRAM, [...words, '--', ...own], { env: { ...process.env, RUNTIME_DIRECTORY: folder } })
  const isThere = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)])
  if (!isThere) return undefined
  let text = ''
  const hear = (part: Buffer): void => {
    text += part.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  child.stdin.on('error', () => {})
  const ended = once(child, 'close')
  try {
    child.stdin.write('start\n')
    while (!text.includes('macswap packet forwarding') && child.exitCode === null) await sleep(20)
    if (child.exitCode !== null) throw new Error(`${PROGRAM}: ${text}`)
    await sleep(WARM_MILLISECONDS)
    child.stdin.write(LOOK)
    const before = workedBy(child.pid)
    await sleep(seconds * 1000)
    child.stdin.write(LOOK)
    const worked = workedBy(child.pid) - before
    child.stdin.write('stop\nquit\n')
    await ended
    // What it writes comes late, so that it is read at the end.
    const left = [...text.matchAll(/TX-packets: (\d+) +TX-errors/g)].map(([, count]) => Number(count))
    if (left.length !== 2 * devices.length) throw new Error(`${PROGRAM}: ${text}`)
    return left.reduce((sum, count, i) => (i < devices.length ? sum - count : sum + count), 0) / worked
  } finally {
    child.kill('SIGKILL')
  }
}

function workedBy(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`
  const task = readdirSync(tasks).find((id) => readFileSync(`${tasks}/${id}/comm`, 'utf8').trim() === WORKER)
  const fields = readFileSync(`${tasks}/${task}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}
