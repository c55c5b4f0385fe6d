import { leftBehind } from './left-behind.js'
import { script, withDpdk } from './with-dpdk.js'

/** Where each thread of the process may run. */
const affinities = `
  import { readdirSync, readFileSync } from 'node:fs'
  const affinities = () => readdirSync('/proc/self/task').map((id) => {
    const status = readFileSync('/proc/self/task/' + id + '/status', 'utf8')
    return /^Cpus_allowed_list:\\s*(.*)$/m.exec(status)[1]
  })`

for (const before of [[], ['taskset', '-c', '0']]) {
  const where = before.length === 0 ? 'on all processors' : 'on one processor'
  withDpdk(`all threads may run where they might before DPDK was started, ${where}`, async (t) => {
    const { ended } = script(
      t,
      `${affinities}
      import { Worker } from 'node:worker_threads'
      import { readFile } from 'node:fs/promises'
      await Promise.all(Array.from({ length: 8 }, () => readFile('/proc/self/status')))
      const worker = new Worker('setInterval(() => {}, 1000)', { eval: true })
      await new Promise((resolve) => worker.once('online', resolve))
      const earlier = affinities()
      startDpdk()
      const [one, other] = openDpdkRings('a')
      const burst = new Burst(1, 2048)
      burst.set(0, 0, 60)
      console.log(JSON.stringify({ earlier, later: affinities(), carried: [one.send(burst, 0, 1), other.receive(burst)] }))
      await worker.terminate()`,
      before,
    )
    const { code, stdout, stderr } = await ended
    t.is(code, 0, stderr)
    const { earlier, later, carried }: { earlier: string[]; later: string[]; carried: number[] } = JSON.parse(stdout)
    t.true(later.length > earlier.length, 'DPDK has a thread of its own')
    t.deepEqual([...new Set(later)], [...new Set(earlier)])
    t.is(new Set(later).size, 1)
    t.deepEqual(carried, [1, 1])
    t.is(stderr, '')
  })
}

withDpdk('two processes run DPDK at once, and nothing stays of them, whether they end or are killed', async (t) => {
  const body = `
    startDpdk()
    const ports = openDpdkRings('same')
    openDpdk('net_ring0')
    console.log('up')
    process.stdin.once('data', () => process.exit(0))`
  const [one, other] = [script(t, body), script(t, body)]
  t.deepEqual(await Promise.all([one.first, other.first]), ['up', 'up'])
  t.deepEqual([leftBehind(one.child.pid), leftBehind(other.child.pid)], [[], []])
  one.child.stdin?.write('end\n')
  t.like(await one.ended, { code: 0, stderr: '' })
  other.child.kill('SIGKILL')
  await other.ended
  t.deepEqual([leftBehind(one.child.pid), leftBehind(other.child.pid)], [[], []])
})

withDpdk('net_memif carries frames from one process to another', async (t) => {
  const socket = `socket=vigil-${process.pid},socket-abstract=yes`
  const opened = (role: string): string => `
    startDpdk()
    const port = openDpdk('net_memif0,role=${role},${socket}')
    const burst = new Burst(32, 2048)
    const wait = async (done) => { while (!done()) await new Promise((resolve) => setTimeout(resolve, 1)) }`
  const server = script(
    t,
    `${opened('server')}
    console.log('listening')
    const seen = []
    await wait(() => {
      const count = port.receive(burst)
      for (let i = 0; i < count; i++) seen.push([burst.length(i), burst.frame(i)[20]])
      return seen.length === 100
    })
    burst.set(0, burst.start(0), 77)
    // A client of memif lends the server no buffers before it first receives.
    await wait(() => port.send(burst, 0, 1) === 1)
    await wait(() => !port.link().isUp)
    console.log(JSON.stringify(seen))`,
  )
  t.is(await server.first, 'listening')
  const client = script(
    t,
    `${opened('client')}
    await wait(() => port.link().isUp)
    let sent = 0
    await wait(() => {
      const count = Math.min(32, 100 - sent)
      for (let i = 0; i < count; i++) {
        burst.set(i, i * 2048, 60 + sent + i)
        burst.bytes[i * 2048 + 20] = sent + i
      }
      sent += port.send(burst, 0, count)
      return sent === 100
    })
    await wait(() => port.receive(burst) === 1)
    console.log(burst.length(0))`,
  )
  t.like(await client.ended, { code: 0, stdout: '77\n', stderr: '' })
  const { stdout } = await server.ended
  const expected = Array.from({ length: 100 }, (_, i) => [60 + i, i])
  t.deepEqual(JSON.parse(stdout.split('\n')[1] ?? ''), expected)
})

withDpdk('what EAL says of a start that fails is in the error, and nowhere else', async (t) => {
  const { child, ended } = script(
    t,
    `import { execFileSync } from 'node:child_process'
    import { readFileSync } from 'node:fs'
    const kilobytes = Number(/^VmSize:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + (kilobytes + 400_000) * 1024])
    try { startDpdk({ megabytes: 1000 }) } catch (error) { console.log(error.exitCode, error.message) }`,
  )
  const { code, stdout, stderr } = await ended
  t.is(code, 0, stderr)
  t.is(stdout, '3 starting DPDK: EAL: Cannot get a virtual area: Cannot allocate memory\n')
  t.is(stderr, '')
  t.deepEqual(leftBehind(child.pid), [])
})

withDpdk('with debug, what EAL says is on standard error too', async (t) => {
  const { ended } = script(t, `startDpdk({ debug: true })`)
  const { stdout, stderr } = await ended
  t.is(stdout, '')
  t.regex(stderr, /^EAL: Detected CPU lcores: \d+$/m)
})

withDpdk('DPDK belongs to the thread that started it, and is gone with it', async (t) => {
  const { ended } = script(
    t,
    `import { isMainThread, Worker, workerData } from 'node:worker_threads'
    const tell = (attempt) => { try { attempt(); console.log('done') } catch (error) { console.log(error.message) } }
    if (!isMainThread) {
      tell(() => startDpdk())
      tell(() => { for (const port of openDpdkRings('w')) port.link() })
    } else {
      const worker = () => new Promise((resolve) => new Worker(new URL(import.meta.url)).once('exit', resolve))
      await worker()
      await worker()
      tell(() => startDpdk())
    }`,
  )
  const { code, stdout, stderr } = await ended
  t.is(code, 0, stderr)
  const refused = 'starting DPDK: DPDK is started once in a process, by one thread'
  t.deepEqual(stdout.trimEnd().split('\n'), [
    'done',
    'done',
    refused,
    'DPDK does not run (startDpdk starts it)',
    refused,
  ])
})
