/** The peer: DPDK's own forwarder, told what to do by its console. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const PROGRAM = 'dpdk-testpmd'
/** Until its caches are warm. */
const WARM_MILLISECONDS = 1000

/** `--forward-mode=macswap` between the devices, one core; what it leaves goes to a folder. @returns Frames a second that left; undefined without testpmd. */
export async function testpmdRate(
  devices: readonly string[],
  burst: number,
  seconds: number,
  folder: string,
): Promise<number | undefined> {
  const eal = ['--no-huge', '-m', '1024', '--no-shconf', '--no-telemetry', '--file-prefix=peer']
  const own = ['--interactive', '--forward-mode=macswap', `--burst=${burst}`, '--nb-cores=1']
  const words = [...eal, '-a', '0000:00:00.0', '-l', '0,1', ...devices.flatMap((device) => ['--vdev', device])]
  const environment = { ...process.env, RUNTIME_DIRECTORY: folder }
  const child = spawn(PROGRAM, [...words, '--', ...own, '--total-num-mbufs=180000'], { env: environment })
  const isThere = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)])
  if (!isThere) return undefined
  let text = ''
  const hear = (part: Buffer): void => {
    text += part.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'close')
  child.stdin.on('error', () => {})
  try {
    child.stdin.write('start\n')
    while (!text.includes('macswap packet forwarding') && child.exitCode === null) await sleep(20)
    await sleep(WARM_MILLISECONDS)
    child.stdin.write('show port stats all\n')
    await sleep(seconds * 1000)
    child.stdin.write('show port stats all\nstop\nquit\n')
    await ended
  } finally {
    child.kill('SIGKILL')
  }
  // The second look tells the rates since the first.
  const rates = [...text.matchAll(/Tx-pps:\s+(\d+)/g)].map(([, rate]) => Number(rate)).slice(devices.length)
  if (rates.length !== devices.length) throw new Error(`${PROGRAM}: ${text}`)
  return rates.reduce((sum, rate) => sum + rate, 0)
}
