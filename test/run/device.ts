/** A running network function between namespaces: its interfaces eth1 and eth2, and a port at the other end of each. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

import {
  Burst,
  createVeth,
  NetworkNamespace,
  openAfPacket,
  type PacketPort,
  waitForFrames,
} from '../../src/packetio/index.js'
import type { RunReport } from '../../src/run/index.js'
import { bin, type Ran } from '../cli/vigil.js'
import { temporary } from '../temporary.js'

export interface Device {
  readonly namespace: NetworkNamespace
  /** The testers' ends of eth1 and eth2. */
  readonly ports: readonly [PacketPort, PacketPort]
  readonly cwd: string
}

/** Bytes of eth1 and eth2 besides the header. */
export function device(t: ExecutionContext, mtus: readonly [number, number] = [1500, 1500]): Device {
  const [namespace, testers] = [NetworkNamespace.create(), NetworkNamespace.create()]
  for (const [i, mtu] of mtus.entries()) {
    createVeth({ namespace: testers, name: `t${i + 1}` }, { namespace, name: `eth${i + 1}` }, mtu)
  }
  const ports = [openAfPacket('t1', { namespace: testers }), openAfPacket('t2', { namespace: testers })] as const
  t.teardown(() => {
    for (const port of ports) port.close()
    for (const each of [namespace, testers]) each.close()
  })
  const cwd = temporary()
  writeFileSync(join(cwd, 'wired.yaml'), topologyOf('{ dut.0: eth1, dut.1: eth2 }'))
  return { namespace, ports, cwd }
}

/** A topology of one network function with two ports. */
export function topologyOf(interfaces: string, more = ''): string {
  return [
    'title: two interfaces',
    'ports:',
    '  kind: interfaces',
    `  interfaces: ${interfaces}`,
    ...(more === '' ? [] : [`  ${more}`]),
    'nodes: { dut: { nf: $nf, ports: 2 } }',
    'inputs: { left: dut.0, right: dut.1 }',
    '',
  ].join('\n')
}

export interface RunningDevice {
  readonly child: ChildProcess
  /** Until it has said that it runs; rejected where it ended before. */
  readonly started: Promise<void>
  readonly ended: Promise<Ran>
}

/** `vigil run` with these words, inside of the device's namespace. */
export function start(t: ExecutionContext, { namespace, cwd }: Device, words: readonly string[]): RunningDevice {
  const line = [`--net=${namespace.path}`, process.execPath, bin, 'run', ...words]
  const child = spawn('nsenter', line, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  const started = new Promise<void>((resolve, reject) => {
    const hear = (): void => {
      if (/^running on /m.test(texts.stdout + texts.stderr)) resolve()
    }
    child.stdout.on('data', (part: Buffer) => {
      texts.stdout += part.toString()
      hear()
    })
    child.stderr.on('data', (part: Buffer) => {
      texts.stderr += part.toString()
      hear()
    })
    child.on('close', () => reject(new Error(texts.stdout + texts.stderr)))
  })
  started.catch(() => {})
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, ...texts })))
  return { child, started, ended }
}

export function reportIn({ stdout }: Ran): RunReport {
  const report: RunReport = JSON.parse(stdout)
  return report
}

const sending = new Burst(1, 2048)
const receiving = new Burst(64, 2048)

export function send(port: PacketPort, frame: Uint8Array): void {
  sending.bytes.set(frame)
  sending.set(0, 0, frame.length)
  port.send(sending, 0, 1)
}

/** The next frames, after so many milliseconds without one no more. */
export function seen(port: PacketPort, patience: number, most = 1): Uint8Array[] {
  const all: Uint8Array[] = []
  while (all.length < most && waitForFrames([port], patience) > 0) {
    const count = port.receive(receiving, 0, Math.min(receiving.capacity, most - all.length))
    for (let i = 0; i < count; i++) all.push(receiving.frame(i).slice())
  }
  return all
}
