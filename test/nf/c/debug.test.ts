/** What network functions in C say in debug builds, and that nothing of it is in any other. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createPcapWriter, writeAll } from '../../../src/capture/index.js'
import { compileCNf } from '../../../src/nf/build-c.js'
import { readInterface } from '../../../src/nf/module-interface.js'
import { replay } from '../../../src/replay/index.js'
import { loadSubject } from '../../../src/verify/index.js'
import { specOf } from '../../cli/fixtures.js'
import { vigil } from '../../cli/vigil.js'
import { temporary } from '../../temporary.js'
import { refuses, sample } from '../fixtures/sample.js'
import { inC, NF_PROCESS, withClang } from './with-clang.js'

process.env.VIGIL_CACHE = temporary('cache')

const talkative = inC(`int32_t nf_init(void) {
  vigil_debug("ready");
  return 1;
}
${NF_PROCESS} {
  const struct ethernet_header *ethernet = packet;
  const struct ipv4_header *ip = (const void *)(ethernet + 1);
  vigil_debug_mac("to", ethernet->destination);
  vigil_debug_ipv4("from", ip->source);
  vigil_debug_number("protocol", ip->protocol);
  vigil_debug_number("unsigned", UINT64_MAX - (uint64_t)length);
  vigil_debug_number("signed", -length);
  vigil_debug_ipv6("", (const uint8_t *)packet + 14);
  vigil_debug_bytes("starts with", packet, 4);
  return ip->version_ihl == 0 ? port : port ^ 1;
}`)

const frame = Uint8Array.from([
  ...[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0x66, 0xda],
  ...[10, 0, 0, 1, 192, 168, 1, 2, 0x20, 1, 13, 0xb8, ...new Array<number>(18).fill(0)],
])

const lines = (packet: number, port: number): string[] =>
  [
    'to 02:00:00:00:00:02',
    'from 10.0.0.1',
    'protocol 17',
    'unsigned 18446744073709551559',
    `signed -${frame.length}`,
    '4500:14::4011:66da:a00:1', // 16 bytes from the IPv4 header on
    'starts with 02 00 00 00',
  ].map((said) => `sample, packet ${packet}, port ${port}: ${said}`)

withClang('nothing of what a function says is in the module, but in a debug build', (t) => {
  const silent = talkative.replaceAll(/^ *vigil_debug.*$/gm, '')
  const built = (source: string, isDebug: boolean): Uint8Array =>
    compileCNf([join(sample(t, { 'nf.c': source }), 'nf.c')], { isDebug }).wasm
  t.deepEqual(built(talkative, false), built(silent, false))
  const { imports } = readInterface(Uint8Array.from(built(talkative, true)))
  const said = imports.filter(({ module }) => module === 'debug').map(({ name }) => name)
  t.deepEqual([...said].sort(), ['bytes', 'ipv4', 'ipv6', 'mac', 'signed', 'text', 'unsigned'])
})

withClang('in a debug build replay and run print what is said, with the packet and its port', async (t) => {
  const folder = sample(t, {
    'nf.c': talkative,
    'nf.yaml': 'name: sample\nports: { count: 2 }\nspec: spec.ts\n',
    'spec.ts': specOf('return forward(1 - ingress, packet)'),
  })
  const trace = join(folder, 'trace.pcap')
  const times = [1_000_000_000n, 1_000_001_000n]
  writeAll(
    createPcapWriter(trace, { nanosecond: true }),
    times.map((time) => ({ bytes: frame, time })),
  )
  const expected = ['sample, nf_init: ready', ...lines(1, 0), ...lines(2, 0)]

  const replayed = await vigil(['replay', trace, '--nf', folder, '--as-is', '--debug-build'], folder)
  t.is(replayed.code, 0, replayed.stderr)
  t.deepEqual(
    replayed.stderr.split('\n').filter((line) => line.startsWith('sample')),
    expected,
  )

  const topology = join(folder, 'captures.yaml')
  writeFileSync(
    topology,
    `title: captures
ports: { kind: pcap, files: { dut.0: { read: ${trace} } } }
nodes: { dut: { nf: $nf, ports: 2 } }
inputs: { left: dut.0, right: dut.1 }
`,
  )
  const ran = await vigil(['run', folder, '--topology', topology, '--debug-build'], folder)
  t.is(ran.code, 0, ran.stderr)
  t.deepEqual(
    ran.stderr.split('\n').filter((line) => line.startsWith('sample')),
    expected,
  )
})

withClang('a debug build is not proved', async (t) => {
  const folder = temporary('debug')
  const file = join(folder, 'nf.wasm')
  const source = join(sample(t, { 'nf.c': talkative }), 'nf.c')
  writeFileSync(file, compileCNf([source], { isDebug: true }).wasm)
  await refuses(
    t,
    () => loadSubject('nop', { binary: file }),
    /is a debug build, which is not proved: it imports debug\./,
  )
})

withClang('a debug build of what is not in C is refused, and so is one behind the ports of another run', async (t) => {
  const asked = { traces: ['traces/nat-web.pcap'], nf: 'nat', debugBuild: true }
  await refuses(t, () => replay(asked), /^--debug-build: no network function here is built from C \(leave it out, /)
  await refuses(
    t,
    () => replay({ ...asked, attach: 1 }),
    /^--debug-build is for the vigil run whose ports --attach uses/,
  )
})
