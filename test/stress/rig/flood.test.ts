import test from 'ava'

import { InputError } from '../../../src/errors.js'
import {
  ipv4ChecksumState,
  Layers,
  parseLayers,
  readU32,
  readU48,
  transportChecksumState,
} from '../../../src/packet/index.js'
import { SynFlood } from '../../../src/stress/rig/flood.js'
import { loadTopology, loadTopologyNf } from '../../../src/testbed/index.js'

async function flood(nf: string, version: 4 | 6 = 4, config: readonly string[] = []): Promise<SynFlood> {
  const topology = loadTopology(nf === 'bridge' ? 'four-port-bridge-veth' : 'two-port-veth')
  const [node] = topology.nodes
  if (node === undefined) throw new Error('no node')
  const loaded = await loadTopologyNf(node, topology, { nf, config })
  return new SynFlood(loaded.nf, topology, { version, seed: 1 })
}

function frameOf(made: SynFlood, index: number): { readonly bytes: Uint8Array; readonly layers: Layers } {
  const bytes = new Uint8Array(made.length)
  made.write(bytes, index)
  const layers = new Layers()
  parseLayers(layers, bytes, 0, bytes.length, false)
  return { bytes, layers }
}

for (const version of [4, 6] as const) {
  test(`segments over IPv${version} are legal, SYN alone, from many, and known again`, async (t) => {
    const made = await flood('firewall', version)
    const sources = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      const { bytes, layers } = frameOf(made, i)
      t.not(layers.tcp, -1)
      t.is(bytes[layers.tcp + 13], 0x02)
      t.is(transportChecksumState(layers), 'right')
      t.is(ipv4ChecksumState(layers), version === 4 ? 'right' : 'absent')
      t.true(made.isOf(bytes, 0, bytes.length))
      sources.add(bytes.subarray(version === 4 ? 26 : 22, layers.tcp + 2).join())
    }
    t.true(sources.size > 990)
    const { bytes, layers } = frameOf(made, 3)
    bytes[layers.tcp + 13] = 0x12
    t.false(made.isOf(bytes, 0, bytes.length), 'an answer is none')
    t.false(made.isOf(frameOf(made, 3).bytes, 0, 40), 'a frame that is cut is none')
  })
}

test('they enter by the outside port, for the device there, and to the one address that a nat has', async (t) => {
  const made = await flood('nat', 4, ['wan=0', 'externalIp=192.0.2.7'])
  t.deepEqual(made.ports, [0])
  const { bytes } = frameOf(made, 5)
  t.is(made.portOf(5), 0)
  t.is(readU48(bytes, 0), 0x0200_0000_0000)
  t.is(readU32(bytes, 30), 0xc000_0207)
  t.true(made.isOf(tagged(bytes), 0, bytes.length + 4))
})

test('a bridge has no outside', async (t) => {
  await t.throwsAsync(flood('bridge'), { instanceOf: InputError, message: /has no outside/ })
})

function tagged(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, 12), 0x81, 0x00, 0x00, 0x01, ...bytes.subarray(12)])
}
