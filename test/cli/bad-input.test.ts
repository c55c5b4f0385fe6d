import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

import { init, wasm } from '../nf/fixtures/wasm.js'
import { folder, mine, mixed, specOf, wasmThatDoes } from './fixtures.js'
import { vigilHere } from './here.js'
import { isOneLine } from './vigil.js'

const drops = specOf('return drop()')

interface Case {
  readonly name: string
  /** Makes the input in a folder that has trace.pcap. @returns The words after `vigil replay`. */
  readonly make: (cwd: string) => readonly string[]
  readonly message: RegExp
}

/** A pcapng file of one section header block whose total length is wrong. */
function badBlocks(): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32LE(0x0a0d0d0a, 0)
  bytes.writeUInt32LE(28, 4)
  bytes.writeUInt32LE(0x1a2b3c4d, 8)
  bytes.writeUInt16LE(1, 12)
  bytes.writeBigInt64LE(-1n, 16)
  bytes.writeUInt32LE(28, 24)
  bytes.writeUInt32LE(1, 28)
  bytes.writeUInt32LE(7, 32)
  return bytes
}

const cases: readonly Case[] = [
  {
    name: 'a file that is not there',
    make: () => ['gone.pcap', '--nf', 'nop'],
    message: /gone\.pcap/,
  },
  {
    name: 'an empty file',
    make: (cwd) => {
      writeFileSync(join(cwd, 'empty.pcap'), '')
      return ['empty.pcap', '--nf', 'nop']
    },
    message: /empty\.pcap: .*empty/,
  },
  {
    name: 'a foreign file',
    make: (cwd) => {
      writeFileSync(join(cwd, 'letter.pcap'), 'Dear Sir or Madam, this is not a capture.\n')
      return ['letter.pcap', '--nf', 'nop']
    },
    message: /letter\.pcap: /,
  },
  {
    name: 'a pcapng file with a bad block length',
    make: (cwd) => {
      writeFileSync(join(cwd, 'blocks.pcapng'), badBlocks())
      return ['blocks.pcapng', '--nf', 'nop']
    },
    message: /blocks\.pcapng.*length/,
  },
  {
    name: 'a link type that is not Ethernet',
    make: (cwd) => {
      mixed(join(cwd, 'mixed.pcapng'))
      return ['mixed.pcapng', '--nf', 'nop']
    },
    message: /mixed\.pcapng.*packet 2.*--encapsulate/,
  },
  {
    name: 'a network function that does not exist',
    make: () => ['trace.pcap', '--nf', 'gateway'],
    message: /gateway/,
  },
  {
    name: 'a binary without the exports',
    make: (cwd) => {
      writeFileSync(join(cwd, 'bare.wasm'), wasm({ functions: [init] }))
      return ['trace.pcap', '--nf', 'nop', '--binary', 'bare.wasm']
    },
    message: /bare\.wasm: .*nf_process/,
  },
  {
    name: 'a binary with an unknown import',
    make: (cwd) => {
      const imports = [{ module: 'env', name: 'printf', type: { params: [], results: [] } }]
      writeFileSync(join(cwd, 'odd.wasm'), wasmThatDoes('drop', { imports }))
      return ['trace.pcap', '--nf', 'nop', '--binary', 'odd.wasm']
    },
    message: /odd\.wasm: .*env\.printf/,
  },
  {
    name: 'a binary that is no WebAssembly',
    make: (cwd) => {
      writeFileSync(join(cwd, 'text.wasm'), 'not a module')
      return ['trace.pcap', '--nf', 'nop', '--binary', 'text.wasm']
    },
    message: /text\.wasm: /,
  },
  {
    name: 'a specification that cannot be read as TypeScript',
    make: (cwd) => {
      mine(cwd, 'export default spec({ (')
      return ['trace.pcap', '--nf', 'mine']
    },
    message: /nfs\/mine\/spec\.ts/,
  },
  {
    name: 'a configuration out of bounds',
    make: () => ['trace.pcap', '--nf', 'nat', '--config', 'maxFlows=70000'],
    message: /maxFlows/,
  },
  {
    name: 'a configuration that breaks a relation',
    make: () => ['trace.pcap', '--nf', 'nat', '--config', 'startPort=2000'],
    message: /startPort \+ maxFlows <= 65536/,
  },
  {
    name: 'a configuration name that does not exist',
    make: () => ['trace.pcap', '--nf', 'nat', '--config', 'speed=9'],
    message: /speed/,
  },
  {
    name: 'a topology that does not exist',
    make: () => ['trace.pcap', '--nf', 'nop', '--topology', 'ring'],
    message: /no topology 'ring'/,
  },
  {
    name: 'a filter that cannot be read',
    make: () => ['trace.pcap', '--nf', 'nop', '--filter', 'tcp and and'],
    message: /filter.*column|column.*filter|--filter/,
  },
  {
    name: 'a port rule that cannot be read',
    make: () => ['trace.pcap', '--nf', 'nop', '--port-rule', 'net=10.0.0.0/99@0'],
    message: /port rule 'net=10\.0\.0\.0\/99@0'/,
  },
  {
    name: 'an --oversize that does not exist',
    make: () => ['trace.pcap', '--nf', 'nop', '--oversize', 'fold'],
    message: /--oversize "fold" \(skip or segment\)/,
  },
  {
    name: 'a folder for --out that holds something else',
    make: () => ['trace.pcap', '--nf', 'nop', '--out', '.'],
    message: /it holds "trace\.pcap"/,
  },
]

for (const { name, make, message } of cases) {
  test.serial(`${name}: one line, exit code 2`, async (t) => {
    const cwd = folder()
    const { code, stderr, stdout } = await vigilHere(['replay', ...make(cwd)], cwd)
    t.is(code, 2, stderr + stdout)
    t.true(isOneLine(stderr), stderr)
    t.regex(stderr, message)
  })
}

const latest = (cwd: string): unknown => JSON.parse(readFileSync(join(cwd, 'reports/latest/result.json'), 'utf8'))

test.serial('a truncated capture: one line, exit code 2, and the packets before it are judged and kept', async (t) => {
  const cwd = folder()
  truncateSync(join(cwd, 'trace.pcap'), statSync(join(cwd, 'trace.pcap')).size - 5)
  const { code, stderr } = await vigilHere(['replay', 'trace.pcap', '--nf', 'nop'], cwd)
  t.is(code, 2)
  t.true(isOneLine(stderr), stderr)
  t.regex(stderr, /trace\.pcap, packet 100: /)
  t.like(latest(cwd), { verdict: 'error', exitCode: 2, nfs: [{ packetsChecked: 99 }] })
})

test.serial('a violation before the end of a truncated capture weighs more: exit code 1', async (t) => {
  const cwd = folder()
  truncateSync(join(cwd, 'trace.pcap'), statSync(join(cwd, 'trace.pcap')).size - 5)
  writeFileSync(join(cwd, 'bounce.wasm'), wasmThatDoes('bounce'))
  const { code } = await vigilHere(['replay', 'trace.pcap', '--nf', 'nop', '--binary', 'bounce.wasm'], cwd)
  t.is(code, 1)
  t.like(latest(cwd), { verdict: 'violated', nfs: [{ violationCount: 99 }] })
})

test.serial('a specification that throws at a packet: one line with its line, exit code 2', async (t) => {
  const cwd = folder()
  mine(cwd, specOf('const { operation } = packet.arp\n    return drop()'))
  const { code, stderr } = await vigilHere(['replay', 'trace.pcap', '--nf', 'mine'], cwd)
  t.is(code, 2, stderr)
  t.true(isOneLine(stderr), stderr)
  t.regex(stderr, /nfs\/mine\/spec\.ts:\d+.*the specification failed: .*'operation'/)
})

test.serial('a port rule that matches nothing: one line, exit code 2', async (t) => {
  const cwd = folder()
  mine(cwd, drops)
  const rule = 'net=192.168.77.0/24@0'
  const { code, stderr } = await vigilHere(['replay', 'trace.pcap', '--nf', 'nop', '--port-rule', rule], cwd)
  t.is(code, 2, stderr)
  t.true(isOneLine(stderr), stderr)
  t.true(stderr.includes(rule))
})
